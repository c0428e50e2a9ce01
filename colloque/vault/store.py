"""The vault's database: migrations in order, connections, and the vault's own keys."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import AsyncConnection
from psycopg.types.string import TextLoader
from psycopg_pool import AsyncConnectionPool

from colloque.kernel import clock
from colloque.kernel.encoding import label
from colloque.ledger.append import begin_log
from colloque.ledger.checkpoint import Signer
from colloque.vault import keeper as keepers
from colloque.vault.data_keys import DataKey, DataKeys, new_data_key
from colloque.vault.kek import Kek, open_key_file
from colloque.vault.pseudonyms import Pseudonyms
from colloque.vault.settings import UnsafeSetting, VaultSettings

ROOMS = ("colloque.ledger", "colloque.vault")
_MIGRATION_LOCK = 0x636F6C6C  # any constant: two vaults that start together migrate one after the other


@dataclass(frozen=True)
class Keys:
    """The vault's own keys, in the clear only in the process's memory."""

    signer: Signer
    blind_index: bytes
    verifier: bytes
    pseudonyms: bytes


def migrations() -> list[tuple[str, str]]:
    """List (name, SQL) in the order to apply: the ledger's first, each room's by number."""
    found = []
    for room in ROOMS:
        scripts = [f for f in files(room).joinpath("sql").iterdir() if f.name.endswith(".sql")]
        found += [(f"{room}/{f.name}", f.read_text("utf-8")) for f in sorted(scripts, key=lambda f: f.name)]
    return found


def migrate(conninfo: str) -> list[str]:
    """Apply what is missing, in one transaction; return the names applied."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, at timestamptz NOT NULL)"
        )
        done = {name for (name,) in connection.execute("SELECT name FROM migration")}
        missing = [(name, sql) for name, sql in migrations() if name not in done]
        for name, sql in missing:
            connection.execute(sql.encode())
            connection.execute("INSERT INTO migration VALUES (%s, %s)", (name, clock.now()))
    return [name for name, _ in missing]


def make_pool(conninfo: str, *, size: int = 4) -> AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]:
    return AsyncConnectionPool(
        conninfo, min_size=1, max_size=size, open=False, configure=_configure, timeout=5, name="vault",
        kwargs={"autocommit": True},  # each transaction says where it begins; a question alone is none
    )  # fmt: skip


async def _configure(connection: AsyncConnection[Any]) -> None:
    connection.adapters.register_loader("uuid", TextLoader)  # ids are text everywhere in this program
    # Times come in UTC itself: in a zone of the same name each comparison would ask its table.
    await connection.execute("SET synchronous_commit = on; SET TIME ZONE 'UTC'")


async def open_data_keys(connection: AsyncConnection[Any], settings: VaultSettings) -> DataKeys:
    """Open the data keys by their keeper, making the first at the first start. Raises KeeperAway or KeeperRefuses."""
    keeper = keepers.open_keeper(settings)
    legacy = open_key_file(settings.kek_file) if settings.kek_file else None
    keys = DataKeys(
        keeper, lease=settings.kek_lease, legacy=legacy, other_keeper=lambda name: open_other(settings, name)
    )
    try:
        async with connection.transaction():
            await lock(connection)
            rows = await read_data_keys(connection)
            if not rows:
                # Its time has come at once: no other process runs yet.
                rows = [await asyncio.to_thread(new_data_key, keeper, 1, clock.now())]
                await add_data_key(connection, rows[0])
        await asyncio.to_thread(keys.read, rows)
    except BaseException:
        keys.close()
        raise
    return keys


async def connect(settings: VaultSettings) -> AsyncConnection[Any]:
    """One connection for a command that works beside running vaults."""
    connection = await AsyncConnection.connect(settings.database_url, autocommit=True)
    await _configure(connection)
    return connection


async def lock(connection: AsyncConnection[Any]) -> None:
    """Hold off, until this transaction ends, whoever else makes tables or keys."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))


async def read_data_keys(connection: AsyncConnection[Any]) -> list[DataKey]:
    cursor = await connection.execute(
        "SELECT generation, keeper, wrapped, used_from FROM data_key ORDER BY generation"
    )
    return [
        DataKey(generation, name, bytes(wrapped), at)
        for generation, name, wrapped, at in await cursor.fetchall()
    ]


async def add_data_key(connection: AsyncConnection[Any], key: DataKey) -> None:
    await connection.execute(
        "INSERT INTO data_key (generation, keeper, wrapped, used_from) VALUES (%s, %s, %s, %s)",
        (key.generation, key.keeper, key.wrapped, key.used_from),
    )


def open_other(settings: VaultSettings, name: str) -> keepers.Keeper:
    """The keeper of a row that another keeper than the chosen one wrapped: during a move, both are set up.

    Raises UnsafeSetting where they are not. A vault that runs goes on by what it has then: nobody refused it.
    """
    other = keepers.open_keeper(settings, "file" if name == "file" else "openbao")
    if other.name != name:
        other.close()
        raise UnsafeSetting(f"A key of the vault is kept by {name}, and the settings name {other.name}.")
    return other


def vault_key_context(name: str) -> bytes:
    return label("colloque/v1/kek", "vault-key", name)


async def open_keys(connection: AsyncConnection[Any], kek: Kek, origin: str) -> Keys:
    """Unwrap the vault's keys, making them and the empty log at the first start."""
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        await cursor.execute("SELECT name, wrapped FROM vault_key")
        known = dict(await cursor.fetchall())
        clear = {}
        for name in ("ledger-signing", "blind-index", "verifier", "pseudonyms"):
            context = vault_key_context(name)
            if name in known:
                clear[name] = kek.unwrap(known[name], context)
                continue
            clear[name] = secrets.token_bytes(32)
            await cursor.execute(
                "INSERT INTO vault_key VALUES (%s, %s, %s)",
                (name, kek.wrap(clear[name], context), clock.now()),
            )
        signer = Signer(origin, Ed25519PrivateKey.from_private_bytes(clear["ledger-signing"]))
        await begin_log(cursor, signer, clock.now())
    return Keys(signer, clear["blind-index"], clear["verifier"], clear["pseudonyms"])


def read_keys(settings: VaultSettings) -> Keys:
    """Return the vault's own keys, making them if there are none yet."""

    async def read() -> Keys:
        async with await connect(settings) as connection:
            kek = await open_data_keys(connection, settings)
            try:
                return await open_keys(connection, kek, settings.origin)
            finally:
                kek.close()

    return asyncio.run(read())


def read_export_keys(settings: VaultSettings) -> tuple[str, Callable[[str, str], bytes]]:
    """The ledger's verifier key, and what gives the salt that opens a name: what an export of the whole log needs."""
    keys = read_keys(settings)
    return keys.signer.verifier().to_vkey(), Pseudonyms(keys.pseudonyms).salt


def read_vkey(settings: VaultSettings) -> str:
    """Return the ledger's verifier key, making the vault's keys if there are none yet."""
    return read_keys(settings).signer.verifier().to_vkey()
