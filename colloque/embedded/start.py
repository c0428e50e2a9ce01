"""`make try`: start everything on this machine, say where to go, and stop it cleanly."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType

import httpx

from colloque.embedded import mail, postgres, turn, witness
from colloque.embedded.environment import Ports, environment, vault_environment, write_settings
from colloque.embedded.home import Home, InUse
from colloque.embedded.processes import Part, python, stop_all
from colloque.vault import commands as vault_commands
from colloque.vault import service
from colloque.vault.settings import from_env
from colloque.vault.store import read_vkey

HEALTH_SECONDS = 300  # it ends as soon as all answer: a busy machine takes its time
LOOK_SECONDS = 0.5


class CannotStart(Exception):
    """Why the try-out does not start, and what to do: a sentence for the newcomer."""


def start(folder: Path, port: int) -> int:
    """Run until Ctrl-C. Returns the exit code."""
    home = Home(folder.expanduser().resolve())
    try:
        check_port(port)
        home.make()
        with home.held(), contextlib.ExitStack() as stack:
            return _run(home, port, stack)
    except InUse:
        raise CannotStart(
            f"A try-out is already running over {home.folder}. Stop it with Ctrl-C in its window, "
            "or give this one another folder: COLLOQUE_HOME=other make try"
        ) from None
    except PermissionError as error:
        raise CannotStart(
            f"{error.filename} cannot be written. Give a folder of your own: COLLOQUE_HOME=folder make try"
        ) from error


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} is taken by another program. Choose another: PORT={port + 1} make try"
            ) from error


def _run(home: Home, port: int, stack: contextlib.ExitStack) -> int:
    stopping = threading.Event()
    stack.enter_context(_signals(stopping))
    say("Starting PostgreSQL…")
    database = stack.enter_context(postgres.running(home))
    ports = Ports(
        web=port,
        vault=free_port(),
        mail=stack.enter_context(mail.catching(home.mail, free_port())),
        turn=None,
        witness=free_port(),
    )
    coturn = turn.find_coturn()
    if coturn:
        ports = replace(ports, turn=free_port())
    web_environment, secret_environment = (
        environment(home, database, ports),
        vault_environment(home, database, ports),
    )
    _prepare(home, database, web_environment, secret_environment)
    write_settings(home, web_environment, secret_environment)
    parts = _parts(home, ports, web_environment, secret_environment, coturn)
    parts.append(witness.witness(home, ports.witness, read_vkey(from_env(secret_environment))))
    stack.callback(stop_all, parts)
    for part in parts:
        part.start()
    _wait_for_health(parts, port, stopping)
    if not stopping.is_set():
        _publish_assets(home, web_environment)
        _make_demo(home, port)
        _tell(home, port, has_relay=coturn is not None)
    code = _watch(parts, stopping)
    say("\nStopping… Everything is kept.")
    return code


def _prepare(home: Home, database: postgres.Postgres, web: dict[str, str], vault: dict[str, str]) -> None:
    """Tables, the key-encryption key, the services' keys: what is there stays."""
    say("Preparing the databases…")
    vault_commands.init(home.keys / "kek")
    vault_commands.migrate(database.vault)
    settings = from_env(vault)
    for name in service.NAMES:
        service.enrol(settings, name, home.keys / f"{name}.json")
    migrate = Part("migrate", python("-m", "colloque.cli", "migrate"), web, home.logs / "migrate.log")
    migrate.start()
    assert migrate.process is not None
    if migrate.process.wait() != 0:
        raise CannotStart(
            f"The database could not be prepared. {home.logs / 'migrate.log'} ends with:\n{migrate.last_words()}"
        )
    migrate.wait()


def _parts(
    home: Home, ports: Ports, web: dict[str, str], vault: dict[str, str], coturn: str | None
) -> list[Part]:
    quiet = ("--no-access-log", "--log-level", "warning")
    asgi = ("-m", "uvicorn", "--host", "127.0.0.1", *quiet)
    parts = [
        Part(
            "web",
            python(
                *asgi,
                "--port",
                str(ports.web),
                "--lifespan",
                "off",
                "--ws",
                "websockets-sansio",
                "colloque.config.asgi_web:application",
            ),
            web,
            home.logs / "web.log",
        ),
        Part(
            "worker",
            python("-m", "colloque.cli", "worker"),
            {**web, "DJANGO_SETTINGS_MODULE": "colloque.config.settings.worker"},
            home.logs / "worker.log",
        ),
        Part(
            "vault",
            python(*asgi, "--port", str(ports.vault), "--factory", "colloque.config.asgi_vault:make"),
            vault,
            home.logs / "vault.log",
        ),
    ]
    if coturn and ports.turn:
        parts.append(turn.coturn(home, ports.turn, coturn))
    return parts


def _wait_for_health(parts: list[Part], port: int, stopping: threading.Event) -> None:
    say("Starting the vault, its witness, the web and the worker…")
    until = time.monotonic() + HEALTH_SECONDS
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"Host": f"localhost:{port}"}, trust_env=False
    ) as client:
        while time.monotonic() < until and not stopping.wait(0.2):
            for part in parts:
                if part.has_fallen():
                    raise CannotStart(
                        f"The {part.name} does not start. {part.log} ends with:\n{part.last_words()}"
                    )
            with contextlib.suppress(httpx.HTTPError):
                if client.get("/health", timeout=5).status_code == httpx.codes.OK:
                    return
    if not stopping.is_set():
        raise CannotStart(
            f"Not every part answers after {HEALTH_SECONDS} seconds. Look into {parts[0].log.parent}"
        )


def _publish_assets(home: Home, web: dict[str, str]) -> None:
    """What `colloque web` does at its start; the try-out starts uvicorn itself."""
    part = Part("assets", python("-m", "colloque.cli", "assets", "publish"), web, home.logs / "assets.log")
    part.start()
    part.wait()


def _make_demo(home: Home, port: int) -> None:
    """In a process of its own: it is a client like any other, and imports what the server must not."""
    from colloque.embedded.demo import is_made

    if is_made(home):
        return
    say("Making the demo practice and its keys…")
    made = subprocess.run(
        python("-m", "colloque.embedded.demo", str(home.folder), f"http://localhost:{port}"),
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        (home.logs / "demo.log").write_text(made.stdout + made.stderr, encoding="utf-8")
        raise CannotStart(f"The demo practice could not be made. See {home.logs / 'demo.log'}")


def _tell(home: Home, port: int, *, has_relay: bool) -> None:
    from colloque.embedded.demo import sentences

    relay = (
        "through coturn where needed" if has_relay else "from browser to browser (no coturn here: no relay)"
    )
    say(f"\nColloque runs: http://localhost:{port}\n")
    for line in sentences(home, port):
        say(line)
    say(f"\n  Codes and caught mail: http://localhost:{port}/try")
    say(f"  Video goes {relay}.")
    say("  The ledger's witness runs on this machine too: it proves less than one that someone else runs.")
    say(f"  All is kept in {_short(home.folder)}: logs/ says what happened, mail/ holds the letters.")
    say("  Ctrl-C stops everything; `make try` goes on where you were.")


def _short(folder: Path) -> str:
    with contextlib.suppress(ValueError):
        return str(folder.relative_to(Path.cwd()))
    return str(folder)


def _watch(parts: list[Part], stopping: threading.Event) -> int:
    """Start again what falls, until asked to stop."""
    while not stopping.wait(LOOK_SECONDS):
        for part in parts:
            if not part.has_fallen():
                continue
            if not part.may_start_again():
                say(f"\nThe {part.name} keeps falling. {part.log} ends with:\n{part.last_words()}")
                return 1
            say(f"The {part.name} fell and is started again (see {part.log.name}).")
            part.start()
    return 0


@contextlib.contextmanager
def _signals(stopping: threading.Event) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        if stopping.is_set() and number == signal.SIGINT:
            # Pressed twice: whoever cannot wait gets what they want; PostgreSQL recovers at the next start.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def say(text: str) -> None:
    print(text, flush=True)


def port_from_environment() -> int:
    text = os.environ.get("PORT", "8000")
    if not (text.isdigit() and 1 <= int(text) <= 65535):
        raise CannotStart(f"PORT must be a number between 1 and 65535; it is {text!r}.")
    return int(text)


def main(folder: Path) -> int:
    try:
        return start(folder, port_from_environment())
    except CannotStart as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
