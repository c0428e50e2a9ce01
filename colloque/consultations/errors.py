"""What this room refuses."""

from colloque.kernel.errors import Conflict, sentence

# Why a socket is closed. The number is the WebSocket close code; the browser has the sentence for it.
CLOSED_SIGNED_OUT = 4401
CLOSED_NOT_FOUND = 4404
CLOSED_MALFORMED = 4400
CLOSED_TOO_MANY = 4429


class AlreadyTaken(Conflict):
    word = "taken"
    public = sentence(
        "Un autre praticien vient de prendre cette demande. Revenez à la file pour voir les suivantes."
    )


class Passed(Conflict):
    word = "passed"
    public = sentence(
        "Cette consultation a changé d’état entre-temps. Rechargez la page pour voir où elle en est."
    )


class ForAnother(Conflict):
    word = "for-another"
    public = sentence(
        "Cette demande est adressée à un autre praticien. Revenez à la file pour voir les vôtres."
    )


class OffDuty(Conflict):
    word = "off-duty"
    public = sentence(
        "Vous n’êtes pas de garde selon le tour du cabinet, ou vous êtes noté absent. "
        "Voyez avec le responsable si c’est une erreur."
    )


class NotAssigned(Conflict):
    word = "not-assigned"
    public = sentence(
        "Cette consultation est suivie par un autre praticien. Revenez à la file pour voir les vôtres."
    )


class TooManyDrafts(Conflict):
    word = "too-many-drafts"
    public = sentence(
        "Vous avez déjà plusieurs demandes commencées. Reprenez-en une, ou laissez-les expirer."
    )
