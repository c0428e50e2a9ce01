"""`/ws/consultations/<id>/signal`: passes signals between the two seats of a call. Keeps nothing.

Seats know of each other by messages on the channel layer alone: who comes says so to the other seat, who
is there answers. So there is no table of who is in a call, nothing to clean after a crash, and two web
processes agree.
"""

import asyncio
import contextlib
import itertools
import json
from datetime import datetime
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from channels.db import DatabaseSyncToAsync
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError

from colloque.kernel.clock import now
from colloque.kernel.errors import Malformed, NotFound, TooLarge
from colloque.kernel.ids import new_id
from colloque.video import errors
from colloque.video.seats import get_seat_for
from colloque.video.signalling import Allowance, Seat, is_silent, read_message, read_page

LISTEN_SECONDS = 1.0
ASK_EVERY = 3  # listenings between two questions to session and gate


def _find_seat(session_key: str | None, consultation: str) -> Seat | int:
    """Read session and gate afresh; return the seat, or the close code that says why there is none."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    person = store(session_key=session_key).get("person", "") if session_key else ""
    if not isinstance(person, str) or not person:
        return errors.CLOSED_SIGNED_OUT
    try:
        return get_seat_for(person, consultation) or errors.CLOSED_NOT_FOUND
    except NotFound:
        return errors.CLOSED_NOT_FOUND


# In threads of their own: a slow query of one call must not hold up the next one's.
_seat = DatabaseSyncToAsync(_find_seat, thread_sensitive=False)


class SignalConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels carries no types
    seat: Seat | None = None
    watch: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        # Accepted first: a browser is told the code of a close, never the status of a refused handshake.
        await self.accept()
        self.session_key = self.scope["session"].session_key
        self.consultation = self.scope["url_route"]["kwargs"]["consultation_id"]
        seat = await _seat(self.session_key, self.consultation)
        if not isinstance(seat, Seat):
            await self.close(code=seat)
            return
        query = parse_qs(self.scope.get("query_string", b"").decode("latin-1"))
        self.page = read_page((query.get("page") or [""])[0]) or new_id()
        self.allowance = Allowance.full(now())
        self.pinged_at: datetime | None = None
        self.seat = seat
        await self.channel_layer.group_add(seat.group, self.channel_name)
        await self.channel_layer.group_send(seat.group, {"type": "seat.taken", "by": self.channel_name})
        await self.channel_layer.group_send(seat.other_group, {"type": "peer.came", "page": self.page})
        self.watch = asyncio.create_task(self._keep_watch(seat))

    async def disconnect(self, code: int) -> None:
        if self.watch is not None and self.watch is not asyncio.current_task():
            self.watch.cancel()
        await self._leave()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.seat is None:
            return
        left = self.allowance.spend(now())
        if left is None:
            await self._end(errors.CLOSED_TOO_MANY)
            return
        self.allowance = left
        try:
            message = read_message(text_data)
        except TooLarge:
            await self._end(errors.CLOSED_TOO_LARGE)
        except Malformed:
            await self._end(errors.CLOSED_MALFORMED)
        else:
            await self._answer(self.seat, message)

    async def _answer(self, seat: Seat, message: dict[str, Any]) -> None:
        if message["type"] == "ping":
            self.pinged_at = now()
            await self._tell({"type": "pong"})
            return
        relayed = {"type": "signal", "data": message["data"], "from": seat.person, "page": self.page}
        await self.channel_layer.group_send(
            seat.other_group, {"type": "peer.signal", "text": json.dumps(relayed)}
        )

    async def _keep_watch(self, seat: Seat) -> None:
        """Close the seat of one who is silent, signed out, or no longer of this consultation."""
        for turn in itertools.count(1):
            await asyncio.sleep(LISTEN_SECONDS)
            if is_silent(pinged_at=self.pinged_at, now=now()):
                await self._end(errors.CLOSED_SILENT)
                return
            if turn % ASK_EVERY == 0 and not await self._still_sits(seat):
                return

    async def _still_sits(self, seat: Seat) -> bool:
        try:
            found = await _seat(self.session_key, self.consultation)
        except DatabaseError:
            return True  # A database that restarts cuts no call: the media does not pass here. Ask again.
        if found == seat:
            return True
        await self._end(found if isinstance(found, int) else errors.CLOSED_NOT_FOUND)
        return False

    async def _end(self, code: int) -> None:
        await self._leave()
        await self.close(code=code)

    async def _leave(self) -> None:
        seat, self.seat = self.seat, None
        if seat is None:
            return
        await self.channel_layer.group_discard(seat.group, self.channel_name)
        await self.channel_layer.group_send(seat.other_group, {"type": "peer.left", "page": self.page})

    async def _tell(self, message: dict[str, Any]) -> None:
        # A socket that died under us is found by `disconnect`; what could not be told has no reader any more.
        with contextlib.suppress(RuntimeError):
            await self.send(text_data=json.dumps(message))

    # What the two seats say to each other over the channel layer

    async def seat_taken(self, event: dict[str, Any]) -> None:
        if event["by"] == self.channel_name or self.seat is None:
            return
        seat, self.seat = self.seat, None  # no `peer.left`: the newcomer has the seat, nobody is gone
        await self.channel_layer.group_discard(seat.group, self.channel_name)
        await self._tell({"type": "replaced"})
        await self.close(code=errors.CLOSED_REPLACED)

    async def peer_came(self, event: dict[str, Any]) -> None:
        if self.seat is None:
            return
        await self._tell({"type": "peer", "state": "here", "page": event["page"]})
        await self.channel_layer.group_send(
            self.seat.other_group, {"type": "peer.present", "page": self.page}
        )

    async def peer_present(self, event: dict[str, Any]) -> None:
        if self.seat is not None:
            await self._tell({"type": "peer", "state": "here", "page": event["page"]})

    async def peer_left(self, event: dict[str, Any]) -> None:
        if self.seat is not None:
            await self._tell({"type": "peer", "state": "gone", "page": event["page"]})

    async def peer_signal(self, event: dict[str, Any]) -> None:
        if self.seat is not None:
            with contextlib.suppress(RuntimeError):
                await self.send(text_data=event["text"])
