"""Budgets: how many distinct records a device, a person, a practice and the platform may reach. Pure.

A record counts once in each window that it was opened in, with the cost of the dearest relation it was opened by;
opening it again inside a window costs nothing there. So the bound that is published, "at most N records in any minute,
hour, day, 30 days", holds whatever the order of requests, on each of the four levels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from colloque.vault.meter import NAMES, Meter

# As long as the month's meter may still count it, so that what a record counts is the same in all of its windows.
LONGEST = timedelta(days=32)
COSTS: Mapping[str, int] = {
    "own": 0, "queue": 1, "assigned": 1, "appointment": 1, "message": 1, "replacement": 1, "reception": 1, "service": 1,
    "linked": 3, "break-glass": 10,
}  # fmt: skip
OLD = timedelta(days=548)
OLD_TIMES = 2

type Capacity = tuple[int, int, int, int]


@dataclass(frozen=True)
class Opened:
    """The last opening of one record by a person, and by which device; none is known of old ones."""

    at: datetime
    cost: int
    device: str | None = None


@dataclass(frozen=True)
class Level:
    """One of the four: its meter, what it may hold, and whether the record's last opening was counted in it."""

    name: str
    meter: Meter
    capacity: Capacity
    knows: bool = True


@dataclass(frozen=True)
class Refused:
    """Not now: this window of this level is full until then."""

    level: str
    window: str
    retry_at: datetime


def price(relation: str, *, touched_at: datetime | None, now: datetime) -> int:
    """What an opening costs: by relation, and twice where nothing was done with the record for 18 months."""
    is_old = touched_at is not None and touched_at < now - OLD
    return COSTS[relation] * (OLD_TIMES if is_old else 1)


def decide(levels: Sequence[Level], opened: Opened | None, *, cost: int, now: datetime) -> Opened | Refused:
    """Decide one opening; return what the record counts from now on. The caller holds the meters until that is written."""
    counts = max(cost, opened.cost) if opened and opened.at > now - LONGEST else cost
    for level in levels:
        for window, (used, capacity) in enumerate(zip(level.meter.used, level.capacity, strict=True)):
            more = counts - (opened.cost if opened and _holds(level, window, opened) else 0)
            if more > 0 and used + more > capacity:
                return Refused(level.name, NAMES[window], level.meter.frees(window, used + more - capacity))
    return Opened(now, counts)


def spend(levels: Sequence[Level], opened: Opened | None, counted: Opened) -> None:
    """Count an opening that was allowed; where it counted before, it counts once, from now on."""
    for level in levels:
        for window in range(len(NAMES)):
            if opened and _holds(level, window, opened):
                level.meter.give_back(window, opened.at, opened.cost)
            level.meter.take(window, counted.cost)


def _holds(level: Level, window: int, opened: Opened) -> bool:
    return level.knows and level.meter.holds(window, opened.at)
