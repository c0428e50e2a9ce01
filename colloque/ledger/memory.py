"""What others remember of a log, and an export is held against: a witness's notes, clients' receipts, a mirror of tiles."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from colloque.kernel.clock import from_wire
from colloque.kernel.encoding import b64u_decode
from colloque.ledger import checkpoint, merkle
from colloque.ledger.checkpoint import Verifier
from colloque.ledger.cosignature import WitnessKey, parse_witness_vkey, seen_at
from colloque.ledger.finding import Finding
from colloque.ledger.tiles import WIDTH, Trusted

CLOCKS = timedelta(seconds=120)  # that two honest hosts may differ by
RESTORED = "lines are gone, or an old database was restored"


@dataclass(frozen=True)
class Seen:
    """A tree head that somebody holds, signed by the log."""

    root: bytes
    by: str
    at: datetime | None = None  # when a witness saw it, by its own clock


@dataclass
class Memory:
    """Heads by size and leaves by line, each with who remembers it."""

    heads: dict[int, Seen] = field(default_factory=dict)
    leaves: dict[int, tuple[bytes, str]] = field(default_factory=dict)
    held: int = 0  # the last size at which a head was the export's own

    def remember(self, size: int, seen: Seen) -> None:
        known = self.heads.setdefault(size, seen)
        if known.at is None and known.root == seen.root:
            self.heads[size] = seen
        if known.root != seen.root:
            raise Finding(
                f"{known.by} and {seen.by} hold two histories of {size} lines, both signed by the log"
            )

    def check_line(self, seq: int, leaf: bytes) -> None:
        held = self.leaves.get(seq)
        if held and held[0] != leaf:
            raise Finding(
                f"{held[1]} is for another line at this place: it was edited, or the ledger has two histories",
                seq,
            )

    def check_time(self, seq: int, time: str) -> None:
        """A line is dated after the last time a witness saw the log without it, and before the first that it saw it."""
        without, with_it = self.heads.get(seq), self.heads.get(seq + 1)
        at = from_wire(time)
        if without and without.at and at < without.at - CLOCKS:
            raise Finding(f"it is dated {time}, and the witness saw the ledger without it at {_when(without.at)}: "
                          "it was dated back, or the vault's clock is behind", seq)  # fmt: skip
        if with_it and with_it.at and at > with_it.at + CLOCKS:
            raise Finding(f"it is dated {time}, and the witness saw it at {_when(with_it.at)}: "
                          "it was dated forward, or the vault's clock is ahead", seq)  # fmt: skip

    def check_head(self, size: int, root: bytes) -> None:
        seen = self.heads.get(size)
        if seen is None:
            return
        if seen.root != root:
            since = f"; up to line {self.held - 1} they are" if self.held else ""
            raise Finding(f"the first {size} lines are not those that {seen.by}{since}: "
                          "the ledger has two histories", size - 1)  # fmt: skip
        self.held = size

    def check_end(self, size: int) -> None:
        longest = max(self.heads, default=0)
        if longest > size:
            raise Finding(
                f"{self.heads[longest].by}, {longest} lines, and the export has {size}: {RESTORED}", size
            )


def read_cosigned(memory: Memory, folder: Path, witness: str, log: Verifier) -> int:
    """Remember each note that the witness cosigned; return how many there are."""
    key, found = _read_key(witness), 0
    for path in sorted(folder.glob("*.note")):
        try:
            note = path.read_text("utf-8")
            head, at = checkpoint.read(note, log), seen_at(note, key)
        except (OSError, ValueError) as error:
            raise Finding(f"a cosigned checkpoint does not hold: {path.name}: {error}") from error
        if at is None:
            raise Finding(f"the witness did not cosign the note of {head.size} lines")
        when = datetime.fromtimestamp(at, UTC)
        memory.remember(head.size, Seen(head.root, f"the witness saw at {_when(when)}", when))
        found += 1
    if not found:
        raise Finding(f"there is no cosigned checkpoint in {folder}")
    return found


def read_receipts(memory: Memory, path: Path, log: Verifier) -> int:
    """Remember what clients' receipts prove; return how many there are. One that proves nothing is a finding too."""
    found = 0
    for number, receipt in enumerate(_read_json(path), 1):
        by = f"receipt {number} of {path.name}"
        try:
            _remember_receipt(memory, receipt, by, log)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Finding(f"{by} does not hold, and proves nothing: {error}") from error
        found = number
    if not found:
        raise Finding(f"there is no receipt in {path}")
    return found


def _remember_receipt(memory: Memory, receipt: Mapping[str, Any], by: str, log: Verifier) -> None:
    head = checkpoint.read(receipt["checkpoint"], log)
    for told in receipt["lines"]:
        seq, leaf = told["seq"], b64u_decode(told["leaf"])
        proof = [b64u_decode(one) for one in told["proof"]]
        if not merkle.is_included(leaf, index=seq, size=head.size, proof=proof, root=head.root):
            raise ValueError(f"line {seq} is not in the tree that it names")
        known = memory.leaves.setdefault(seq, (leaf, by))
        if known[0] != leaf:
            raise Finding(
                f"{known[1]} and {by} are for two lines at one place: the ledger has two histories", seq
            )
    memory.remember(head.size, Seen(head.root, f"{by} names"))


def _read_json(path: Path) -> Iterator[Mapping[str, Any]]:
    """A JSON array, one object, or one object a line: as clients keep them."""
    try:
        text = path.read_text("utf-8")
        try:
            whole = json.loads(text)
        except ValueError:
            whole = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise Finding(f"{path} can't be read as receipts: {error}") from error
    yield from whole if isinstance(whole, list) else [whole]


class Mirror:
    """Tiles kept by anyone: they say which line it is that a root no longer fits."""

    def __init__(self, tiles: Trusted) -> None:
        self._tiles = tiles
        self._block: list[bytes] = []

    def expected(self, seq: int) -> bytes | None:
        known = self._tiles.hashes(0, seq // WIDTH)
        return known[seq % WIDTH] if known and seq % WIDTH < len(known) else None

    def check(self, seq: int, leaf: bytes) -> None:
        """Compare a line with its tile; where the tile is wrong itself, 256 lines with the tile above."""
        self._block.append(leaf)
        expected = self.expected(seq)
        if expected is not None and expected != leaf:
            raise Finding(f"it is not the line that was written here{self._whose(seq, leaf)}", seq)
        if seq % WIDTH == WIDTH - 1:
            index, block = seq // WIDTH, self._block
            self._block = []
            root = self._tiles.root_of(0, index)
            self._tiles.forget(0, index)
            if expected is None and root and merkle.root_of(block) != root:
                raise Finding(
                    f"of the lines {index * WIDTH} to {seq} one is not what was written", index * WIDTH
                )

    def _whose(self, seq: int, leaf: bytes) -> str:
        """Say what happened to the line: it is a later one that moved up, or its text is another."""
        for other in range(seq // WIDTH * WIDTH, min(self._tiles.size, seq + WIDTH)):
            if self.expected(other) == leaf:
                return f", but line {other}: lines were taken out, or put in another order"
        return ": its text was changed, or a line was put in"


def _read_key(witness: str) -> WitnessKey:
    try:
        return parse_witness_vkey(witness)
    except ValueError as error:
        raise Finding(f"the witness's key can't be read: {error}") from error


def _when(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")
