"""Write the log to a folder that `colloque.ledger.verify` checks without us: whole, or the lines of one practice."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psycopg

from colloque.kernel.encoding import b64u_encode
from colloque.ledger import line
from colloque.ledger.append import prove_inclusion
from colloque.ledger.erasure import to_row
from colloque.ledger.pseudonym import NAMES_FILE, Name, is_of_care
from colloque.ledger.stored import query
from colloque.ledger.tiles import tiles_of

type Salt = Callable[[str, str], bytes]  # of a practice and a value

_SNAPSHOT = b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_AT_ONCE = 500  # lines proved by one query
_NO_LOG = "There is no log in this database. Has the vault been started once?"


def export(conninfo: str, folder: Path, vkey: str, salt: Salt) -> int:
    """Write checkpoint, vkey, lines.jsonl, statements.jsonl, pseudonyms.jsonl and the tiles, of one moment; return the
    number of lines."""
    folder.mkdir(parents=True, exist_ok=True)
    with psycopg.connect(conninfo) as connection:
        connection.execute(_SNAPSHOT)
        head = connection.execute("SELECT size, note FROM ledger_head").fetchone()
        if head is None:
            raise LookupError(_NO_LOG)
        (folder / "checkpoint").write_text(head[1], encoding="utf-8")
        (folder / "vkey").write_text(vkey + "\n", encoding="utf-8")
        with (
            (folder / "lines.jsonl").open("w", encoding="utf-8", newline="\n") as file,
            connection.cursor("lines") as c,
        ):
            for body, leaf in c.execute("SELECT body, leaf FROM ledger_line ORDER BY seq"):
                file.write((body or to_row(leaf)) + "\n")
        _write_statements(connection, folder / "statements.jsonl")
        _write_names(connection, folder / NAMES_FILE, salt)
        _write_tiles(connection, folder / "tile", head[0])
    return int(head[0])


def _write_tiles(connection: psycopg.Connection[Any], folder: Path, size: int) -> None:
    """Write the hashes as the database holds them: where a line no longer gives its own, they say which line it is."""
    for tile in tiles_of(size):
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = connection.execute(*query(tile))
        path.write_bytes(b"".join(digest for (digest,) in rows))


def _write_names(connection: psycopg.Connection[Any], path: Path, salt: Salt) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file, connection.cursor("names") as cursor:
        rows = cursor.execute(
            "SELECT practice::text, value, pseudonym::text FROM pseudonym ORDER BY pseudonym"
        )
        for practice, value, pseudonym in rows:
            file.write(Name(practice, value, salt(practice, value), pseudonym).to_row())


def _write_statements(connection: psycopg.Connection[Any], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file, connection.cursor("statements") as cursor:
        # Where the payload was a secret there is none, and nothing to check a signature with.
        rows = cursor.execute(
            "SELECT digest, payload, payload_type, signatures FROM ledger_statement "
            "WHERE payload IS NOT NULL ORDER BY first_seq, id"
        )
        for digest, payload, payload_type, signatures in rows:
            entry = {
                "sha256": digest.hex(),
                "payload": b64u_encode(payload),
                "payloadType": payload_type,
                "signatures": json.loads(signatures),
            }
            file.write(json.dumps(entry, sort_keys=True) + "\n")


def export_practice(conninfo: str, folder: Path, vkey: str, practice: str) -> tuple[int, int, int]:
    """Write the lines of one practice, each with its proof, and checkpoint and vkey, of one moment. Return how many lines
    there are, of how many, and how many were left out.

    Left out are lines of care from before patients had names of a practice: they would name them as everywhere.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vkey").write_text(vkey + "\n", encoding="utf-8")
    return asyncio.run(_write_practice(conninfo, folder, practice))


async def _write_practice(conninfo: str, folder: Path, practice: str) -> tuple[int, int, int]:
    async with await psycopg.AsyncConnection.connect(conninfo) as connection, connection.cursor() as cursor:
        await cursor.execute(_SNAPSHOT)
        await cursor.execute("SELECT size, note FROM ledger_head")
        head = await cursor.fetchone()
        if head is None:
            raise LookupError(_NO_LOG)
        size, note = head
        (folder / "checkpoint").write_text(note, encoding="utf-8")
        written = left_out = 0
        with (folder / "lines.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            async for some in _lines_of(connection, practice):
                told = [(seq, body) for seq, body, fields in some if not _names_as_everywhere(fields)]
                left_out += len(some) - len(told)
                proofs = await prove_inclusion(cursor, [seq for seq, _ in told], size)
                for (seq, body), proof in zip(told, proofs, strict=True):
                    row = {"seq": seq, "line": body, "proof": proof}
                    file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
                written += len(told)
    return written, size, left_out


async def _lines_of(
    connection: psycopg.AsyncConnection[Any], practice: str
) -> AsyncIterator[list[tuple[int, str, dict[str, Any]]]]:
    async with connection.cursor("lines") as cursor:
        # As the line's canonical text has it; what says it elsewhere than in its own field is left out below.
        await cursor.execute(
            "SELECT seq, body FROM ledger_line WHERE body LIKE %s ORDER BY seq",
            (f'%"practice":"{practice}"%',),
        )
        while rows := await cursor.fetchmany(_AT_ONCE):
            told = [(seq, body, json.loads(body)) for seq, body in rows]
            yield [one for one in told if one[2].get("practice") == practice]


def _names_as_everywhere(fields: dict[str, Any]) -> bool:
    return fields["v"] == line.VERSION and is_of_care(fields)
