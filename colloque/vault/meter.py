"""Meters: how many units a holder has used in each window, in a row that never grows. Pure.

A window is cut into thirty buckets and counts them and the one that it has half left, so it is never shorter than it
says: what was used leaves it a thirtieth late at most, and no true window ever holds more than the meter shows.
"""

import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache

WINDOWS: Mapping[str, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "month": timedelta(days=30),
}
NAMES = tuple(WINDOWS)
BUCKETS = 30
SLOTS = BUCKETS + 1
WIDTHS = tuple(int(length.total_seconds()) // BUCKETS for length in WINDOWS.values())
# Little-endian: seconds since 1970 at which it was written, then 31 counts of each window, by bucket modulo 31.
_PACKED = struct.Struct(f"<q{len(NAMES) * SLOTS}I")


type Buckets = tuple[int, ...]


@lru_cache(maxsize=4096)
def buckets_of(at: datetime) -> Buckets:
    """The bucket of each window that a time falls in. Many records of a batch were last opened at one time."""
    seconds = int(at.timestamp())
    return tuple(seconds // width for width in WIDTHS)


class Meter:
    """One holder's use, as of `now`. It only moves forward."""

    def __init__(self, now: datetime, packed: bytes = b"") -> None:
        seconds = int(now.timestamp())
        self._seconds = seconds
        # The bucket of each window that is filling, and the newest that it has left.
        self.last = buckets_of(now)
        self._before = [bucket - SLOTS for bucket in self.last]
        self._rings = _read(packed, self.last)
        self.used = [sum(ring) for ring in self._rings]

    def held(self, then: Buckets, units: int) -> list[int]:
        """How much of what was used in those buckets each window still counts: all of it, or none."""
        if then[0] > self._before[0]:
            return [units] * len(WIDTHS)  # what the shortest window counts, all do
        return [units if bucket > left else 0 for bucket, left in zip(then, self._before, strict=True)]

    def take(self, window: int, units: int) -> None:
        self._rings[window][self.last[window] % SLOTS] += units
        self.used[window] += units

    def recall(self, then: Buckets, units: int) -> None:
        """Count what was used in those buckets, in those windows that still hold them."""
        for window, (n, bucket) in enumerate(zip(self.held(then, units), then, strict=True)):
            self._rings[window][bucket % SLOTS] += n
            self.used[window] += n

    def count(self, units: int) -> None:
        """Count what is used now, in every window."""
        for window in range(len(WIDTHS)):
            self.take(window, units)

    def recount(self, units: int, then: Buckets, before: int) -> None:
        """Count now what counted `before` units in those buckets: where they still count, they go. In one pass."""
        used = self.used
        for window, (ring, bucket, last) in enumerate(zip(self._rings, then, self.last, strict=True)):
            if bucket > last - SLOTS:
                ring[bucket % SLOTS] -= before
                used[window] -= before
            ring[last % SLOTS] += units
            used[window] += units

    def frees(self, window: int, units: int) -> datetime:
        """Tell when that many units will have left the window; the longest wait where they never do."""
        width, last, ring = WIDTHS[window], self.last[window], self._rings[window]
        for bucket in range(last - BUCKETS, last + 1):
            units -= ring[bucket % SLOTS]
            if units <= 0:
                break
        return datetime.fromtimestamp((bucket + SLOTS) * width, UTC)

    def counts(self, window: int) -> list[int]:
        """The window's buckets, oldest first; the last is the one that is filling."""
        ring, last = self._rings[window], self.last[window]
        return [ring[bucket % SLOTS] for bucket in range(last - BUCKETS, last + 1)]

    def pack(self) -> bytes:
        return _PACKED.pack(self._seconds, *(count for ring in self._rings for count in ring))


def _read(packed: bytes, last: Buckets) -> list[list[int]]:
    if not packed:
        return [[0] * SLOTS for _ in WIDTHS]
    seconds, *counts = _PACKED.unpack(packed)
    rings = [counts[n * SLOTS : (n + 1) * SLOTS] for n in range(len(WIDTHS))]
    for ring, width, now in zip(rings, WIDTHS, last, strict=True):
        for bucket in range(max(seconds // width + 1, now - BUCKETS), now + 1):
            ring[bucket % SLOTS] = 0  # a bucket that has come round again begins empty
    return rings
