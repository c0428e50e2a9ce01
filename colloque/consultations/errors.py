"""What this room refuses."""

from colloque.kernel.errors import ColloqueError, Conflict, sentence

# Why a socket is closed. The number is the WebSocket close code; the browser has the sentence for it.
CLOSED_SIGNED_OUT = 4401
CLOSED_NOT_FOUND = 4404
CLOSED_MALFORMED = 4400
CLOSED_TOO_MANY = 4429


class AlreadyTaken(Conflict):
    word = "taken"
    public = sentence("Un autre praticien vient de prendre cette demande. Revenez à la file pour voir les suivantes.")


class Passed(Conflict):
    word = "passed"
    public = sentence("Cette consultation a changé d’état entre-temps. Rechargez la page pour voir où elle en est.")


class ForAnother(ColloqueError):
    word = "for-another"
    status = 409
    public = sentence("Cette demande est adressée à un autre praticien. Revenez à la file pour voir les vôtres.")


class NotAssigned(ColloqueError):
    word = "not-assigned"
    status = 409
    public = sentence("Cette consultation est suivie par un autre praticien. Revenez à la file pour voir les vôtres.")


class TooManyDrafts(ColloqueError):
    word = "too-many-drafts"
    status = 409
    public = sentence("Vous avez déjà plusieurs demandes commencées. Reprenez-en une, ou laissez-les expirer.")
