"""From the gesture to the last opening that still succeeds, with several vault processes over one database.

Two vault processes answer 32 connections that open a closed consultation without a pause, half of them at each. In
between the practice's history is frozen, told to the first process alone. Timed from when the freeze is sent: until it
is answered, and until the last opening was answered with a key, at either process. Some twenty times; lifted beside the
database in between, which no process can do in life.

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

import httpx
import psycopg
from load import CONNECTIONS
from release import CLIENT, SERVERS, Vaults

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
        told = [asyncio.run(freeze_once(vaults)) for _ in range(rounds)]
    for one in told:
        print(f"answered after {one.answered_ms:.0f} ms, last key after {one.last_key_ms:.0f} ms; "
              f"{one.keys} keys before, {one.refused} refusals after", flush=True)  # fmt: skip
    worst = max(one.last_key_ms for one in told)
    print(json.dumps({
        "name": "freeze", "ratio": round(1000 / max(worst, 1), 1), "processes": len(vaults.ports), "rounds": rounds,
        "answered_ms": round(median(one.answered_ms for one in told), 1),
        "last_key_ms": round(median(one.last_key_ms for one in told), 1), "worst_ms": round(worst, 1),
        "keys_a_second": round(sum(one.keys for one in told) / rounds / BEFORE),
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


async def freeze_once(vaults: Vaults) -> Round:
    stop, keys, refused = asyncio.Event(), list[float](), list[float]()
    asked = [json_of(vaults, n) for n in range(1500)]
    limits = httpx.Limits(max_connections=CONNECTIONS)
    async with httpx.AsyncClient(timeout=30, trust_env=False, limits=limits) as http:

        async def open_without_pause(n: int) -> None:
            port = vaults.ports[n % len(vaults.ports)]
            while not stop.is_set() and asked:
                answer = await http.post(f"http://127.0.0.1:{port}/vault/release", json=asked.pop())
                (keys if answer.status_code == 200 else refused).append(time.perf_counter())

        openers = [asyncio.create_task(open_without_pause(n)) for n in range(CONNECTIONS - 1)]
        await asyncio.sleep(BEFORE)
        said = vaults.services["web"].say("freeze", scope="history", target=vaults.cast.practice)
        begun = time.perf_counter()
        answer = await http.post(f"http://127.0.0.1:{vaults.ports[0]}/vault/statements", json=said)
        answered = time.perf_counter()
        if answer.status_code != 200:
            raise SystemExit(answer.text)
        await asyncio.sleep(AFTER)
        stop.set()
        await asyncio.gather(*openers)
    run(vaults, "DELETE FROM frozen")
    if not refused or not asked:
        raise SystemExit("the openings ended before the freeze: nothing was shown")
    before = [at for at in keys if at < begun]
    last = max((at for at in keys if at >= begun), default=begun)
    return Round((answered - begun) * 1000, (last - begun) * 1000, len(before), len(refused))


def json_of(vaults: Vaults, n: int) -> dict[str, object]:
    record = random.Random(n).choice(vaults.records[n % 2])
    return vaults.cast.ask(vaults.takers[n % 2], (record, "care")).envelope


if __name__ == "__main__":
    main()
