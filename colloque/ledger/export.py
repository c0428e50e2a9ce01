"""Write the log to a folder that `colloque.ledger.verify` checks without us."""

import json
from pathlib import Path
from typing import Any

import psycopg

from colloque.kernel.encoding import b64u_encode
from colloque.ledger.erasure import to_row
from colloque.ledger.stored import query
from colloque.ledger.tiles import tiles_of


def export(conninfo: str, folder: Path, vkey: str) -> int:
    """Write checkpoint, vkey, lines.jsonl, statements.jsonl and the tiles, of one moment; return the number of lines."""
    folder.mkdir(parents=True, exist_ok=True)
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        head = connection.execute("SELECT size, note FROM ledger_head").fetchone()
        if head is None:
            raise LookupError("There is no log in this database. Has the vault been started once?")
        (folder / "checkpoint").write_text(head[1], encoding="utf-8")
        (folder / "vkey").write_text(vkey + "\n", encoding="utf-8")
        with (
            (folder / "lines.jsonl").open("w", encoding="utf-8", newline="\n") as file,
            connection.cursor("lines") as c,
        ):
            for body, leaf in c.execute("SELECT body, leaf FROM ledger_line ORDER BY seq"):
                file.write((body or to_row(leaf)) + "\n")
        _write_statements(connection, folder / "statements.jsonl")
        _write_tiles(connection, folder / "tile", head[0])
    return int(head[0])


def _write_tiles(connection: psycopg.Connection[Any], folder: Path, size: int) -> None:
    """Write the hashes as the database holds them: where a line no longer gives its own, they say which line it is."""
    for tile in tiles_of(size):
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = connection.execute(*query(tile))
        path.write_bytes(b"".join(digest for (digest,) in rows))


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
