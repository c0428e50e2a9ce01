"""Who is there, from the time of their last ping. Pure.

A page pings every 3 seconds. Silence of 4 s is unsteady, of 8 s gone. A reload takes less than that: it shows
as unsteady at worst, and never as leaving. Two tabs of one person are one presence: either's ping counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Presence = Literal["here", "unsteady", "gone"]

UNSTEADY_AFTER = timedelta(seconds=4)
GONE_AFTER = timedelta(seconds=8)


@dataclass(frozen=True)
class Seen:
    """When someone came, and when they were last heard."""

    here_since: datetime
    seen_at: datetime

    def again(self, now: datetime) -> "Seen":
        """Hear them once more: who was gone has come anew."""
        return Seen(self.here_since if state_of(self, now) != "gone" else now, max(now, self.seen_at))


def state_of(seen: Seen | None, now: datetime) -> Presence:
    """Tell how someone is there; who was never heard is gone."""
    if seen is None or now - seen.seen_at >= GONE_AFTER:
        return "gone"
    return "unsteady" if now - seen.seen_at >= UNSTEADY_AFTER else "here"


def since(seen: Seen | None, now: datetime) -> datetime | None:
    """Tell since when that is so; None for who never came."""
    if seen is None:
        return None
    return seen.here_since if state_of(seen, now) == "here" else seen.seen_at


def next_change(all_seen: Iterable[Seen | None], now: datetime) -> datetime | None:
    """Return when one of these becomes unsteady or gone if nobody is heard again; None when nothing will
    change."""
    times = [seen.seen_at + after for seen in all_seen if seen for after in (UNSTEADY_AFTER, GONE_AFTER)]
    return min((at for at in times if at > now), default=None)
