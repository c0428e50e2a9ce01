"""What this room refuses."""

from colloque.kernel.errors import Conflict, Malformed, TooLarge, Unavailable, sentence


class FileTooLarge(TooLarge):
    word = "file-too-large"
    public = sentence("Ce fichier dépasse 20 Mo. Réduisez-le, ou envoyez-le en plusieurs parties.")


class WrongChunk(Malformed):
    word = "chunk"
    public = sentence("Une partie du fichier n’a pas la taille attendue. Recommencez l’envoi du fichier.")


class Incomplete(Conflict):
    word = "incomplete"
    public = sentence("L’envoi du fichier n’est pas terminé. Reprenez-le, ou annulez-le.")


class AlreadyComplete(Conflict):
    word = "complete"
    public = sentence("Ce fichier est déjà enregistré : il ne peut plus changer.")


class TooManyUploads(Conflict):
    word = "too-many-uploads"
    public = sentence("Trop d’envois sont restés en cours. Terminez-en ou annulez-en un, puis recommencez.")


class DiskFull(Unavailable):
    word = "disk-full"
    public = sentence("Le service n’a plus de place pour ce fichier. Gardez-le, et réessayez plus tard.")
