"""From the gesture to the last opening that still succeeds, with several vault processes over one database.

Two vault processes answer 32 connections that open closed consultations without a pause, half of them at each, one
record a request and then 25 a request. In between the practice's history is frozen, told to the first process alone.
Timed from when the freeze is sent: until it is answered, and until the last opening was answered with a key, at either
process. Some twenty times each; lifted beside the database in between, which no process can do in life.

Run: make bench NAME=freeze, or .venv/bin/python bench/freeze.py [--rounds 20]
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg
import uvloop
from load import Line, is_yes, lines, raw
from release import CLIENT, MANY, SERVERS, Vaults

BEFORE, AFTER = 0.4, 1.0  # seconds of openings around the freeze


@dataclass(frozen=True)
class Round:
    answered_ms: float
    last_key_ms: float
    keys: int
    refused: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    os.sched_setaffinity(0, {CLIENT})
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        vaults = Vaults(Path(folder), stack)
        vaults.start(SERVERS)
        close_all(vaults)
        told = {openings: [freeze_once(vaults, openings) for _ in range(rounds)] for openings in (1, MANY)}
    for openings, some in told.items():
        for one in some:
            print(f"{openings} a request: answered after {one.answered_ms:.0f} ms, last key after "
                  f"{one.last_key_ms:.0f} ms; {one.keys} answers before, {one.refused} refusals after")  # fmt: skip
    worst = {openings: max(one.last_key_ms for one in some) for openings, some in told.items()}
    print(json.dumps({
        "name": "freeze", "ratio": round(1000 / max(*worst.values(), 1), 1), "processes": len(vaults.ports),
        "rounds": rounds, "openings_a_request": list(told),
        "answered_ms": [round(median(one.answered_ms for one in some), 1) for some in told.values()],
        "last_key_ms": [round(median(one.last_key_ms for one in some), 1) for some in told.values()],
        "worst_ms": [round(one, 1) for one in worst.values()],
        "answers_a_second": [round(sum(one.keys for one in some) / rounds / BEFORE) for some in told.values()],
    }))  # fmt: skip


def close_all(vaults: Vaults) -> None:
    """Every consultation ended two days ago, as the database tells it: the vault's clock is the machine's."""
    for taker, records in zip(vaults.takers, vaults.records, strict=True):
        for record in records:
            vaults.cast.state(taker.say("close", record=record))
    run(vaults, "UPDATE consultation SET closed_at = now() - interval '2 days'")


def run(vaults: Vaults, sql: str) -> None:
    with psycopg.connect(vaults.settings.database_url, autocommit=True) as connection:
        connection.execute(sql.encode())


def freeze_once(vaults: Vaults, openings: int) -> Round:
    asked = [request(vaults, n, openings) for n in range(2500 if openings == 1 else 800)]
    told = uvloop.run(_freeze_once(vaults, asked))
    run(vaults, "DELETE FROM frozen")
    return told


async def _freeze_once(vaults: Vaults, asked: list[bytes]) -> Round:
    keys, refused = list[float](), list[float]()
    async with lines(vaults.ports) as openers, lines(vaults.ports) as (officer, *_):
        stop = False

        async def open_without_pause(line: Line) -> None:
            while not stop and asked:
                got = await line.exchange(asked.pop())
                (keys if is_yes(got) else refused).append(time.perf_counter())

        tasks = [asyncio.create_task(open_without_pause(line)) for line in openers]
        await asyncio.sleep(BEFORE)
        said = vaults.services["web"].say("freeze", scope="history", target=vaults.cast.practice)
        told = raw("/vault/statements", said)
        begun = time.perf_counter()
        got = await officer.exchange(told)
        answered = time.perf_counter()
        if not is_yes(got):
            raise SystemExit(got.decode())
        await asyncio.sleep(AFTER)
        stop = True
        await asyncio.gather(*tasks)
    if not refused or not asked:
        raise SystemExit("the openings ended before the freeze: nothing was shown")
    before = [at for at in keys if at < begun]
    last = max((at for at in keys if at >= begun), default=begun)
    return Round((answered - begun) * 1000, (last - begun) * 1000, len(before), len(refused))


def request(vaults: Vaults, n: int, openings: int) -> bytes:
    chosen = random.Random(n).sample(vaults.records[n % 2], openings)
    said = vaults.cast.ask(vaults.takers[n % 2], *((record, "care") for record in chosen))
    return raw("/vault/release", said.envelope)


if __name__ == "__main__":
    main()
