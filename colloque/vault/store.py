"""The vault's database: migrations in order, connections, and the vault's own keys."""

import asyncio
import secrets
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
from colloque.vault.kek import Kek, open_key_file
from colloque.vault.settings import VaultSettings

ROOMS = ("colloque.ledger", "colloque.vault")
_MIGRATION_LOCK = 0x636F6C6C  # any constant: two vaults that start together migrate one after the other


@dataclass(frozen=True)
class Keys:
    """The vault's own keys, in the clear only in the process's memory."""

    signer: Signer
    blind_index: bytes
    verifier: bytes


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
        conninfo, min_size=1, max_size=size, open=False, configure=_configure, timeout=5, name="vault"
    )


async def _configure(connection: AsyncConnection[Any]) -> None:
    connection.adapters.register_loader("uuid", TextLoader)  # ids are text everywhere in this program
    await connection.execute("SET synchronous_commit = on")
    await connection.commit()


async def open_keys(connection: AsyncConnection[Any], kek: Kek, origin: str) -> Keys:
    """Unwrap the vault's keys, making them and the empty log at the first start."""
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        await cursor.execute("SELECT name, wrapped FROM vault_key")
        known = dict(await cursor.fetchall())
        clear = {}
        for name in ("ledger-signing", "blind-index", "verifier"):
            context = label("colloque/v1/kek", "vault-key", name)
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
    return Keys(signer, clear["blind-index"], clear["verifier"])


def read_vkey(settings: VaultSettings) -> str:
    """Return the ledger's verifier key, making the vault's keys if there are none yet."""
    kek = open_key_file(settings.kek_file)

    async def read() -> str:
        async with await AsyncConnection.connect(settings.database_url) as connection:
            return (await open_keys(connection, kek, settings.origin)).signer.verifier().to_vkey()

    return asyncio.run(read())
