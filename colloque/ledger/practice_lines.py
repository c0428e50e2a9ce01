"""Check an export of one practice's lines: each stands where it says, in the log whose checkpoint was signed.

It can't show what a whole export shows: that no line of the practice is missing, and who signed what the lines say.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colloque.kernel.clock import from_wire
from colloque.kernel.encoding import b64u_decode
from colloque.ledger import checkpoint, merkle
from colloque.ledger.finding import Finding
from colloque.ledger.line import check_place, from_bytes, leaf_hash

ROW = {"seq", "line", "proof"}


@dataclass(frozen=True)
class Part:
    """`lines` of the practice, of `size` that the log has."""

    practice: str
    lines: int
    size: int
    root: str

    def sentence(self, whose: str) -> str:
        return (
            f"{self.lines} lines of practice {self.practice}, of the {self.size} that the ledger has: each stands in it "
            f"where it says.\nIts root {self.root} is the one signed by {whose}.\nWhat these lines can't show: that none "
            "of this practice is missing, and who signed what they say. The whole export shows both, and has what opens "
            "the names that patients have in them."
        )


def is_part(folder: Path) -> bool:
    """Whether the rows are those of one practice's export: a line of a whole one has neither `line` nor `proof`."""
    try:
        with (folder / "lines.jsonl").open("rb") as file:
            row = json.loads(file.readline())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(row, dict) and row.keys() == ROW


def verify_part(folder: Path, head: checkpoint.Checkpoint) -> Part:
    """Raise Finding at the first line that is not proved, or not where it should be."""
    practice, last, time, lines = "", -1, "", 0
    with (folder / "lines.jsonl").open("rb") as file:
        for number, row in enumerate(file, 1):
            seq, data, proof = _read(number, row)
            if seq <= last:
                raise Finding("it is not after the line above it", seq)
            fields = _line(seq, data, time)
            if practice and fields.get("practice") != practice:
                raise Finding("it is of another practice than the lines above it", seq)
            if not merkle.is_included(
                leaf_hash(data), index=seq, size=head.size, proof=proof, root=head.root
            ):
                raise Finding(f"it is not proved to be in the ledger of {head.size} lines", seq)
            practice, last, time, lines = fields["practice"], seq, fields["time"], number
    return Part(practice, lines, head.size, head.root.hex())


def _read(number: int, row: bytes) -> tuple[int, bytes, list[bytes]]:
    try:
        told = json.loads(row)
        if told.keys() != ROW or type(told["seq"]) is not int:
            raise ValueError("not a line with its proof")
        return told["seq"], told["line"].encode(), [b64u_decode(one, length=32) for one in told["proof"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Finding(f"row {number} of lines.jsonl can't be read: {error}") from error


def _line(seq: int, data: bytes, last: str) -> dict[str, Any]:
    try:
        fields = from_bytes(data)
        from_wire(fields["time"])
        if not isinstance(fields["practice"], str):
            raise TypeError("it names no practice")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Finding(f"not a line of a practice: {error}", seq) from error
    check_place(seq, fields, last)
    return fields
