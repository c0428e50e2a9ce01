"""Group commit: many statements in one transaction.

Every batch holds the log's head row from its start to its commit, so that batches of several vault processes
follow one another, and what one decides the next one sees: budgets, takes and ids are exact.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from colloque.kernel import clock
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.errors import ColloqueError
from colloque.ledger.append import (
    Cursor,
    Log,
    LogMissing,
    Saying,
    Written,
    lock_log,
    open_log,
    prove_inclusion,
    read_head,
    read_lines,
    write_heartbeat,
)
from colloque.vault.errors import Replayed, Unavailable
from colloque.vault.statements import Said, signatures_json

if TYPE_CHECKING:
    from colloque.vault.vault import Vault

logger = logging.getLogger(__name__)

KNOWN = b"SELECT id, digest, first_seq, lines FROM ledger_statement WHERE id = ANY(%s::uuid[])"

type Pool = AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]


def array_of(values: Iterable[str | int]) -> str:
    """Write ids or numbers as PostgreSQL's array literal: one text is sent in a tenth of the time that a list takes."""
    return "{" + ",".join(map(str, values)) + "}"


@dataclass
class Outcome:
    """What a request came to. `error` with lines is a refusal that was written down."""

    lines: list[Written] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)
    error: ColloqueError | None = None
    receipt: dict[str, Any] = field(default_factory=dict)
    # The log as it was left by the batch that wrote the lines: what their proofs are made from.
    log: Log | None = None
    openings: list[Any] = field(default_factory=list)


@dataclass
class Transaction:
    """One batch's transaction: its cursor, the log it appends to, and the time it happens at."""

    vault: "Vault"
    cursor: Cursor
    log: Log

    @property
    def now(self) -> datetime:
        return self.log.at

    def line(
        self,
        said: Said,
        kind: str,
        /,
        *,
        by_patient: bool = False,
        over_practices: bool = False,
        **fields: Any,
    ) -> Written:
        """Write a line of this statement; fields without a value are left out. Who a patient is, and which of her
        statements has lines of several practices, `pseudonym.mask` must know."""
        told = {"kind": kind, **said.fields}
        told |= {name: value for name, value in fields.items() if value or value == 0}
        return self.log.add(told, by_patient=by_patient, over_practices=over_practices)

    async def ask(self, sql: str, *args: Any, **named: Any) -> Cursor:
        """Send a query, and read what the returned cursor holds later: several are then one way there and back."""
        cursor: Cursor = self.cursor.connection.cursor()
        await cursor.execute(sql.encode(), named or args)
        return cursor

    async def one(self, sql: str, *args: Any) -> tuple[Any, ...] | None:
        await self.cursor.execute(sql.encode(), args)
        return await self.cursor.fetchone()

    async def all(self, sql: str, *args: Any) -> list[tuple[Any, ...]]:
        await self.cursor.execute(sql.encode(), args)
        return await self.cursor.fetchall()

    async def run(self, sql: str, *args: Any) -> None:
        # By a cursor of its own: its result comes whenever it comes, and must not be taken for a later query's.
        await self.ask(sql, *args)


type Again = Callable[[Transaction, Said, Sequence[Written]], Awaitable[Outcome]]
type Act = Callable[[Transaction, Sequence[Said]], Awaitable[list[Outcome]]]


class Batches:
    """Writes batches. `act` decides a run of statements and adds their lines; `again` answers a retry."""

    def __init__(self, vault: "Vault", pool: Pool, act: Act, again: Again) -> None:
        self._vault, self._pool, self._act, self._answer_again = vault, pool, act, again

    async def beat(self, every: int) -> None:
        """Write that nothing was written for so many seconds."""
        try:
            async with (
                self._pool.connection() as connection,
                connection.transaction(),
                connection.cursor() as cursor,
            ):
                await write_heartbeat(cursor, self._vault.keys.signer, clock.now(), every)
        except (psycopg.Error, PoolTimeout, LogMissing, OSError):
            logger.exception("a heartbeat was not written")

    async def commit(self, saids: Sequence[Said], *, first: bool) -> list[Outcome]:
        async with (
            self._pool.connection() as connection,  # rolls back what an error leaves open
            connection.pipeline(),  # what waits for no answer goes out together, beginning and commit with it
            connection.cursor() as cursor,
        ):
            await connection.execute(b"BEGIN")
            await lock_log(cursor, first=first)
            known = (
                connection.cursor()
            )  # read once the lock is held: what another process wrote by then is seen
            await known.execute(KNOWN, (array_of(said.id for said in saids),))
            log = await open_log(cursor, clock.now(), locked=True, namer=self._vault.pseudonyms)
            tx = Transaction(self._vault, cursor, log)
            outcomes = await self._decide(tx, saids, {row[0]: row for row in await known.fetchall()})
            await log.flush(cursor, self._vault.keys.signer)
            ending = await connection.execute(b"COMMIT")
        # PostgreSQL ends a transaction that failed with another word, and without an error.
        if ending.statusmessage != "COMMIT":
            raise Unavailable
        # Committed: whatever is answered from here on has its line.
        self._vault.pseudonyms.remember(log.names)
        self._vault.witnesses.grew(log.tree.size)
        return outcomes

    async def _decide(
        self, tx: Transaction, saids: Sequence[Said], known: Mapping[str, tuple[Any, ...]]
    ) -> list[Outcome]:
        fresh = [said for said in saids if said.id not in known]
        decided = dict(zip((s.id for s in fresh), await self._act(tx, fresh) if fresh else [], strict=True))
        for said in fresh:
            outcome = decided[said.id]
            if outcome.lines or outcome.error is None:
                tx.log.keep(_saying(said, outcome, tx.log))
                outcome.log = tx.log
        return [
            await self._again(tx, said, known[said.id]) if said.id in known else decided[said.id]
            for said in saids
        ]

    async def _again(self, tx: Transaction, said: Said, row: tuple[Any, ...]) -> Outcome:
        """Give a retry the answer of the first time, from the lines that were written then."""
        _, digest, first, count = row
        if digest != said.digest:
            return Outcome(error=Replayed())
        lines = await read_lines(tx.cursor, range(first, first + count))
        outcome = await self._answer_again(tx, said, lines)
        outcome.receipt = {**await prove_receipt(tx.cursor, said, lines), "checkpoint": tx.log.note}
        return outcome


async def prove_receipt(cursor: Cursor, said: Said, lines: Sequence[Written]) -> dict[str, Any]:
    size = (await read_head(cursor)).tree.size
    proofs = await prove_inclusion(cursor, [w.seq for w in lines], size)
    return {
        "request": said.request.hex(),
        "lines": [
            {"seq": w.seq, "leaf": b64u_encode(w.leaf), "proof": proof}
            for w, proof in zip(lines, proofs, strict=True)
        ],
    }


def _saying(said: Said, outcome: Outcome, log: Log) -> Saying:
    first = outcome.lines[0].seq if outcome.lines else log.size
    payload = None if said.is_secret else said.statement.payload
    signatures = json.dumps([]) if said.is_secret else signatures_json(said.statement)
    return Saying(
        said.id, said.digest, payload, said.statement.payload_type, signatures, first, len(outcome.lines)
    )
