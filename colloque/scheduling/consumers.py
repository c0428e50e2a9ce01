"""`/ws/queue/<practice>`: the queue as it changes, for the practitioners of a practice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from colloque.accounts.access import get_membership
from colloque.consultations.announce import queue_group_of
from colloque.consultations.presence import Seen, next_change
from colloque.consultations.sockets import WatchingConsumer
from colloque.kernel.clock import now
from colloque.kernel.errors import NotFound
from colloque.kernel.ids import is_id
from colloque.scheduling.queries import queue_for, seen_of_patients


@dataclass(frozen=True)
class Look:
    waiting: list[dict[str, Any]]
    seen: list[Seen]


class QueueConsumer(WatchingConsumer):
    told: list[dict[str, Any]] | None = None
    seen: tuple[Seen, ...] = ()

    @property
    def practice(self) -> str:
        return str(self.scope["url_route"]["kwargs"]["practice_id"])

    def look(self) -> Look:
        if not is_id(self.practice):
            raise NotFound
        get_membership(self.practice, self.person, "practitioner")
        waiting = queue_for(self.person, self.practice, now())
        return Look(waiting, list(seen_of_patients(w["id"] for w in waiting).values()))

    def groups_of(self, seen: Look) -> list[str]:
        return [queue_group_of(self.practice)]

    async def tell(self, seen: Look) -> None:
        before, self.told, self.seen = self.told, seen.waiting, tuple(seen.seen)
        if before is None or _steady(before) != _steady(seen.waiting):
            await self.say({"type": "queue", "waiting": seen.waiting})

    def next_at(self, at: datetime) -> datetime | None:
        return next_change(self.seen, at)

    async def queue_changed(self, event: dict[str, Any]) -> None:
        self.dirty.set()


def _steady(waiting: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what moves with every ping of someone who is not quite there."""
    return [{name: value for name, value in w.items() if name != "presence_since"} for w in waiting]
