"""How far a log may run ahead of its witnesses, and what it asks of one. Pure. C2SP tlog-witness, "add-checkpoint".

A rollback can hide at most what no witness has seen yet. So that bound is kept small, in lines and in seconds, and
whoever must not go beyond it asks `room` first.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from colloque.ledger.checkpoint import MalformedCheckpoint
from colloque.ledger.cosignature import WitnessKey, seen_at

UNBOUNDED = 2**53


@dataclass(frozen=True)
class Seen:
    """The newest checkpoint that one witness cosigned: its lines, and when it was asked."""

    size: int
    at: datetime


@dataclass(frozen=True)
class Bounds:
    """What may be unseen by `quorum` witnesses at any moment. A quorum of none bounds nothing."""

    quorum: int
    lines: int = 500
    age: timedelta = timedelta(seconds=60)


def room(seen: Sequence[Seen], bounds: Bounds, *, size: int, now: datetime) -> int:
    """Lines that a log of `size` may still grow by until enough witnesses have seen more of it; 0 when it must wait."""
    if bounds.quorum == 0:
        return UNBOUNDED
    rooms = sorted((_room_of(one, bounds, size, now) for one in seen), reverse=True)
    return rooms[bounds.quorum - 1] if len(rooms) >= bounds.quorum else 0


def _room_of(one: Seen, bounds: Bounds, size: int, now: datetime) -> int:
    # A time ahead of ours is no fresher than one behind: somebody's clock moved.
    if abs(now - one.at) > bounds.age:
        return 0
    return max(0, one.size + bounds.lines - size)


def request_of(old: int, proof: Sequence[bytes], note: str) -> bytes:
    """The body that asks a witness, which has seen `old` lines, to cosign the note."""
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof)]
    return ("".join(f"{line}\n" for line in lines) + f"\n{note}").encode()


def cosigners(note: str, witnesses: Sequence[WitnessKey]) -> dict[WitnessKey, int]:
    """Which of these witnesses cosigned the note, and when by their own clock, in POSIX seconds."""
    found = {}
    for one in witnesses:
        try:
            at = seen_at(note, one)
        except MalformedCheckpoint:
            continue
        if at is not None:
            found[one] = at
    return found


def merge(note: str, lines: Mapping[WitnessKey, str]) -> str:
    """One note with the log's signature and these witnesses' below it."""
    return note + "".join(lines.values())
