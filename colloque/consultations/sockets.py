"""Sockets that watch something: look at the start, at any news, and every few seconds whatever the news.

News come over the channel layer and may be lost with it; then the next look finds what changed. Session and
gate are asked again at each look, so a door that is shut ends the socket within seconds.
"""

import asyncio
import contextlib
import json
import logging
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from channels.db import DatabaseSyncToAsync
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError

from colloque.consultations.errors import (
    CLOSED_MALFORMED,
    CLOSED_NOT_FOUND,
    CLOSED_SIGNED_OUT,
    CLOSED_TOO_MANY,
)
from colloque.kernel.clock import now
from colloque.kernel.errors import NotFound

logger = logging.getLogger(__name__)

LOOK_SECONDS = 4.0
MOST_BYTES = 4_096
# A page sends a ping each 3 s and a word now and then.
MOST_PER_SECOND, BURST = 5.0, 40.0


class WatchingConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels carries no types
    """A socket that tells what `look` sees. Subclasses say what to look at, and what of it is news to the
    page."""

    person = ""
    watch: asyncio.Task[None] | None = None

    def look(self) -> Any:
        """Read what there is to tell, in a thread; raise NotFound when this person has no business here."""
        raise NotImplementedError

    def groups_of(self, seen: Any) -> list[str]:
        raise NotImplementedError

    async def tell(self, seen: Any) -> None:
        """Send what differs from what was told before."""
        raise NotImplementedError

    async def hear(self, message: dict[str, Any]) -> None:
        """Answer a message other than a ping."""

    async def hear_ping(self) -> None:
        """Note that the page is there."""

    def next_at(self, at: datetime) -> datetime | None:
        """Say when something becomes news by the mere passing of time."""
        return None

    async def connect(self) -> None:
        # Accepted first: a browser is told the code of a close, never the status of a refused handshake.
        await self.accept()
        self.dirty = asyncio.Event()
        self.joined: list[str] = []
        self.allowance, self.heard_at = BURST, now()
        seen = await self._look()
        if isinstance(seen, int):
            await self.close(code=seen)
            return
        for group in self.groups_of(seen):
            await self.channel_layer.group_add(group, self.channel_name)
            self.joined.append(group)
        await self.hear_ping()
        # A second look, now that the groups are joined: what changed in between is not missed.
        self.dirty.set()
        await self.tell(seen)
        self.watch = asyncio.create_task(self._keep_watch())

    async def disconnect(self, code: int) -> None:
        watch, self.watch = self.watch, None
        if watch is not None and watch is not asyncio.current_task():
            watch.cancel()
        joined, self.joined = getattr(self, "joined", []), []
        for group in joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.watch is None:
            return
        if not self._spend():
            await self.close(code=CLOSED_TOO_MANY)
            return
        message = _read(text_data)
        if message is None:
            await self.close(code=CLOSED_MALFORMED)
        elif message["type"] == "ping":
            await self.say({"type": "pong"})
            await self.hear_ping()
        else:
            await self.hear(message)

    async def say(self, message: dict[str, Any]) -> None:
        # A socket that died under us is found by `disconnect`; what could not be told has no reader any more.
        with contextlib.suppress(RuntimeError):
            await self.send(text_data=json.dumps(message))

    async def in_thread(self, work: Any, *args: Any) -> Any:
        return await DatabaseSyncToAsync(work, thread_sensitive=False)(*args)

    async def _look(self) -> Any:
        return await self.in_thread(self._look_now)

    def _look_now(self) -> Any:
        key = self.scope["session"].session_key
        store = import_module(settings.SESSION_ENGINE).SessionStore
        person = store(session_key=key).get("person", "") if key else ""
        if not isinstance(person, str) or not person:
            return CLOSED_SIGNED_OUT
        self.person = person
        try:
            return self.look()
        except NotFound:
            return CLOSED_NOT_FOUND

    async def _keep_watch(self) -> None:
        while True:
            await self._wait()
            try:
                seen = await self._look()
            except DatabaseError:
                logger.warning("a socket could not look; it looks again")
                await asyncio.sleep(1)
                continue
            if isinstance(seen, int):
                await self.close(code=seen)
                return
            await self.tell(seen)

    async def _wait(self) -> None:
        """Wait for news, for the next thing that time brings, or for the usual interval."""
        at = now()
        until = self.next_at(at)
        seconds = LOOK_SECONDS
        if until is not None:
            seconds = min(seconds, max(0.0, (until - at) / timedelta(seconds=1)) + 0.02)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.dirty.wait(), seconds)
        self.dirty.clear()

    def _spend(self) -> bool:
        at = now()
        filled = self.allowance + max(0.0, (at - self.heard_at).total_seconds()) * MOST_PER_SECOND
        self.heard_at, self.allowance = at, min(BURST, filled) - 1
        return self.allowance >= 0


def _read(text: str | None) -> dict[str, Any] | None:
    if text is None or len(text) > MOST_BYTES:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_message = isinstance(message, dict) and isinstance(message.get("type"), str)
    return message if is_message else None
