"""Lines that lost their bodies: which may, and what a verifier accepts in their place (docs/spec/ledger.md)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from colloque.ledger.finding import Finding

# Without these nothing that was signed could be checked again, nor could it be said what exists, and whose it is.
KEPT = frozenset({
    "person-registered", "device-enrolled", "device-revoked", "practice-created", "practice-generation",
    "practice-sheet", "practice-reopened", "member-joined", "member-left", "record-created", "record-erased",
    "grant", "freeze", "unfreeze", "officer-appointed", "officer-ended", "heartbeat",
    "lines-erased", "assets-published",
})  # fmt: skip
WHYS = frozenset({"retention", "right-to-erasure", "mistake"})
_ROW_BYTES = 77
_ROW = re.compile(rb'\{"erased":"([0-9a-f]{64})"\}')


def to_row(leaf: bytes) -> str:
    """What an export has in place of the line."""
    return json.dumps({"erased": leaf.hex()}, separators=(",", ":"))


def leaf_of(row: bytes) -> bytes | None:
    """The leaf hash of an erased line; None for a line that is there."""
    matched = _ROW.fullmatch(row) if len(row) == _ROW_BYTES else None
    return bytes.fromhex(matched[1].decode()) if matched else None


@dataclass(frozen=True)
class Erasure:
    first: int
    last: int


class Erased:
    """Counts lines without a body, and wants a later line that says of each that it was erased."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: list[int] = []

    def take(self, seq: int) -> None:
        self.count += 1
        self._waiting.append(seq)

    def explain(self, seq: int, fields: Mapping[str, Any]) -> None:
        erasure = read(seq, fields)
        self._waiting = [one for one in self._waiting if not erasure.first <= one <= erasure.last]

    def check(self) -> None:
        if self._waiting:
            raise Finding("its body is gone, and no line says that it was erased", self._waiting[0])


def read(seq: int, fields: Mapping[str, Any]) -> Erasure:
    """What a `lines-erased` line erases; it speaks of lines above itself, for a reason that is one of the words."""
    detail = fields.get("detail", {})
    first, last = detail.get("first"), detail.get("last")
    if (
        type(first) is not int
        or type(last) is not int
        or not 0 <= first <= last < seq
        or detail.get("why") not in WHYS
    ):
        raise Finding("it does not say which lines above it were erased, and why", seq)
    return Erasure(first, last)
