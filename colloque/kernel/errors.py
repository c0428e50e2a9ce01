"""What every room's errors derive from. No framework here: the vault and the ledger use it too."""

from datetime import datetime


def sentence(text: str) -> str:
    """Mark a French sentence for the translators. It is translated where it becomes an answer (`kernel/http.py`)."""
    return text


class ColloqueError(Exception):
    """An expected refusal.

    `word` is for programs, `public` for the reader: what happened and what to do next, with no detail that
    an attacker wants. The exception's own arguments are for the log, and hold no word of a person.
    """

    word = "refused"
    status = 403
    public = sentence("Cette demande est refusée. Revenez à la page précédente et réessayez.")

    def __init__(self, *args: object, retry_at: datetime | None = None) -> None:
        super().__init__(*args)
        self.retry_at = retry_at


class Malformed(ColloqueError):
    word = "malformed"
    status = 400
    public = sentence("La demande reçue n’a pas la forme attendue. Rechargez la page et recommencez.")


class TooLarge(ColloqueError):
    word = "too-large"
    status = 413
    public = sentence("L’envoi est trop volumineux. Réduisez sa taille et recommencez.")


class NotSignedIn(ColloqueError):
    word = "signed-out"
    status = 401
    public = sentence("Vous n’êtes plus connecté. Connectez-vous, puis reprenez où vous en étiez.")


class NotFound(ColloqueError):
    """Nothing there, or nothing that this person may know of: the answer is the same."""

    word = "not-found"
    status = 404
    public = sentence("Cette page n’existe pas, ou elle n’est pas à vous. Revenez à l’accueil.")


class Conflict(ColloqueError):
    word = "conflict"
    status = 409
    public = sentence("Quelque chose a changé entre-temps. Rechargez la page, puis recommencez.")


class TooMany(ColloqueError):
    word = "too-many"
    status = 429
    public = sentence("Trop d’essais en peu de temps. Attendez quelques minutes, puis réessayez.")


class Unavailable(ColloqueError):
    word = "unavailable"
    status = 503
    public = sentence("Le service est momentanément indisponible. Réessayez dans une minute.")
