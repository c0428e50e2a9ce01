"""The vault's side of its witnesses: it shows them each checkpoint, and lets nothing out that ran too far ahead of them.

Asked every few seconds, sooner when lines were written, and at once when a release waits for it: so a vault that was idle
for hours opens its first record without a refusal. What is in memory is never fresher than the truth; a crash forgets it,
and the start asks anew. Vault processes over one database take each other's word as cosignatures alone: who finds that
others ask too keeps each note where they read it, and asks only when none of theirs is new enough.
"""

import asyncio
import contextlib
import logging
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import psycopg
from psycopg_pool import PoolTimeout

from colloque.kernel import clock
from colloque.kernel.encoding import b64u_decode
from colloque.kernel.tls import trust
from colloque.ledger import checkpoint, merkle
from colloque.ledger.append import LogMissing, prove_spans, read_head
from colloque.ledger.checkpoint import MalformedCheckpoint, Signer
from colloque.ledger.cosignature import WitnessKey
from colloque.ledger.witnessing import Seen, cosigners, merge, request_of, room
from colloque.vault.batch import Pool
from colloque.vault.settings import WitnessAt, Witnessing

logger = logging.getLogger(__name__)

ASK_SECONDS = 5
MOST_ANSWER = 4096
# Asked again by one vault while others over the same database are quicker: each time it saw more, and none of it is amiss.
TRIES = 20
PUBLISH_AFTER = timedelta(seconds=1)
# For so long after it was last noticed that other vaults ask the same witnesses, every note is kept for them.
SHARES_FOR = timedelta(minutes=1)

_NOT_ASKED = "not-asked"
WITNESSED = b"SELECT note FROM ledger_witnessed"


@dataclass(frozen=True)
class Head:
    size: int
    note: str


class Refused(Exception):
    """A witness answered and did not cosign; the word says why, and is told by `/vault/health`."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Overtaken(Exception):
    """Other vaults over this database were quicker, time and again. What the witness said before holds."""


class Witnesses:
    def __init__(self, pool: Pool, settings: Witnessing, *, clock_window: timedelta) -> None:
        self._pool, self._settings, self._window = pool, settings, clock_window
        self._seen: dict[WitnessKey, Seen] = {}
        self._trouble = {one.key: _NOT_ASKED for one in settings.witnesses}
        # How far each witness was when it was last heard of: where the next proof begins.
        self._reached: dict[WitnessKey, int] = {}
        self._lines: dict[Head, dict[WitnessKey, str]] = {}
        self._published = 0
        self._published_at = self._others_at = datetime.min.replace(tzinfo=UTC)
        self._asking: dict[WitnessKey, asyncio.Task[None]] = {}
        self._round: asyncio.Task[bool] | None = None
        self._loop: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._half = self._asks_below = settings.bounds.lines // 2

    async def start(self, signer: Signer) -> None:
        self._verifier = signer.verifier()
        self._http = httpx.AsyncClient(timeout=ASK_SECONDS, trust_env=False, verify=trust())
        if self._settings.bounds.quorum and not self._settings.witnesses:
            logger.error("No witness is configured: nothing is released. Set COLLOQUE_WITNESSES.")
        if self._settings.witnesses:
            kept, head = await self._read_kept_and_head()
            if kept and self._adopt(kept, head):
                self._published = kept.size
            self._loop = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        for task in (self._loop, self._round, *self._asking.values()):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        await self._http.aclose()

    def room(self, size: int) -> int:
        """Lines that a log of this size may still grow by."""
        return room(list(self._seen.values()), self._settings.bounds, size=size, now=clock.now())

    def grew(self, size: int) -> None:
        """Hear that the log has this many lines: ask soon, before anyone must wait for it."""
        # At the half: asked at each few lines, they would cost as much as what they bound.
        if not self._wanted.is_set() and self._settings.witnesses and self.room(size) < self._asks_below:
            self._wanted.set()

    async def catch_up(self) -> bool:
        """Ask now, and wait until enough have answered or none is left to; say whether they have seen more than before.

        Whoever waits at once shares one round. One that was under way may have begun before the lines that the caller
        waits for: the next one is waited for as well.
        """
        for _ in range(2):
            is_mine = self._round is None or self._round.done()
            if self._round is None or is_mine:
                self._round = asyncio.create_task(self._ask_all())
            has_moved = await asyncio.shield(self._round)
            if has_moved or is_mine:
                return has_moved
        return False

    def standing(self, size: int) -> dict[str, Any]:
        """What health tells: whether releases go on, how far behind the witnesses are, and what each last said."""
        newest = max((one.at for one in self._seen.values()), default=None)
        reached = max((one.size for one in self._seen.values()), default=0)
        told: dict[str, Any] = {
            "ok": self.room(size) > 0,
            "quorum": self._settings.bounds.quorum,
            "lines_behind": max(0, size - reached),
            "witnesses": [{"name": key.name, "says": word or "ok"} for key, word in self._trouble.items()],
        }
        if newest is not None:
            told["seconds_behind"] = max(0, int((clock.now() - newest).total_seconds()))
        return told

    async def _go_on(self) -> None:
        while True:
            try:
                await self.catch_up()
            except (psycopg.Error, PoolTimeout, LogMissing, OSError) as error:
                logger.warning("The newest checkpoint could not be read: %s", type(error).__name__)
            # What was wanted while they were asked is wanted no more, or is again with the next lines.
            self._wanted.clear()
            # Vaults that ask at the same line all ask, and all but one in vain.
            has_others = self._has_others(clock.now())
            self._asks_below = random.randint(self._half // 2, self._half) if has_others else self._half
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), self._settings.every)

    async def _ask_all(self) -> bool:
        before = dict(self._seen)
        kept, head = await self._read_kept_and_head()
        if kept and self._adopt(kept, head) and self.room(head.size) >= self._half:
            return True
        # Who has not answered yet is not asked twice; and nobody waits for the slowest when enough have answered.
        for one in self._settings.witnesses:
            if one.key not in self._asking:
                task = asyncio.create_task(self._ask(one, head))
                self._asking[one.key] = task
                task.add_done_callback(partial(self._has_answered, one.key))
        pending = set(self._asking.values())
        while pending and (self._seen == before or not self.room(head.size)):
            _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        return self._seen != before and self.room(head.size) > 0

    def _has_answered(self, key: WitnessKey, task: "asyncio.Task[None]") -> None:
        self._asking.pop(key, None)

    async def _ask(self, one: WitnessAt, head: Head) -> None:
        before = self._trouble[one.key]
        try:
            await self._ask_until_told(one, head)
            self._trouble[one.key] = ""
        except Refused as error:
            # It saw another history, or none of its words holds: what it said before is worth nothing from here on.
            self._seen.pop(one.key, None)
            self._trouble[one.key] = error.word
        except Overtaken:
            self._trouble[one.key] = "busy"
        except (httpx.HTTPError, psycopg.Error, PoolTimeout, LogMissing, OSError):
            self._trouble[one.key] = "away"
        if (after := self._trouble[one.key]) != before:
            self._log_change(one.key.name, after)

    async def _ask_until_told(self, one: WitnessAt, head: Head) -> None:
        old = min(self._reached.get(one.key, self._published), head.size)
        for _ in range(TRIES):
            asked_at = clock.now()
            answer = await self._post(one, old, head)
            if answer.status_code != httpx.codes.CONFLICT:
                await self._take(one.key, head, answer, asked_at)
                return
            self._others_at = asked_at
            before, old = old, _number(answer.text)
            if old == before:
                raise Refused("two-histories")  # not about where it was: of one length, it saw another root
            if old > head.size:
                # Another vault may have shown it more a moment ago. The database has it then, for lines come first.
                head = await self._read_head()
            if old > head.size:
                raise Refused("lines-gone")
        raise Overtaken

    async def _post(self, one: WitnessAt, old: int, head: Head) -> httpx.Response:
        proof: list[bytes] = []
        if 0 < old < head.size:
            async with self._pool.connection() as connection, connection.cursor() as cursor:
                (told,) = await prove_spans(cursor, [merkle.consistency_spans(old, head.size)])
            proof = [b64u_decode(hash_) for hash_ in told]
        asked = partial(
            self._http.post, f"{one.url}/add-checkpoint", content=request_of(old, proof, head.note)
        )
        try:
            return await asked()
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # A connection that was kept may end as it is used again: that is no witness that is away. If this one was heard,
            # the next is answered with a conflict, and that is dealt with.
            return await asked()

    async def _take(self, key: WitnessKey, head: Head, answer: httpx.Response, asked_at: datetime) -> None:
        if answer.status_code in (httpx.codes.UNPROCESSABLE_ENTITY, httpx.codes.FORBIDDEN):
            raise Refused("two-histories" if answer.status_code != httpx.codes.FORBIDDEN else "other-key")
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise Refused("unknown-ledger")
        if not answer.is_success:
            raise httpx.HTTPStatusError("no answer", request=answer.request, response=answer)
        if len(answer.text) > MOST_ANSWER or key not in (told := cosigners(head.note + answer.text, [key])):
            raise Refused("not-its-signature")
        if abs(datetime.fromtimestamp(told[key], UTC) - asked_at) > self._window:
            raise Refused("clock")
        # By our own clock, from before it was asked: how old its word is does not depend on how well its clock goes.
        self._seen[key] = Seen(head.size, asked_at)
        self._reached[key] = head.size
        await self._publish(key, head, answer.text)

    def _has_others(self, now: datetime) -> bool:
        return abs(now - self._others_at) <= SHARES_FOR

    async def _publish(self, key: WitnessKey, head: Head, line: str) -> None:
        """Keep the note for whoever asks, once enough have cosigned this very one."""
        kept = {one: lines for one, lines in self._lines.items() if one.size >= head.size}
        self._lines = {**kept, head: {**self._lines.get(head, {}), key: line}}
        lines = self._lines[head]
        if len(lines) < self._settings.bounds.quorum or head.size < self._published:
            return
        # Under load there are dozens in a second; where no other vault reads them, none needs be so fresh.
        now = clock.now()
        if abs(now - self._published_at) < PUBLISH_AFTER and not self._has_others(now):
            return
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO ledger_witnessed (size, note) VALUES (%s, %s) ON CONFLICT (one) DO UPDATE "
                "SET size = excluded.size, note = excluded.note WHERE ledger_witnessed.size <= excluded.size",
                (head.size, merge(head.note, lines)),
            )
        self._published, self._published_at = head.size, now

    async def _read_head(self) -> Head:
        async with self._pool.connection() as connection, connection.cursor() as cursor:
            log = await read_head(cursor)
        return Head(log.tree.size, log.note)

    async def _read_kept_and_head(self) -> tuple[Head | None, Head]:
        """The note that a vault kept, and then the head: what was signed when it was read is in the log by now."""
        async with self._pool.connection() as connection, connection.cursor() as cursor:
            await cursor.execute(WITNESSED)
            row, log = await cursor.fetchone(), await read_head(cursor)
        kept = None
        with contextlib.suppress(MalformedCheckpoint):
            kept = Head(checkpoint.read(row[0], self._verifier).size, row[0]) if row else None
        return kept, Head(log.tree.size, log.note)

    def _adopt(self, kept: Head, head: Head) -> bool:
        """Believe what witnesses signed for another vault, or before this one started: by their own times, for ours is not
        signed. Not of one that refuses us, and nothing that the log does not reach. Tell whether it was news."""
        is_news = False
        for key, at in cosigners(kept.note, [one.key for one in self._settings.witnesses]).items():
            known = self._seen.get(key)
            if kept.size <= head.size and (
                known.size < kept.size if known else self._trouble[key] == _NOT_ASKED
            ):
                self._seen[key], is_news = Seen(kept.size, datetime.fromtimestamp(at, UTC)), True
                self._reached[key] = kept.size
                self._others_at = clock.now()
        return is_news

    def _log_change(self, name: str, word: str) -> None:
        if not word:
            logger.info("The witness %s cosigns.", name)
        elif word in ("lines-gone", "two-histories"):
            logger.error("The witness %s has seen another history of this ledger (%s): an old database was restored, or "
                         "someone changed lines. Keep both, and treat this as an intrusion.", name, word)  # fmt: skip
        else:
            logger.warning("The witness %s does not cosign: %s.", name, word)


async def read_witnessed(pool: Pool) -> str | None:
    """The newest note that enough witnesses cosigned, with their signatures; none before the first."""
    async with pool.connection() as connection:
        row = await (await connection.execute(WITNESSED)).fetchone()
    return row[0] if row else None


def _number(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 17):
        raise Refused("conflict")
    return int(text)
