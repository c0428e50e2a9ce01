"""Budgets: how many distinct records a device, a person, a practice and the platform may reach. Pure.

A record counts once in each window that it was opened in, with the cost of the dearest relation it was opened by;
opening it again inside a window costs nothing there. So the bound that is published, "at most N records in any minute,
hour, day, 30 days", holds whatever the order of requests, on each of the four levels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from colloque.vault.meter import NAMES, Meter, buckets_of

# As long as the month's meter may still count it, so that what a record counts is the same in all of its windows.
LONGEST = timedelta(days=32)
COSTS: Mapping[str, int] = {
    "own": 0, "queue": 1, "assigned": 1, "appointment": 1, "message": 1, "replacement": 1, "reception": 1, "service": 1,
    "linked": 3, "break-glass": 10,
}  # fmt: skip
OLD = timedelta(days=548)
OLD_TIMES = 2
_NOTHING = [0] * len(NAMES)

type Capacity = tuple[int, int, int, int]


class Opened(NamedTuple):
    """The last opening of one record by a person, and by which device; none is known of old ones."""

    at: datetime
    cost: int
    device: str | None = None


class Level(NamedTuple):
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
    # All meters are of one time, and so tell the same of what was opened then.
    known = levels[0].meter.held(buckets_of(opened.at), opened.cost) if opened else _NOTHING
    for name, meter, capacity, knows in levels:
        held = known if knows else _NOTHING
        if held[0] >= counts:
            continue  # what the shortest window counts, all do: nothing is added
        for window, (used, before, most) in enumerate(zip(meter.used, held, capacity, strict=True)):
            over = used + counts - before - most
            if over > 0 and counts > before:
                return Refused(name, NAMES[window], meter.frees(window, over))
    return Opened(now, counts)


def spend(levels: Sequence[Level], opened: Opened | None, counted: Opened) -> None:
    """Count an opening that was allowed; where it counted before, it counts once, from now on."""
    then = buckets_of(opened.at) if opened else None
    is_same = opened is not None and counted.cost == opened.cost and then == levels[0].meter.last
    for _, meter, _, knows in levels:
        if opened is None or then is None or not knows:
            meter.count(counted.cost)
        elif not is_same:  # else as much, in the same buckets: nothing changes
            meter.recount(counted.cost, then, opened.cost)
