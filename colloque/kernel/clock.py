"""The one reader of the system clock. Tests and drills put another source in its place."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_WIRE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}\.[0-9]{3}Z")


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """Return the time, aware, in UTC, cut to the millisecond that the wire carries."""
    at = _source()
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


@contextmanager
def reading(source: Callable[[], datetime]) -> Iterator[None]:
    """Read the time from `source` for a while. Concerns the whole process: for tests and drills."""
    global _source  # noqa: PLW0603  one clock for the process is the point of this module
    previous, _source = _source, source
    try:
        yield
    finally:
        _source = previous


def to_wire(at: datetime) -> str:
    """Write a time as the specifications do: `YYYY-MM-DDTHH:MM:SS.mmmZ`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def from_wire(text: str) -> datetime:
    """Read a time of the wire; ValueError for any other way to write it."""
    if not _WIRE.fullmatch(text):
        raise ValueError("not a time of the wire")
    return datetime.fromisoformat(text)
