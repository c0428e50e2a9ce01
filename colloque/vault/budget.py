"""Budgets: how many distinct records a person may reach, over four windows at once. Pure.

A record counts once in each window that it was opened in, with the cost of the dearest relation it was
opened by; opening it again inside a window costs nothing there. So the bound that is published, "at most
N records in any minute, hour, day, 30 days", holds whatever the order of requests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOWS: Mapping[str, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "month": timedelta(days=30),
}
LONGEST = WINDOWS["month"]
COSTS: Mapping[str, int] = {
    "own": 0, "queue": 1, "assigned": 1, "appointment": 1, "message": 1, "replacement": 1, "reception": 1, "service": 1,
    "linked": 3, "break-glass": 10,
}  # fmt: skip

type Capacity = tuple[int, int, int, int]


@dataclass(frozen=True)
class Opened:
    """The last opening of one record by the person."""

    at: datetime
    cost: int


@dataclass(frozen=True)
class State:
    """What the person has used in each window, and how this record counts in it already."""

    used: tuple[int, int, int, int]
    capacity: Capacity
    opened: Opened | None = None


@dataclass(frozen=True)
class Allowed:
    """Go ahead; `spent` is what this record counts from now on, `used` the new use of each window."""

    spent: Opened
    used: tuple[int, int, int, int]


@dataclass(frozen=True)
class Refused:
    """Not now: `window` is full, and `needed` units must leave it first."""

    window: str
    needed: int


def decide(state: State, *, cost: int, now: datetime) -> Allowed | Refused:
    """Decide one opening. The caller holds the state still until the decision is written."""
    known = state.opened if state.opened and state.opened.at > now - LONGEST else None
    counts = max(cost, known.cost) if known else cost
    used = []
    for (name, length), spent, capacity in zip(WINDOWS.items(), state.used, state.capacity, strict=True):
        is_open = known is not None and known.at > now - length
        if not is_open and spent + cost > capacity:
            return Refused(name, spent + cost - capacity)
        used.append(spent - known.cost + counts if known and is_open else spent + counts)
    return Allowed(Opened(now, counts), (used[0], used[1], used[2], used[3]))


def when_room(openings: Sequence[Opened], refused: Refused, *, now: datetime) -> datetime:
    """Tell when enough of the window's openings, oldest first, will have left it."""
    left = refused.needed
    for opened in openings:
        left -= opened.cost
        if left <= 0:
            return opened.at + WINDOWS[refused.window]
    return now + WINDOWS[refused.window]  # dearer than the whole window: say the longest wait there is
