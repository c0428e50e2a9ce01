"""Who is next, who is ahead of whom, and how long it may take. Pure.

Honest: an estimate that nothing supports is None, and the page says that nobody knows.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

LEAST_DURATIONS = 3
RECENT_DURATIONS = 20
# A consultation that someone forgot to close says nothing of how long consultations are.
LONGEST_DURATION = timedelta(hours=2)
SHORTEST_DURATION = timedelta(minutes=1)


@dataclass(frozen=True)
class Waiting:
    id: str
    requested_at: datetime
    wished: str | None = None


@dataclass(frozen=True)
class Desk:
    """A practitioner on duty; `busy_since` while they have a consultation."""

    person: str
    busy_since: datetime | None = None


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """First come, first served. A transferred consultation keeps the time it first asked, and so its turn."""
    return sorted(waiting, key=lambda w: (w.requested_at, w.id))


def order_for(
    theirs: Collection[str], waiting: Iterable[Waiting], *, is_on_duty: bool = True
) -> list[Waiting]:
    """Return what a practitioner may take: those who wait for them or for whom they stand in, and on duty for anyone."""
    return [w for w in in_order(waiting) if (is_on_duty if w.wished is None else w.wished in theirs)]


def ahead_of(mine: Waiting, waiting: Iterable[Waiting]) -> int:
    """Count those who will be seen before by the practitioners whom I wait for.

    Who waits for one practitioner has ahead those who wait for the same one, and those who wait for anyone,
    as that one may take them; who waits for anyone has ahead only those who wait for anyone.
    """
    rivals = (None, mine.wished) if mine.wished else (None,)
    return sum(
        1 for w in waiting if w.wished in rivals and (w.requested_at, w.id) < (mine.requested_at, mine.id)
    )


def typical_duration(durations: Iterable[timedelta]) -> timedelta | None:
    """Return the median of recent consultations, newest first; None when there are too few to tell."""
    counted = [d for d in durations if SHORTEST_DURATION <= d <= LONGEST_DURATION][:RECENT_DURATIONS]
    return sorted(counted)[len(counted) // 2] if len(counted) >= LEAST_DURATIONS else None


def estimate_minutes(
    *, ahead: int, wished: str | None, desks: Sequence[Desk], durations: Iterable[timedelta], now: datetime
) -> int | None:
    """Estimate how long until someone with `ahead` before them is seen, rounded up to whole minutes.

    Each desk becomes free when its present consultation has lasted the typical time, or any moment if it has
    lasted longer; those ahead take the desks in turn. None when nobody who could see them is on duty, or too
    little is known.
    """
    could = [desk for desk in desks if wished in (None, desk.person)]
    typical = typical_duration(durations)
    if not could or (typical is None and (ahead or all(desk.busy_since for desk in could))):
        return None
    length = typical or timedelta()
    free_in = [
        max(timedelta(), length - (now - d.busy_since)) if d.busy_since else timedelta() for d in could
    ]
    for _ in range(ahead):
        free_in.sort()
        free_in[0] += length
    return ceil(min(free_in) / timedelta(minutes=1))
