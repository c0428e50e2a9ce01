"""`/ws/consultations/<id>`: a consultation as it changes, for the patient and the practitioner who has it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from colloque.consultations import announce
from colloque.consultations.access import get_consultation_for, role_of
from colloque.consultations.heard import hear
from colloque.consultations.presence import Seen, next_change, since, state_of
from colloque.consultations.queries import describe, seen_in, time_of
from colloque.consultations.sockets import WatchingConsumer
from colloque.consultations.state import Role
from colloque.kernel.clock import now, to_wire
from colloque.kernel.errors import NotFound
from colloque.records.news import group_of as record_group_of

CALL_STATES = frozenset({"joining", "in", "left"})
WRITE_DOWN_EVERY = timedelta(seconds=2)
# What has a message of its own, and so is no reason to send the whole consultation again.
APART = frozenset({"presence", "counters", "read"})


@dataclass(frozen=True)
class Look:
    role: Role
    practice: str
    told: dict[str, Any]
    seen: dict[str, Seen]


class ConsultationConsumer(WatchingConsumer):
    role: Role = "patient"
    told: dict[str, Any] | None = None
    call_state = "left"
    written_at: datetime | None = None

    @property
    def consultation(self) -> str:
        return str(self.scope["url_route"]["kwargs"]["consultation_id"])

    @property
    def other(self) -> Role:
        return "practitioner" if self.role == "patient" else "patient"

    def look(self) -> Look:
        consultation = get_consultation_for(self.person, self.consultation)
        role = role_of(self.person, consultation)
        if role is None:
            raise NotFound
        return Look(role, str(consultation.practice_id), describe(consultation), dict(seen_in(consultation)))

    def groups_of(self, seen: Look) -> list[str]:
        self.role, self.seen = seen.role, seen.seen
        self.presence_told: str | None = None
        id_ = self.consultation
        return [announce.group_of(id_), record_group_of(id_), announce.queue_group_of(seen.practice)]

    async def tell(self, seen: Look) -> None:
        before, self.told = self.told, seen.told
        self.role = seen.role
        for role, at in seen.seen.items():
            self._remember(role, at)
        if self.other not in seen.seen:
            self.seen.pop(self.other, None)  # someone else sits there now, and has not been heard yet
        if before is None or _without(before, APART) != _without(seen.told, APART):
            await self.say({"type": "consultation", **seen.told})
        await self._tell_presence(at_start=before is None)
        if before is not None:
            await self._tell_counters(before["counters"], seen.told["counters"])
            await self._tell_read(before.get("read", {}), seen.told.get("read", {}))

    def next_at(self, at: datetime) -> datetime | None:
        return next_change([self.seen.get(self.other)], at)

    async def hear_ping(self) -> None:
        at = now()
        is_first = self.written_at is None
        if self.written_at is None or at - self.written_at >= WRITE_DOWN_EVERY:
            self.written_at = at
            await self.in_thread(hear, self.consultation, self.role)
        news = {"type": "presence.heard", "role": self.role, "at": to_wire(at), "is_first": is_first}
        await self.channel_layer.group_send(announce.group_of(self.consultation), news)

    async def hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "call" and message.get("state") in CALL_STATES:
            self.call_state = message["state"]
            await self._tell_call()
        elif message["type"] == "writing":
            await self._send_other({"type": "talk.writing"})

    async def disconnect(self, code: int) -> None:
        if self.call_state != "left":
            self.call_state = "left"
            await self._tell_call()
        await super().disconnect(code)

    # What the sockets of one consultation say to each other over the channel layer

    async def consultation_changed(self, event: dict[str, Any]) -> None:
        self.dirty.set()

    async def queue_changed(self, event: dict[str, Any]) -> None:
        if self.told is None or self.told["state"] == "waiting":
            self.dirty.set()

    async def record_written(self, event: dict[str, Any]) -> None:
        self.dirty.set()

    async def presence_heard(self, event: dict[str, Any]) -> None:
        if event["role"] != self.other or self.told is None:
            return
        at = datetime.fromisoformat(event["at"])
        held = self.seen.get(self.other)
        self._remember(self.other, held.again(at) if held else Seen(at, at))
        await self._tell_presence()
        if event["is_first"] and self.call_state != "left":
            await self._tell_call()  # who just came does not know that we are in the call

    async def talk_call(self, event: dict[str, Any]) -> None:
        if event["role"] == self.other:
            await self.say({"type": "call", "role": event["role"], "state": event["state"]})

    async def talk_writing(self, event: dict[str, Any]) -> None:
        if event["role"] == self.other:
            await self.say({"type": "writing", "role": event["role"]})

    async def _tell_call(self) -> None:
        await self._send_other({"type": "talk.call", "state": self.call_state})

    async def _send_other(self, event: dict[str, Any]) -> None:
        await self.channel_layer.group_send(
            announce.group_of(self.consultation), {**event, "role": self.role}
        )

    async def _tell_presence(self, *, at_start: bool = False) -> None:
        at, seen = now(), self.seen.get(self.other)
        state = state_of(seen, at)
        if state != self.presence_told:
            self.presence_told = state
            if not at_start:  # the consultation itself has just said it
                since_at = time_of(since(seen, at))
                await self.say({"type": "presence", "role": self.other, "state": state, "since": since_at})

    async def _tell_counters(self, before: dict[str, int], after: dict[str, int]) -> None:
        for compartment, counter in after.items():
            if before.get(compartment) != counter:
                news = {"record": self.consultation, "compartment": compartment, "counter": counter}
                await self.say({"type": "record", **news})

    async def _tell_read(self, before: dict[str, int], after: dict[str, int]) -> None:
        for person, position in after.items():
            if before.get(person) != position:
                await self.say({"type": "read", "person": person, "position": position})

    def _remember(self, role: str, seen: Seen) -> None:
        held = self.seen.get(role)
        if held is None or seen.seen_at >= held.seen_at:
            self.seen[role] = seen


def _without(told: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in names}
