"""How long an auditor takes: the tree of a million lines from an export, on one core, beside `pymerkle`; and one
inclusion proof out of the database of a log of ten million.

Both read the lines from disk, hash each, and make the root: pymerkle by appending them to its own SQLite storage in one
go, for it trusts the hashes that it stored (its root from those alone is told too); ours holds the root against the signed
checkpoint as well. The log of ten million is made inside PostgreSQL, leaf by leaf and node by node, with short bodies;
proofs come by the vault's own queries, and are checked.

Run: make bench NAME=verify, or .venv/bin/python bench/verify.py [--lines 1000000] [--log 10000000]
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from itertools import batched
from pathlib import Path
from typing import Any

import psycopg
from log import SIGNER, postgres, releases
from psycopg import AsyncConnection
from pymerkle import SqliteTree

from colloque.kernel.encoding import b64u_decode
from colloque.ledger import append, line, merkle
from colloque.ledger.verify import verify_tree

PROOFS = 500


def write_export(folder: Path, count: int) -> None:
    """Write lines and checkpoint of so many lines."""
    some = list(releases(5000))
    tree = merkle.Growing()
    with (folder / "lines.jsonl").open("wb") as file:
        for seqs in batched(range(count), 5000, strict=False):
            bodies = [line.to_bytes({"v": 1, "seq": n, **some[n % 5000]}) for n in seqs]
            tree.extend(map(line.leaf_hash, bodies))
            file.write(b"\n".join(bodies) + b"\n")
    (folder / "checkpoint").write_text(SIGNER.sign(size=count, root=tree.root()))
    (folder / "vkey").write_text(SIGNER.verifier().to_vkey())


def bench_tree(folder: Path, count: int) -> tuple[float, float, float]:
    """Seconds of ours, of pymerkle, and of its root alone."""
    begin = time.perf_counter()
    report = verify_tree(folder)
    ours = time.perf_counter() - begin
    begin = time.perf_counter()
    with SqliteTree(str(folder / "tree.db")) as tree:
        with (folder / "lines.jsonl").open("rb") as file:
            tree.append_entries(row.removesuffix(b"\n") for row in file)
        appended = time.perf_counter()
        root = tree.get_root()
        ended = time.perf_counter()
    if (report.size, report.root) != (count, root.hex()):
        raise SystemExit("the two roots differ: nothing was measured")
    return ours, ended - begin, ended - appended


def fill(conninfo: str, size: int) -> None:
    """Make a log of `size` lines where it is kept: leaves, then each level of nodes from the one below."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET max_parallel_workers_per_gather = 0")
        connection.execute(
            "INSERT INTO ledger_line (seq, leaf, body) "
            "SELECT n, sha256('\\x00'::bytea || n::text::bytea), n::text FROM generate_series(0, %s) AS n",
            (size - 1,),
        )
        connection.execute("CREATE TEMPORARY TABLE low (LIKE ledger_node)")  # those that no log keeps
        below = "SELECT seq AS index, leaf AS hash FROM ledger_line"
        for level in range(1, size.bit_length()):
            kept = "ledger_node" if level >= append.LEAST_KEPT else "low"
            connection.execute(
                f"INSERT INTO {kept} (level, index, hash) SELECT {level}, l.index / 2, "
                f"sha256('\\x01'::bytea || l.hash || r.hash) FROM ({below}) l JOIN ({below}) r "
                f"ON r.index = l.index + 1 WHERE l.index %% 2 = 0 AND l.index / 2 < %s".encode(),
                (size >> level,),
            )
            below = f"SELECT index, hash FROM {kept} WHERE level = {level}"
        connection.execute("ANALYZE ledger_line, ledger_node")


async def prove(conninfo: str, size: int) -> list[float]:
    """Seconds of each proof, of lines anywhere in the log; each is checked."""
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        peaks = await _peaks(connection, size)
        root = merkle.fold(peaks)
        taken, rng = [], random.Random(7)
        async with connection.cursor() as cursor:
            for _ in range(PROOFS + 50):
                index = rng.randrange(size)
                begin = time.perf_counter()
                (proof,) = await append.prove_inclusion(cursor, [index], size)
                taken.append(time.perf_counter() - begin)
                leaf, hashes = line.leaf_hash(str(index).encode()), [b64u_decode(one) for one in proof]
                if not merkle.is_included(leaf, index=index, size=size, proof=hashes, root=root):
                    raise SystemExit(f"the proof of line {index} does not hold: nothing was measured")
        return taken[50:]  # the first ones warm the connection's plans


async def _peaks(connection: AsyncConnection[Any], size: int) -> list[bytes]:
    async with connection.cursor() as cursor:
        spans = [(i << level, i + 1 << level) for level, i in merkle.cover(0, size)]
        (peaks,) = await append.prove_spans(cursor, [spans])
        return [b64u_decode(one) for one in peaks]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--log", type=int, default=10_000_000)
    asked = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        write_export(Path(folder), asked.lines)
        ours, theirs, root_alone = bench_tree(Path(folder), asked.lines)
    print(
        f"{asked.lines:,} lines: {ours:.2f} s; pymerkle {theirs:.2f} s, of which its root {root_alone:.2f} s"
    )
    os.sched_setaffinity(0, set(range(os.cpu_count() or 1)))
    with postgres() as conninfo:
        begin = time.perf_counter()
        fill(conninfo, asked.log)
        print(f"a log of {asked.log:,} lines was made in {time.perf_counter() - begin:.0f} s")
        taken = sorted(asyncio.run(prove(conninfo, asked.log)))
    middle, late = statistics.median(taken) * 1000, taken[len(taken) * 99 // 100] * 1000
    print(f"one inclusion proof: {middle:.2f} ms, the slowest hundredth {late:.2f} ms")
    result = {"name": "verify", "ratio": round(theirs / ours, 2), "seconds": round(ours, 2), "lines": asked.lines,
              "pymerkle_seconds": round(theirs, 2), "pymerkle_root_seconds": round(root_alone, 2),
              "proof_ms": round(middle, 3), "proof_p99_ms": round(late, 3), "log": asked.log}  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    main()
