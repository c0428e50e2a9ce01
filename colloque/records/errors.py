"""What this room refuses."""

from colloque.kernel.errors import Conflict, Malformed, sentence


class WrongItem(Malformed):
    word = "item"
    public = sentence(
        "Cet élément n’a pas la forme attendue et n’a pas été enregistré. Rechargez la page et recommencez."
    )


class WrongManifest(Malformed):
    word = "manifest"
    public = sentence(
        "La liste signée ne correspond pas à ce qui est envoyé. Rechargez la page et recommencez."
    )


class WrongSealedKey(Malformed):
    word = "sealed-key"
    public = sentence(
        "La clé scellée reçue ne correspond pas à ce dossier. Rechargez la page et recommencez."
    )


class NotYours(Malformed):
    word = "signature"
    status = 403
    public = sentence("Cet envoi n’est pas signé par cet appareil. Reconnectez-vous, puis recommencez.")


class CounterTaken(Conflict):
    word = "counter-taken"
    public = sentence("Quelqu’un a écrit ici au même moment. Votre texte est gardé : envoyez-le à nouveau.")


class VersionTaken(Conflict):
    word = "version-taken"
    public = sentence(
        "Une version plus récente existe déjà. Rechargez la page pour la voir, puis recommencez."
    )


class RecordExists(Conflict):
    word = "exists"
    public = sentence("Ce dossier existe déjà. Rechargez la page pour le retrouver.")


class NotWritable(Conflict):
    word = "closed"
    public = sentence(
        "On ne peut plus rien ajouter ici. Rechargez la page pour voir où en est la consultation."
    )


class NoPractice(Conflict):
    word = "no-practice"
    public = sentence(
        "Cette ouverture ne concerne aucun cabinet. "
        "Écrivez à l’exploitant du service : son adresse est au bas de la page."
    )
