"""Rotating the data key, and moving the data keys to another keeper, beside running vaults.

Secrets are clear in memory alone. A crash in here leaves some rows under the old generation and some under the new:
both open, and the next run goes on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection, sql

from colloque.kernel import clock
from colloque.vault import keeper as keepers
from colloque.vault import store, turn
from colloque.vault.data_keys import DataKeys, head_of, new_data_key
from colloque.vault.factors import factor_context
from colloque.vault.settings import VaultSettings

AT_ONCE = 500
# A process that asked just before a generation was retired has forgotten it by then.
FORGET_AFTER = timedelta(hours=1)

type Connection = AsyncConnection[Any]


@dataclass(frozen=True)
class Place:
    """A column whose values are wrapped, the key of its rows, and the context of each."""

    table: str
    column: str
    key: tuple[str, ...]
    context: Callable[..., bytes]

    @property
    def names(self) -> dict[str, sql.Composable]:
        return {
            "table": sql.Identifier(self.table),
            "column": sql.Identifier(self.column),
            "key": sql.SQL(", ").join([sql.Identifier(name) for name in self.key]),
            "values": sql.SQL(", ").join([sql.Placeholder()] * len(self.key)),
        }


PLACES = (
    Place("vault_key", "wrapped", ("name",), store.vault_key_context),
    Place("record", "secret", ("id",), turn.secret_context),
    Place(
        "factor",
        "totp",
        ("subject", "method"),
        lambda subject, method: factor_context("totp", subject, method),
    ),
    Place(
        "factor",
        "share",
        ("subject", "method"),
        lambda subject, method: factor_context("share", subject, method),
    ),
)


async def rotate(settings: VaultSettings, say: Callable[[str], None]) -> None:
    """Make a generation, wait until every vault has read it, and wrap everything by it."""
    async with await store.connect(settings) as connection, opened(connection, settings) as keys:
        await _forget(connection)
        generation = await _begin(connection, keys, settings, say)
        await asyncio.to_thread(keys.read, await store.read_data_keys(connection))
        total = sum([await _count(connection, place, generation) for place in PLACES])
        done = 0
        for place in PLACES:
            while moved := await _move_some(connection, keys, place, generation):
                done += moved
                say(f"{done} of {max(total, done)} secrets wrapped by generation {generation}")
        async with connection.transaction():
            await connection.execute(
                "UPDATE data_key SET retired_at = %s WHERE generation < %s AND retired_at IS NULL",
                (clock.now(), generation),
            )
    say(
        f"Done. Generation {generation} wraps everything. The next rotation, an hour from now or later, forgets older ones."
    )


@asynccontextmanager
async def opened(connection: Connection, settings: VaultSettings) -> AsyncIterator[DataKeys]:
    keys = await store.open_data_keys(connection, settings)
    try:
        yield keys
    finally:
        keys.close()


async def move(settings: VaultSettings, to: str) -> tuple[int, str]:
    """Have every data key wrapped by the keeper `to`; return how many were moved, and its name."""
    async with (
        await store.connect(settings) as connection,
        opened(connection, settings) as keys,
        connection.transaction(),
    ):
        target = keys.keeper_for(keepers.open_keeper(settings, to))
        await store.lock(connection)
        moved = [row for row in await store.read_data_keys(connection) if row.keeper != target.name]
        for row in moved:
            clear = await asyncio.to_thread(keys.keeper_of(row).unwrap, row.wrapped, row.generation)
            wrapped = await asyncio.to_thread(target.wrap, clear, row.generation)
            await connection.execute(
                "UPDATE data_key SET keeper = %s, wrapped = %s WHERE generation = %s",
                (target.name, wrapped, row.generation),
            )
    return len(moved), target.name


async def _begin(
    connection: Connection, keys: DataKeys, settings: VaultSettings, say: Callable[[str], None]
) -> int:
    """The generation to wrap by: a new one, or the one that an interrupted run left."""
    async with connection.transaction():
        await store.lock(connection)
        rows = await store.read_data_keys(connection)
        cursor = await connection.execute("SELECT count(*) FROM data_key WHERE retired_at IS NULL")
        (open_generations,) = await cursor.fetchone() or (0,)
        newest = rows[-1]
        if open_generations == 1:
            used_from = clock.now() + timedelta(seconds=3 * settings.kek_refresh)
            newest = await asyncio.to_thread(new_data_key, keys.keeper, newest.generation + 1, used_from)
            await store.add_data_key(connection, newest)
    wait = (newest.used_from - clock.now()).total_seconds()
    if wait > 0:
        say(f"Generation {newest.generation} is made. Waiting {wait:.0f} s, until every vault has read it.")
        await asyncio.sleep(wait)
    return newest.generation


async def _forget(connection: Connection) -> None:
    """Delete generations that were retired long enough ago, and by which nothing is wrapped."""
    async with connection.transaction():
        cursor = await connection.execute(
            "SELECT generation FROM data_key WHERE retired_at < %s", (clock.now() - FORGET_AFTER,)
        )
        for (generation,) in await cursor.fetchall():
            used = [await _is_used(connection, place, generation) for place in PLACES]
            if not any(used):
                await connection.execute("DELETE FROM data_key WHERE generation = %s", (generation,))


async def _is_used(connection: Connection, place: Place, generation: int) -> bool:
    query = sql.SQL("SELECT EXISTS (SELECT FROM {table} WHERE substring({column} FROM 1 FOR 5) = %s)")
    cursor = await connection.execute(query.format(**place.names), (head_of(generation),))
    return bool((await cursor.fetchone() or (True,))[0])


async def _count(connection: Connection, place: Place, generation: int) -> int:
    query = sql.SQL(
        "SELECT count(*) FROM {table} WHERE substring({column} FROM 1 FOR 5) <> %s AND {column} <> ''"
    )
    cursor = await connection.execute(query.format(**place.names), (head_of(generation),))
    return int((await cursor.fetchone() or (0,))[0])


async def _move_some(connection: Connection, keys: DataKeys, place: Place, generation: int) -> int:
    """Wrap some rows anew in one transaction; return how many. Rows that someone writes meanwhile are waited for."""
    select = sql.SQL(
        "SELECT {key}, {column} FROM {table} WHERE substring({column} FROM 1 FOR 5) <> %s AND {column} <> '' "
        "ORDER BY {key} LIMIT %s FOR UPDATE"
    )
    update = sql.SQL("UPDATE {table} SET {column} = %s WHERE ({key}) = ({values})")
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute(select.format(**place.names), (head_of(generation), AT_ONCE))
        rows = await cursor.fetchall()
        changed = []
        for *key, wrapped in rows:
            context = place.context(*key)
            changed.append((keys.wrap(keys.unwrap(bytes(wrapped), context), context), *key))
        await cursor.executemany(update.format(**place.names), changed)
    return len(rows)
