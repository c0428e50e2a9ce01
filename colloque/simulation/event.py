"""What someone does at a moment: the fields of the line that it would leave, and the attack that it is part of."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

ALLOWED = "allowed"
ASKS = "release"  # the one kind that may be refused: then its line is a refusal


class Event(NamedTuple):
    """`at` is in whole milliseconds since 1970 in UTC; `by` is the name of an attack, or empty for honest work."""

    at: int
    fields: dict[str, Any]
    by: str = ""

    @property
    def kind(self) -> str:
        return str(self.fields["kind"])


def id_of(seed: int, *parts: object) -> str:
    """A UUID (version 4 in form) that the same seed and words always give."""
    h = hashlib.blake2b(repr((seed, *parts)).encode(), digest_size=16).hexdigest()
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-8{h[17:20]}-{h[20:]}"


def to_millis(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def to_time(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def wire(at: int) -> str:
    """As lines write it; ten times as quick as the clock's own, for a large world has millions."""
    minute, rest = divmod(at, 60_000)
    return f"{_minute(minute)}{rest // 1000:02d}.{rest % 1000:03d}Z"


@lru_cache(4096)
def _minute(minute: int) -> str:
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:")
