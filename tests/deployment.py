"""A whole deployment, as `make try` starts it: the client is tried against nothing less. One for the run, by conftest.py."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from colloque.client.account import Account, sign_up
from colloque.client.consultation import Visit, begin
from colloque.client.mailbox import Mailbox
from colloque.kernel.ids import new_id

# At most: waiting ends as soon as it runs, and a busy machine takes its time.
START_SECONDS, STOP_SECONDS = 600, 120


@dataclass(frozen=True)
class Deployment:
    home: Path
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    printed: str  # until it ran

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(self.home / "mail")

    def run(self, *arguments: str, seconds: float = 110) -> subprocess.CompletedProcess[str]:
        """Run a `colloque` command in another window, so to speak."""
        return _run(*arguments, seconds=seconds, COLLOQUE_HOME=str(self.home))

    def patient(self) -> Account:
        return sign_up(self.url, f"{new_id()}@smoke.example", self.mailbox)


def _environment(**more: str) -> dict[str, str]:
    """Nothing of the settings that these tests themselves run with."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("COLLOQUE_", "DJANGO_"))
    }
    return {**kept, **more}


def _run(*arguments: str, seconds: float, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "colloque.cli", *arguments]
    return subprocess.run(
        command, env=_environment(**environment), capture_output=True, text=True, timeout=seconds, check=False
    )


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("try")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with started(folder / "home", port, folder / "log") as one:
        yield one


@contextmanager
def started(home: Path, port: int, log: Path) -> Iterator[Deployment]:
    """Start it as a newcomer does; it ends by Ctrl-C, unless a test has pressed that."""
    process = launch(home, port, log)
    try:
        yield Deployment(home, port, process, log, _wait_until_told(process, log))
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_SECONDS) == 0, log.read_text()


def launch(home: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "colloque.cli", "try"],
            env=_environment(COLLOQUE_HOME=str(home), PORT=str(port)),
            stdout=file,
            stderr=subprocess.STDOUT,
        )


def _wait_until_told(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + START_SECONDS
    while "Ctrl-C stops everything" not in (printed := log.read_text()):
        assert process.poll() is None and time.monotonic() < until, printed
        time.sleep(0.1)
    return printed


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """An address where nothing answers."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"http://localhost:{closed.getsockname()[1]}"


@pytest.fixture
def alice(deployment: Deployment) -> Iterator[Account]:
    account = deployment.patient()
    yield account
    account.browser.close()


@pytest.fixture
def zoe(deployment: Deployment) -> Iterator[Account]:
    account = deployment.patient()
    yield account
    account.browser.close()


@pytest.fixture
def practice(alice: Account) -> str:
    (found,) = (one for one in alice.browser.get("/api/practices") if one["name"] == "Cabinet des Tilleuls")
    return str(found["id"])


@pytest.fixture
def visit(alice: Account, practice: str) -> Visit:
    visit = begin(alice.person, practice)
    for text in ("un", "deux", "trois"):
        visit.write("exchange", "message", {"text": text, "documents": []})
    return visit
