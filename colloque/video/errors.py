"""Why a call's socket is closed. The number is the WebSocket close code; the browser has the sentence."""

from colloque.kernel.errors import ColloqueError, sentence

CLOSED_SIGNED_OUT = 4401
CLOSED_NOT_FOUND = 4404
CLOSED_SILENT = 4408
CLOSED_REPLACED = 4409
CLOSED_MALFORMED = 4400
CLOSED_TOO_LARGE = 4413
CLOSED_TOO_MANY = 4429


class NoCall(ColloqueError):
    word = "no-call"
    status = 409
    public = sentence(
        "Cette consultation n’a pas d’appel en cours : elle est terminée, annulée ou confiée à un autre. "
        "Revenez à la consultation pour voir où elle en est."
    )
