from pathlib import Path

from colloque.kernel.errors import ColloqueError, sentence


class BadRule(ColloqueError):
    """A rule that can't be read or that this engine can't express; the message says where and what to do."""

    word = "bad-rule"
    status = 400
    public = sentence(
        "Une règle de détection ne peut pas être lue. Corrigez le fichier qu’indique le message."
    )

    def __init__(self, place: Path | str, what: str) -> None:
        super().__init__(f"{place}: {what}")
