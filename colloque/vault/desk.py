"""Where statements queue for the log: while one batch commits, the next one collects.

What only denies has a lane of its own, and its batches go before all that wait, in every process. So a freeze waits for
the batch that holds the log and for the one that is next, however many openings there are behind them.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import psycopg
from psycopg_pool import PoolTimeout

from colloque.kernel.errors import ColloqueError
from colloque.ledger.append import LogMissing
from colloque.vault.batch import Batches, Outcome
from colloque.vault.errors import Unavailable
from colloque.vault.statements import Said

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.004
# Openings in one transaction, at most: as long as it holds the log, whatever denies waits.
MOST_OPENINGS = 400
# Openings whose turns are sealed in one go: some twenty milliseconds.
AT_A_TIME = 32


@dataclass
class Job:
    said: Said
    done: asyncio.Future[Outcome]


class Desk:
    """Takes statements. Kinds of `first` queue apart from the rest and go before it."""

    def __init__(
        self,
        batches: Batches,
        *,
        size: int,
        first: AbstractSet[str] = frozenset(),
        heartbeat: int | None = None,
    ) -> None:
        self._first = first
        self._rest = Lane(batches, size=size, is_first=False, heartbeat=heartbeat)
        self._ahead = Lane(batches, size=size, is_first=True)

    def start(self) -> None:
        self._rest.start()
        self._ahead.start()

    async def stop(self) -> None:
        await self._rest.stop()
        await self._ahead.stop()

    async def submit(self, said: Said) -> Outcome:
        """Wait until the statement's lines are durable; raise what it was refused with before any line."""
        lane = self._ahead if said.kind in self._first else self._rest
        outcome = await lane.wait(said)
        if outcome.log is not None:
            # By whoever asked and after the commit: nobody waits for the log while proofs are made.
            outcome.receipt = outcome.log.receipt(said.request, outcome.lines)
        return outcome


class Lane:
    """One queue and its worker: gathers a batch, has it written, and hands the outcomes out."""

    def __init__(self, batches: Batches, *, size: int, is_first: bool, heartbeat: int | None = None) -> None:
        self._batches, self._size, self._is_first, self._heartbeat = batches, size, is_first, heartbeat
        self._queue: asyncio.Queue[Job] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._worker = asyncio.create_task(self._work())

    async def stop(self) -> None:
        if self._worker:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker

    async def wait(self, said: Said) -> Outcome:
        job = Job(said, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(job)
        return await job.done

    async def _work(self) -> None:
        kept: list[Job] = []
        while True:
            batch, kept = self._gather(kept or [await self._next()])
            outcomes = await self._write(batch)
            # Meanwhile others come: where several ask at once, a moment's wait spares each of them a share of a transaction.
            waits = len(batch) > 1 and not self._is_first
            await asyncio.gather(_hand_out(batch, outcomes), asyncio.sleep(GATHER_SECONDS if waits else 0))

    def _gather(self, waiting: list[Job]) -> tuple[list[Job], list[Job]]:
        """Take what the next batch may hold, those that were kept back before first; and keep back what it may not."""
        seen: set[str] = set()
        batch: list[Job] = []
        kept: list[Job] = []
        openings = 0
        while len(batch) < self._size and (waiting or not self._queue.empty()):
            job = waiting.pop(0) if waiting else self._queue.get_nowait()
            openings += _openings_of(job.said)
            if batch and openings > MOST_OPENINGS:
                kept.append(job)
                break
            # Two requests of one id in a batch: the second waits, and then finds the first one's answer.
            (kept if job.said.id in seen else batch).append(job)
            seen.add(job.said.id)
        return batch, kept + waiting

    async def _next(self) -> Job:
        """Wait for a statement, and beat meanwhile: that nothing happened is written down too."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._heartbeat):
                    return await self._queue.get()
            if self._heartbeat:
                await self._batches.beat(self._heartbeat)

    async def _write(self, batch: list[Job]) -> list[Outcome]:
        try:
            return await self._batches.commit([job.said for job in batch], first=self._is_first)
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, (psycopg.OperationalError, PoolTimeout, LogMissing)):
                # One request's fault must not refuse its neighbours.
                return [outcome for job in batch for outcome in await self._write([job])]
            logger.exception("a batch of %d was not written", len(batch))
            return [Outcome(error=_refusal(error)) for _ in batch]


async def _hand_out(batch: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
    """Let a few go on at a time: each seals an answer, and in between the process looks at what else came. Sealed all in
    one go, they would keep a freeze waiting."""
    sealing = 0
    for job, outcome in zip(batch, outcomes, strict=True):
        if job.done.done():
            continue
        job.done.set_result(outcome)
        sealing += _openings_of(job.said)
        if sealing >= AT_A_TIME:
            sealing = 0
            await asyncio.sleep(0)


def _openings_of(said: Said) -> int:
    return len(said.body["openings"]) if said.kind == "release" else 0  # its form was checked


def _refusal(error: Exception) -> ColloqueError:
    return error if isinstance(error, ColloqueError) else Unavailable()
