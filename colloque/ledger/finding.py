"""What a verifier says when it has found something, and where."""


class Finding(Exception):
    """Something that an honest log never shows."""

    def __init__(self, what: str, seq: int | None = None) -> None:
        super().__init__(what if seq is None else f"line {seq}: {what}")
        self.what, self.seq = what, seq
