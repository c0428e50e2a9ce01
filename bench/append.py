"""Lines per second into the ledger, beside `pymerkle` on its own SQLite storage.

Whatever is answered is on disk on both sides. Ours writes lines, tree nodes and a signed checkpoint, and proves each
line, for all who ask at once in one commit: 128 lines, the most that the vault takes together. pymerkle appends an entry
with a commit each, behind its lock; that is `ratio`. `ratio_batches` is of 128 to a commit on both sides, where
pymerkle makes the root too, without which there is nothing to sign; `ratio_single` of one to a commit on both.

Run: make bench NAME=append, or .venv/bin/python bench/append.py [--seconds 8]
"""

import argparse
import asyncio
import json
import tempfile
import time
from itertools import batched
from pathlib import Path
from typing import Any

from log import NOW, SIGNER, begun, bodies, postgres, releases
from psycopg import AsyncConnection
from pymerkle import SqliteTree

from colloque.ledger import append

BATCH = 128


async def ours(conninfo: str, seconds: float) -> tuple[float, float]:
    """Lines per second in batches, and one by one."""
    async with begun(conninfo) as connection:
        return await _fill(connection, BATCH, seconds), await _fill(connection, 1, seconds / 4)


async def _fill(connection: AsyncConnection[Any], batch: int, seconds: float) -> float:
    listed = list(releases(1000 * batch if batch == 1 else 400 * batch))
    count, begin = 0, time.perf_counter()
    for told in batched(listed * 100, batch, strict=True):
        async with connection.pipeline(), connection.transaction(), connection.cursor() as cursor:
            log = await append.open_log(cursor, NOW)
            written = [log.add(fields) for fields in told]
            await log.flush(cursor, SIGNER)
            log.receipt(b"r" * 32, written)
        count += batch
        if time.perf_counter() - begin > seconds:
            break
    return count / (time.perf_counter() - begin)


def theirs(seconds: float, batch: int = 1) -> float:
    """Entries per second: one by one as they come, or a batch and then the root over all."""
    listed = list(bodies(400 * BATCH))
    with tempfile.TemporaryDirectory() as folder, SqliteTree(str(Path(folder) / "tree.db")) as tree:
        count, begin = 0, time.perf_counter()
        for entries in batched(listed * 100, batch, strict=True):
            if batch == 1:
                tree.append_entry(entries[0])
            else:
                tree.append_entries(entries)
                tree.get_root()
            count += batch
            if time.perf_counter() - begin > seconds:
                break
        return count / (time.perf_counter() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    seconds = parser.parse_args().seconds
    with postgres() as conninfo:
        many, one = asyncio.run(ours(conninfo, seconds))
    their_one, their_many = theirs(seconds), theirs(seconds / 2, BATCH)
    print(f"{BATCH} to a commit: {many:,.0f} lines a second; pymerkle {their_many:,.0f}")
    print(f"one to a commit: {one:,.0f}; pymerkle {their_one:,.0f}")
    result = {"name": "append", "ratio": round(many / their_one, 2), "ratio_batches": round(many / their_many, 2),
              "ratio_single": round(one / their_one, 2), "lines_per_second": round(many),
              "pymerkle_per_second": round(their_one), "pymerkle_batches_per_second": round(their_many),
              "batch": BATCH}  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    main()
