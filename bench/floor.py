"""What a release can't cost less than here: the parts that no code of ours can spare, each alone, in processor time.

An HTTP request read and answered by uvicorn; one P-256 signature checked and one HPKE seal made by pyca/cryptography; for
each record the unwrapping of its secret, the two HMACs of its turn, and its line in PostgreSQL, by COPY and with fsync, in
commits as large as the vault's. Nothing is read, decided, hashed into a tree or proved. What `release.py` sets beside it.
"""

import time
from collections.abc import Callable, Mapping
from itertools import batched
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from log import bodies

from colloque.kernel import dsse
from colloque.ledger import line
from colloque.vault import principal, turn
from colloque.vault.desk import MOST_OPENINGS
from colloque.vault.kek import FileKek

TIMES = 2000
COMMITS = 100


async def answer(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
    """An application that does nothing: reads what was sent, and answers as much as a release does."""
    if scope["type"] == "lifespan":
        while True:
            told = (await receive())["type"]
            await send({"type": f"{told}.complete"})
            if told == "lifespan.shutdown":
                return
    size = int(scope["path"].rpartition("/")[2] or 0)
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % size)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": bytes(size)})


def cryptography_ms(openings: int) -> float:
    """One signature, one seal; for each record its secret unwrapped and its turn derived."""
    signer, reader, kek = principal.make("web"), X25519PrivateKey.generate(), FileKek(bytes(32))
    said = dsse.parse(signer.say("release"))
    (signature,), key = said.signatures, signer.public_key()
    message = dsse.pae(said.payload_type, said.payload)
    reply_key, context = reader.public_key().public_bytes_raw(), turn.secret_context("r" * 36)
    wrapped = kek.wrap(bytes(32), context)
    begin = time.process_time()
    for _ in range(TIMES):
        if not dsse.verify_p256(key, signature.sig, message):
            raise SystemExit("a signature of our own does not hold")
        told = [turn.derive(kek.unwrap(wrapped, context), "care", 0).hex() for _ in range(openings)]
        turn.seal_reply({"turns": told}, reply_key, "r" * 36)
    return (time.process_time() - begin) / TIMES * 1000


def lines_ms(conninfo: str, openings: int, requests: int, database_seconds: Callable[[], float]) -> float:
    """The lines of one request, of so many that share a commit: by COPY into a table that only holds them."""
    each = min(openings * requests, MOST_OPENINGS)
    rows = [(n, line.leaf_hash(body), body.decode()) for n, body in enumerate(bodies(COMMITS * each))]
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS floor")
        connection.execute(
            "CREATE TABLE floor (seq bigint PRIMARY KEY, leaf bytea NOT NULL, body text NOT NULL)"
        )
        begin = time.process_time() + database_seconds()
        for some in batched(rows, each, strict=True):
            with connection.cursor().copy("COPY floor FROM STDIN") as copy:
                for row in some:
                    copy.write_row(row)
        used = time.process_time() + database_seconds() - begin
    return used / len(rows) * openings * 1000
