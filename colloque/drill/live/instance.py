"""The instance that is attacked: one started here for the drill, or one of one's own whose settings are at hand."""

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from colloque.client.mailbox import Mailbox
from colloque.drill.errors import CannotDrill
from colloque.kernel.tls import trust

# At most: waiting ends as soon as it runs, and a busy machine takes its time.
START_SECONDS = 600
STOP_SECONDS = 120
WHOLE_SECONDS, LOOK_SECONDS = 180.0, 1.0
RUNS = "Colloque runs:"


@dataclass(frozen=True)
class Instance:
    url: str
    mailbox: Mailbox
    settings: Mapping[str, str] = field(repr=False)  # of the web and the vault: what stands beside them

    def run(self, *arguments: str) -> str:
        """Run a `colloque` command beside it; return what it said."""
        command = [sys.executable, "-m", "colloque.cli", *arguments]
        environ = {**_plain(), **self.settings}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603 – our own
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no word of why"])[-1]
            raise CannotDrill(f"`colloque {' '.join(arguments[:2])}` failed: {last}")
        return done.stdout.strip()


@contextlib.contextmanager
def started(tell: Callable[[str], None]) -> Iterator[Instance]:
    """An instance of its own, as `make try` starts it, in a folder that goes away afterwards."""
    tell("Starting an instance on this machine…")
    with tempfile.TemporaryDirectory(prefix="colloque-drill-") as folder:
        home, log = Path(folder) / "home", Path(folder) / "log"
        port = _free_port()
        environ = {**_plain(), "COLLOQUE_HOME": str(home), "PORT": str(port)}
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "colloque.cli", "try"], env=environ, stdin=subprocess.DEVNULL, stdout=file,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            _wait(process, log)
            settings = {"COLLOQUE_HOME": str(home), **_read(home / "settings.env")}
            yield Instance(f"http://localhost:{port}", Mailbox(home / "mail"), settings)
        finally:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)


def of_ones_own(url: str, mail: Path | None) -> Instance:
    """An instance that runs already, beside its settings: an officer is appointed there, and its ledger exported."""
    url = url.rstrip("/")
    _wait_until_whole(url)
    missing = [
        name for name in ("COLLOQUE_DATABASE_URL", "COLLOQUE_VAULT_DATABASE_URL") if name not in os.environ
    ]
    if missing or os.environ.get("COLLOQUE_ORIGIN", "").rstrip("/") != url:
        raise CannotDrill(
            f"The settings of {url} are not at hand ({', '.join(missing) or 'COLLOQUE_ORIGIN is another one'}). Run the "
            "drill beside it, with its web's and its vault's settings, as for `colloque ledger export`."
        )
    folder = mail or Path(os.environ.get("COLLOQUE_HOME") or ".colloque") / "mail"
    if not folder.is_dir():
        raise CannotDrill("Where do the letters go? Name the folder that they are delivered to: --mail DIR.")
    settings = {
        name: value for name, value in os.environ.items() if name.startswith(("COLLOQUE_", "DJANGO_"))
    }
    return Instance(url, Mailbox(folder), settings)


def _wait_until_whole(url: str) -> None:
    """A part that is late (a machine that is busy) is waited for; an address at which nothing answers is not."""
    until = time.monotonic() + WHOLE_SECONDS
    while True:
        try:
            told = httpx.get(f"{url}/health", timeout=30, trust_env=False, verify=trust()).json()["parts"]
            away = [name for name, answers in told.items() if not answers]
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CannotDrill(
                f"{url} does not answer as an instance of Colloque ({type(error).__name__}): {error}"
            ) from error
        if not away:
            return
        if time.monotonic() > until:
            raise CannotDrill(
                f"{url} does not run whole: {', '.join(away)} did not answer within {WHOLE_SECONDS:.0f} s. "
                "Look at /health, and play the drill when everything is well."
            )
        time.sleep(LOOK_SECONDS)


def _plain() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("COLLOQUE_", "DJANGO_"))
    }


def _read(path: Path) -> dict[str, str]:
    entries = shlex.split(path.read_text("utf-8"))
    return dict(entry.partition("=")[::2] for entry in entries)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while RUNS not in (said := log.read_text("utf-8", errors="replace")):
        if process.poll() is not None or time.monotonic() > until:
            last = (said.strip().splitlines() or ["no word of why"])[-1]
            raise CannotDrill(f"The instance does not start: {last}")
        time.sleep(0.2)
