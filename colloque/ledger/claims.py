"""What devices signed that they had seen of the log, beside what they asked of it: every client is a witness.

A claim that the lines do not bear out is told, with its place, and is no finding: whoever has a device can sign one. What
proves a second history is the note that an honest device keeps (`--receipts`).
"""

import json
from collections.abc import Mapping
from typing import Any

from colloque.kernel.encoding import b64u_decode


class Claims:
    """By the hash of the statement that makes it: how many lines the device had seen, and their root."""

    def __init__(self, statements: Mapping[str, Mapping[str, Any]]) -> None:
        self._claims = {digest: one for digest, held in statements.items() if (one := _read(held["payload"]))}
        self._roots: dict[int, bytes | None] = dict.fromkeys(size for size, _ in self._claims.values())
        self.held, self.contradicted = 0, list[int]()

    def wants(self, size: int) -> bool:
        return size in self._roots

    def passed(self, size: int, root: bytes) -> None:
        self._roots[size] = root

    def take(self, seq: int, fields: Mapping[str, Any]) -> None:
        """Hold what was seen before this line was asked for against the lines above it; once for a statement of many."""
        claim = self._claims.pop(str(fields.get("request")), None)
        if claim is None:
            return
        size, root = claim
        # A size not passed yet is of lines that were there when it was asked for, and are not above it.
        if self._roots[size] == root:
            self.held += 1
        else:
            self.contradicted.append(seq)


def _read(payload: bytes) -> tuple[int, bytes] | None:
    """None where nothing was claimed, or nothing that can be read: the vault never looked at it."""
    if b'"seen"' not in payload:
        return None
    try:
        seen = json.loads(payload)["seen"]
        return (seen["size"], b64u_decode(seen["root"], length=32)) if seen["size"] > 0 else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
