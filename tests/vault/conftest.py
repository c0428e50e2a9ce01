"""A fresh vault database for each test, a vault that runs over it, and a check of the log after each."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from colloque.kernel import clock
from colloque.ledger.export import export
from colloque.ledger.verify import Report, verify
from colloque.vault import kek, principal, service, store
from colloque.vault.client import VaultClient
from colloque.vault.principal import Principal
from colloque.vault.settings import VaultSettings
from tests.conftest import Postgres
from tests.vault.cast import Answer, Cast, Port, Time, running
from tests.vault.lived import SESSION, Lived, live
from tests.workflow import unexplained


@dataclass(frozen=True)
class Exported:
    folder: Path
    settings: VaultSettings
    answer: Answer


@dataclass(frozen=True)
class Enrolled:
    """A vault that knows its services: a database to copy, and the key files that go with it."""

    database: str
    keys: Path

    def copy(self, postgres: Postgres, folder: Path) -> VaultSettings:
        for file in self.keys.iterdir():
            shutil.copy(file, folder)
        return settings_of(postgres.url(postgres.create(self.database)), folder)


@pytest.fixture(scope="session")
def enrolled(
    postgres: Postgres, vault_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Enrolled]:
    """Made once for the run: enrolling starts a vault for each service."""
    made = Enrolled(postgres.create(vault_template), tmp_path_factory.mktemp("enrolled"))
    settings = make_settings(postgres.url(made.database), made.keys)
    with clock.reading(Time()):
        services_of(settings, made.keys)
    yield made
    postgres.drop(made.database)


@pytest.fixture
def settings(postgres: Postgres, enrolled: Enrolled, tmp_path: Path) -> Iterator[VaultSettings]:
    settings = enrolled.copy(postgres, tmp_path)
    yield settings
    postgres.drop(name_of(settings))


@pytest.fixture
def new_vault(vault_database: str, tmp_path: Path) -> VaultSettings:
    """A vault that knows nobody yet."""
    return make_settings(vault_database, tmp_path)


def name_of(settings: VaultSettings) -> str:
    return str(conninfo_to_dict(settings.database_url)["dbname"])


def make_settings(conninfo: str, folder: Path) -> VaultSettings:
    kek.make_key_file(folder / "kek")
    return settings_of(conninfo, folder)


def settings_of(conninfo: str, folder: Path) -> VaultSettings:
    return VaultSettings(database_url=conninfo, kek_file=folder / "kek", origin="test.example/ledger")


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
        export(settings.database_url, folder, *store.read_export_keys(settings))
        return verify(folder)

    return check


@pytest.fixture
def cast(
    settings: VaultSettings, time: Time, tmp_path: Path, check_log: Callable[[], Report]
) -> Iterator[Cast]:
    with playing(settings, time, tmp_path) as people:
        yield people
    check_log()
    # What the web tells is its own word, and tests make it up.
    assert unexplained(line for line in people.lines() if line["kind"] != "item-served") == []


def services_of(settings: VaultSettings, folder: Path) -> dict[str, Principal]:
    """Those enrolled before, or now."""
    files = {name: folder / f"{name}.json" for name in service.NAMES}
    return {
        name: principal.load(file) if file.exists() else service.enrol(settings, name, file)
        for name, file in files.items()
    }


@contextmanager
def playing(settings: VaultSettings, time: Time, folder: Path) -> Iterator[Cast]:
    services = services_of(settings, folder)
    with running(settings) as url, closing(VaultClient(url, services["web"])) as web:
        people = Cast(url, settings, web, services, time)
        with closing(people.http):
            yield people


@contextmanager
def exporting(postgres: Postgres, enrolled: Enrolled, folder: Path) -> Iterator[Cast]:
    """A cast over a copy of its own, whose log is in `folder / "log"` once it has played."""
    settings, source = enrolled.copy(postgres, folder), Time()
    with clock.reading(source), playing(settings, source, folder) as cast:
        yield cast
    export(settings.database_url, folder / "log", *store.read_export_keys(settings))


@pytest.fixture(scope="module")
def exported(
    postgres: Postgres, enrolled: Enrolled, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Exported]:
    """One log played and exported for all tests of a file: they change copies."""
    folder = tmp_path_factory.mktemp("exported")
    with exporting(postgres, enrolled, folder) as cast:
        cast.request()
        cast.take(cast.bose)
        answer = cast.open(cast.bose, (cast.consultation, "care"), (cast.file, "nir"))
        cast.refused(cast.services["mailer"], (cast.file, "identity"))
        cast.time.at += timedelta(hours=5)
        cast.web.sign_in(cast.alice.person, network="192.0.2.0/24")
        cast.web.blind_index("alice@example.org", network="192.0.2.0/24")
    yield Exported(folder / "log", cast.settings, answer)
    postgres.drop(name_of(cast.settings))


@pytest.fixture(scope="module")
def lived(
    postgres: Postgres, enrolled: Enrolled, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lived]:
    """Played and exported once for the tests that only read, or change copies."""
    folder = tmp_path_factory.mktemp("lived")
    with exporting(postgres, enrolled, folder) as cast:
        port = Port(cast)
        bea = live(cast, port)
        own = {cast.alice.person, cast.alice.device, SESSION, bea.person, bea.device}
        services = {value for one in cast.services.values() for value in (one.person, one.device)}
        practices, alice, bose = (cast.practice, port.id), cast.alice, cast.bose
    yield Lived(cast.settings, folder / "log", practices, alice, bose, own, services)
    postgres.drop(name_of(cast.settings))


@pytest.fixture
def with_budget(settings: VaultSettings) -> Callable[[str, tuple[int, int, int, int]], VaultSettings]:
    def change(role: str, capacity: tuple[int, int, int, int]) -> VaultSettings:
        return replace(settings, budgets={**settings.budgets, role: capacity})

    return change
