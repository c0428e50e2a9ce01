"""The long drill: a vault that is killed again and again under load, as by the machine's power.

Whatever was answered has its line; whatever was not has none, or one that nobody profited from; and a
retry after each kill gets the same key without a second line.
"""

import os
import subprocess
import sys
import threading
import time as system
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from socket import socket

import httpx
import pytest

from colloque.ledger.verify import Report
from colloque.vault.client import VaultClient
from colloque.vault.settings import VaultSettings
from tests.vault.cast import Asked, Cast, Time
from tests.vault.conftest import services_of
from tests.witness.beside import witness_beside

KILLS, ASKERS = 12, 8
ROOT = Path(__file__).parents[2]
BIG = "minute=9000000,hour=9000000,day=9000000,month=9000000"


def free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def vault_process(
    settings: VaultSettings, port: int, witness: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """A vault of its own process, ready; killed without a word when left."""
    env = {**os.environ, "COLLOQUE_VAULT_DATABASE_URL": settings.database_url, "COLLOQUE_BUDGET_PATIENT": BIG,
           "COLLOQUE_VAULT_KEK_FILE": str(settings.kek_file), "COLLOQUE_LEDGER_ORIGIN": settings.origin,
           **witness}  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "--factory", "colloque.config.asgi_vault:make", "--port", str(port),
               "--no-access-log", "--log-level", "error"]  # fmt: skip
    process = subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        until = system.monotonic() + 30
        while system.monotonic() < until:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/vault/health", timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                system.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


class Asker:
    """Opens Alice's file over and over until told to stop; keeps what was answered and what was not."""

    def __init__(self, cast: Cast, stop: threading.Event) -> None:
        self.cast, self.stop = cast, stop
        self.turns: dict[str, object] = {}
        self.unanswered: list[Asked] = []

    def run(self) -> None:
        with httpx.Client(base_url=self.cast.url, timeout=5) as http:
            while not self.stop.is_set():
                asked = self.cast.ask(self.cast.alice, (self.cast.file, "identity"))
                try:
                    self.turns[asked.request] = asked.answer(http).turns[0]["turn"]
                except httpx.TransportError:
                    self.unanswered.append(asked)
                    return


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_vault_killed_under_load_never_answers_without_a_line(
    settings: VaultSettings, tmp_path: Path, check_log: Callable[[], Report]
) -> None:
    with witness_beside(settings, tmp_path / "witness") as witness:
        kill_and_retry(settings, tmp_path, check_log, witness)


def kill_and_retry(
    settings: VaultSettings, tmp_path: Path, check_log: Callable[[], Report], witness: Mapping[str, str]
) -> None:
    services = services_of(settings, tmp_path)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with vault_process(settings, port, witness), closing(VaultClient(url, services["web"])) as web:
        cast = Cast(url, settings, web, services, Time())
    answered: dict[str, object] = {}
    retried = 0
    for kill in range(KILLS):
        stop = threading.Event()
        askers = [Asker(cast, stop) for _ in range(ASKERS)]
        with ThreadPoolExecutor(ASKERS) as crowd:
            with vault_process(settings, port, witness) as process:
                for asker in askers:
                    crowd.submit(asker.run)
                system.sleep(0.2 + 0.13 * kill % 0.7)
                process.kill()
            stop.set()
        written = [line["id"] for line in cast.lines("release")]
        answered |= {request: turn for asker in askers for request, turn in asker.turns.items()}
        assert set(answered) <= set(written), "a key left without its line"
        assert len(written) == len(set(written))
        left = [asked for asker in askers for asked in asker.unanswered]
        retried += len(left)
        with vault_process(settings, port, witness), httpx.Client(base_url=url, timeout=10) as http:
            again = {asked.request: asked.answer(http).turns[0]["turn"] for asked in left}
        answered |= again
        check_log()
    assert retried, "no kill met a request on its way: the drill showed nothing"
    assert len(set(map(str, answered.values()))) == 1
    assert sorted(answered) == sorted(line["id"] for line in cast.lines("release"))
    cast.http.close()
