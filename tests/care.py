"""Fixtures of the care rooms: one vault for the session over Django's own server, and the cast in each test.

Imported by the conftest of each room that needs them.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from psycopg.conninfo import make_conninfo
from pytest_django.fixtures import Settings

from colloque.accounts.vault_door import vault
from colloque.incidents.tail import feed
from colloque.kernel import clock
from colloque.ledger.export import export
from colloque.ledger.verify import Report, verify
from colloque.notifications.contact import mailer
from colloque.vault import kek, service, store
from colloque.vault.settings import VaultSettings
from tests.people import Ward
from tests.vault.cast import read_log, running


@dataclass(frozen=True)
class RunningVault:
    url: str
    settings: VaultSettings
    keys: Path

    def lines(self, **where: Any) -> list[dict[str, Any]]:
        """Lines of the ledger with these fields, in order."""
        told = read_log(self.settings.database_url)
        return [line for line in told if all(line.get(name) == value for name, value in where.items())]


@dataclass(frozen=True)
class Enrolled:
    """A vault that knows its services: a database to copy, and the files that go with it."""

    database: str
    files: Mapping[str, bytes]


def django_server() -> str:
    told = django_settings.DATABASES["default"]
    return make_conninfo(
        host=told["HOST"],
        port=told["PORT"] or None,
        user=told["USER"],
        password=told["PASSWORD"],
        dbname="postgres",
    )


def new_name() -> str:
    return f"care_vault_{os.urandom(6).hex()}"


def settings_of(database: str, folder: Path) -> VaultSettings:
    return VaultSettings(
        database_url=make_conninfo(django_server(), dbname=database),
        kek_file=folder / "kek",
        origin="test.example/ledger",
        office_delay=timedelta(0),
        web_origin=django_settings.COLLOQUE_ORIGIN,
    )


@cache
def enrolled() -> Enrolled:
    """Made once in a process, at the time that it is: enrolling starts a vault for each service."""
    name = new_name()
    with psycopg.connect(django_server(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy".encode())
    with tempfile.TemporaryDirectory() as made, clock.reading(clock._system):
        folder = Path(made)
        kek.make_key_file(folder / "kek")
        settings = settings_of(name, folder)
        store.migrate(settings.database_url)
        for principal in service.NAMES:
            service.enrol(settings, principal, folder / f"{principal}.json")
        return Enrolled(name, {file.name: file.read_bytes() for file in folder.iterdir()})


@contextmanager
def vault_over_django() -> Iterator[RunningVault]:
    """Run a vault over a database of its own on Django's server, with its services enrolled."""
    template, name = enrolled(), new_name()
    with psycopg.connect(django_server(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template.database} STRATEGY file_copy".encode())
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for file, content in template.files.items():
            (folder / file).touch(mode=0o600)
            (folder / file).write_bytes(content)
        vault_settings = settings_of(name, folder)
        with running(vault_settings) as address:
            yield RunningVault(address, vault_settings, folder)
    with psycopg.connect(django_server(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def running_vault(django_db_setup: None) -> Iterator[RunningVault]:
    with vault_over_django() as one:
        yield one


@contextmanager
def configured(vault_: RunningVault, settings: Settings, blobs: Path) -> Iterator[RunningVault]:
    """The web as it is configured in production: a vault's address, key files, a folder for blobs."""
    settings.COLLOQUE_VAULT_URL = vault_.url
    settings.COLLOQUE_WEB_KEY = vault_.keys / "web.json"
    settings.COLLOQUE_MAILER_KEY = vault_.keys / "mailer.json"
    settings.COLLOQUE_OFFICER_KEY = vault_.keys / "officer.json"
    settings.COLLOQUE_BLOBS = blobs
    forget_clients()
    yield vault_
    forget_clients()


def forget_clients() -> None:
    """Close the process's clients of a vault that is not there any more."""
    for client in (vault, mailer, feed):
        if client.cache_info().currsize:
            client().close()
        client.cache_clear()


@pytest.fixture
def care(running_vault: RunningVault, settings: Settings, tmp_path: Path) -> Iterator[RunningVault]:
    with configured(running_vault, settings, tmp_path / "blobs") as one:
        yield one


@pytest.fixture
def own_care(django_db_setup: None, settings: Settings, tmp_path: Path) -> Iterator[RunningVault]:
    """A vault for one test. A log's time never goes back: who moves the clock forward must not share one."""
    with vault_over_django() as one, configured(one, settings, tmp_path / "blobs") as told:
        yield told


@pytest.fixture
def own_ward(no_jobs_left: None, own_care: RunningVault) -> Iterator[Ward]:
    people = Ward(own_care.url)
    yield people
    people.vault.close()


@pytest.fixture
def ward(db: None, care: RunningVault) -> Iterator[Ward]:
    with connection.cursor() as cursor:
        # Jobs of tests that committed: gone for this test, whose end takes that back too.
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    people = Ward(care.url)
    yield people
    people.vault.close()


@pytest.fixture
def live_ward(no_jobs_left: None, care: RunningVault) -> Iterator[Ward]:
    """The cast with rows that are committed: for threads and sockets."""
    people = Ward(care.url)
    yield people
    people.vault.close()


@pytest.fixture
def check_log(care: RunningVault, tmp_path: Path) -> Callable[[], Report]:
    """Verify the whole log as an auditor would."""

    def check() -> Report:
        folder = tmp_path / os.urandom(4).hex()
        export(care.settings.database_url, folder, *store.read_export_keys(care.settings))
        return verify(folder)

    return check
