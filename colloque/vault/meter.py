"""Meters: how many units a holder has used in each window, in a row that never grows. Pure.

A window is cut into thirty buckets and counts them and the one that it has half left, so it is never shorter than it
says: what was used leaves it a thirtieth late at most, and no true window ever holds more than the meter shows.
"""

import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

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


class Meter:
    """One holder's use, as of `now`. It only moves forward."""

    def __init__(self, now: datetime, packed: bytes = b"") -> None:
        seconds = int(now.timestamp())
        self._seconds = seconds
        self._last = [seconds // width for width in WIDTHS]
        self._rings = _read(packed, self._last)
        self.used = [sum(ring) for ring in self._rings]

    def holds(self, window: int, at: datetime) -> bool:
        """Tell whether what was used then still counts in the window."""
        return int(at.timestamp()) // WIDTHS[window] > self._last[window] - SLOTS

    def take(self, window: int, units: int) -> None:
        self._rings[window][self._last[window] % SLOTS] += units
        self.used[window] += units

    def recall(self, at: datetime, units: int) -> None:
        """Count what was used then, in those windows that still hold it."""
        for window, width in enumerate(WIDTHS):
            if self.holds(window, at):
                self._rings[window][int(at.timestamp()) // width % SLOTS] += units
                self.used[window] += units

    def give_back(self, window: int, at: datetime, units: int) -> None:
        """Uncount what was used then, because it is counted anew from now on."""
        self._rings[window][int(at.timestamp()) // WIDTHS[window] % SLOTS] -= units
        self.used[window] -= units

    def frees(self, window: int, units: int) -> datetime:
        """Tell when that many units will have left the window; the longest wait where they never do."""
        width, last, ring = WIDTHS[window], self._last[window], self._rings[window]
        for bucket in range(last - BUCKETS, last + 1):
            units -= ring[bucket % SLOTS]
            if units <= 0:
                break
        return datetime.fromtimestamp((bucket + SLOTS) * width, UTC)

    def counts(self, window: int) -> list[int]:
        """The window's buckets, oldest first; the last is the one that is filling."""
        ring, last = self._rings[window], self._last[window]
        return [ring[bucket % SLOTS] for bucket in range(last - BUCKETS, last + 1)]

    def pack(self) -> bytes:
        return _PACKED.pack(self._seconds, *(count for ring in self._rings for count in ring))


def _read(packed: bytes, last: list[int]) -> list[list[int]]:
    if not packed:
        return [[0] * SLOTS for _ in WIDTHS]
    seconds, *counts = _PACKED.unpack(packed)
    rings = [counts[n * SLOTS : (n + 1) * SLOTS] for n in range(len(WIDTHS))]
    for ring, width, now in zip(rings, WIDTHS, last, strict=True):
        for bucket in range(max(seconds // width + 1, now - BUCKETS), now + 1):
            ring[bucket % SLOTS] = 0  # a bucket that has come round again begins empty
    return rings
