"""What the vault refuses, each with its word on the wire (docs/spec/key-release.md, "HTTP")."""

from datetime import datetime

from colloque.kernel.errors import ColloqueError, sentence


class VaultError(ColloqueError):
    def __init__(self, *args: object, retry_at: datetime | None = None, now: datetime | None = None) -> None:
        super().__init__(*args, retry_at=retry_at)
        self.now = now


class Malformed(VaultError):
    word, status = "malformed", 400
    public = sentence("La demande reçue n’a pas la forme attendue. Rechargez la page et recommencez.")


class ClockOff(VaultError):
    word, status = "clock", 403
    public = sentence("L’heure de cet appareil est trop éloignée de la nôtre. Réglez-la, puis recommencez.")


class Expired(ClockOff):
    word = "expired"
    public = sentence(
        "Cette demande n’a pas été confirmée à temps. Demandez à la première personne de la refaire."
    )


class NeedsSecond(VaultError):
    word, status = "needs-second", 403
    public = sentence(
        "Il faut l’accord d’une seconde personne. Demandez-lui de confirmer depuis son propre compte."
    )


class Replayed(VaultError):
    word, status = "replayed", 409
    public = sentence("Cette demande a déjà servi pour autre chose. Rechargez la page et recommencez.")


class BadSignature(VaultError):
    word, status = "signature", 403
    public = sentence("La signature de cet appareil n’est pas reconnue. Reconnectez-vous.")


class UnknownDevice(VaultError):
    word, status = "unknown-device", 403
    public = sentence("Cet appareil n’est pas encore enregistré. Reconnectez-vous pour l’enregistrer.")


class DeviceRevoked(VaultError):
    word, status = "revoked", 403
    public = sentence("Cet appareil a été révoqué. Reconnectez-vous, ou servez-vous d’un autre appareil.")


class Frozen(VaultError):
    word, status = "frozen", 423
    public = sentence("L’accès est gelé par précaution. Adressez-vous au responsable de votre cabinet.")


class HistoryShut(VaultError):
    word, status = "history-shut", 423
    public = sentence(
        "Les dossiers passés sont fermés par précaution. Les consultations en cours, les nouvelles demandes et les patients "
        "du jour continuent."
    )


class RightsShut(VaultError):
    word, status = "rights-shut", 423
    public = sentence(
        "Par précaution, rien ne change pour l’instant aux comptes, aux appareils et aux droits. Les soins continuent."
    )


class PlatformOff(VaultError):
    word, status = "off", 423
    public = sentence(
        "Tout est fermé par précaution. Rien n’est perdu, et un appel en cours continue. En cas d’urgence, appelez le 15 ou "
        "le 112."
    )


class NotAllowed(VaultError):
    word, status = "not-allowed", 403
    public = sentence("Votre rôle ne permet pas cette action. Adressez-vous au responsable de votre cabinet.")


class NoRelation(VaultError):
    word, status = "relation", 403
    public = sentence("Rien ne vous relie à ce dossier pour l’instant. Prenez d’abord la demande en charge.")


class UnknownCompartment(VaultError):
    word, status = "unknown-compartment", 403
    public = sentence("Cette partie du dossier n’existe pas. Rechargez la page et recommencez.")


class BudgetExhausted(VaultError):
    word, status = "budget", 429
    public = sentence("Vous avez ouvert beaucoup de dossiers en peu de temps. Réessayez un peu plus tard.")

    def __init__(self, *args: object, level: str | None = None, **when: datetime | None) -> None:
        super().__init__(*args, **when)
        self.level = level  # whose room is used up: who asks is told, for a step-up widens only their own


class TooManyTries(VaultError):
    word, status = "rate", 429
    public = sentence("Trop d’essais en peu de temps. Attendez un peu, puis réessayez.")


class WrongSecret(VaultError):
    word, status = "wrong", 403
    public = sentence("La phrase de passe ou le code ne convient pas. Vérifiez-les, puis réessayez.")


class NotFound(VaultError):
    word, status = "not-found", 404
    public = sentence("Rien n’est connu sous cet identifiant. Revenez à l’accueil.")


class Exists(VaultError):
    word, status = "exists", 409
    public = sentence("Cet identifiant est déjà enregistré. Rechargez la page.")


class Conflict(VaultError):
    word, status = "conflict", 409
    public = sentence("Quelque chose a changé entre-temps. Rechargez la page, puis recommencez.")


class OldGeneration(VaultError):
    word, status = "old-generation", 409
    public = sentence(
        "La clé du cabinet a changé entre-temps, et rien n’a été enregistré. Recommencez : la nouvelle clé servira."
    )


class LastManager(VaultError):
    word, status = "last-manager", 409
    public = sentence("Un cabinet garde au moins un responsable. Nommez-en un autre d’abord.")


class TooSoon(VaultError):
    word, status = "too-soon", 403
    public = sentence("Ce partage ne peut pas prendre effet si tôt. Choisissez une date plus éloignée.")


class LinesKept(VaultError):
    word, status = "kept", 403
    public = sentence(
        "Ces lignes du journal sont trop récentes pour être effacées. Attendez la fin de leur durée de conservation."
    )


class RecordKept(VaultError):
    word, status = "record-kept", 403
    public = sentence(
        "La durée légale de conservation de ce dossier n’est pas écoulée. Il ne peut être effacé que si la personne le "
        "demande, ou à deux, avec un autre motif."
    )


class Erased(VaultError):
    word, status = "erased", 410
    public = sentence(
        "Ce dossier a été effacé pour de bon : plus personne ne peut l’ouvrir. Le journal dit quand, et à la demande de qui."
    )


class Unavailable(VaultError):
    word, status = "unavailable", 503
    public = sentence("Le coffre est momentanément indisponible. Réessayez dans une minute.")


class KeysAway(VaultError):
    word, status = "keys-away", 503
    public = sentence(
        "Le gardien des clés du coffre ne répond plus : rien ne s’ouvre en attendant. Réessayez dans quelques minutes."
    )


class Unwitnessed(VaultError):
    word, status = "unwitnessed", 503
    public = sentence(
        "Le témoin qui contresigne le journal ne répond plus : rien de nouveau ne s’ouvre en attendant. Ce qui est déjà "
        "ouvert le reste, et l’accès peut toujours être gelé. Réessayez dans une minute."
    )


BY_WORD: dict[str, type[VaultError]] = {
    error.word: error
    for error in (
        Malformed, ClockOff, Replayed, BadSignature, UnknownDevice, DeviceRevoked, Frozen, NotAllowed, NoRelation,
        UnknownCompartment, BudgetExhausted, TooManyTries, WrongSecret, NotFound, Exists, Conflict, OldGeneration,
        LastManager, TooSoon, LinesKept, Unavailable, KeysAway, Expired, NeedsSecond, HistoryShut, RightsShut, PlatformOff,
        Unwitnessed, RecordKept, Erased,
    )
}  # fmt: skip
