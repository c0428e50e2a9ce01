"""Of which ledger an answer is, and how far."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Head:
    """Which ledger, and how far."""

    origin: str
    size: int
    root: str  # hex
    signed: bool  # whether each line's signature was checked
    first: int  # time of the first line, and of the last
    last: int
    erased: int = 0  # up to this time some lines have no text any more

    @property
    def mark(self) -> str:
        return f"{self.origin} {self.size} {self.root}"
