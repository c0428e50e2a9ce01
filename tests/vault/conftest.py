"""A fresh vault database for each test, a vault that runs over it, and a check of the log after each."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from colloque.kernel import clock
from colloque.ledger.export import export
from colloque.ledger.verify import Report, verify
from colloque.vault import kek, service, store
from colloque.vault.client import VaultClient
from colloque.vault.settings import VaultSettings
from tests.vault.cast import Cast, Time, running


@pytest.fixture
def settings(vault_database: str, tmp_path: Path) -> VaultSettings:
    key_file = tmp_path / "kek"
    kek.make_key_file(key_file)
    return VaultSettings(database_url=vault_database, kek_file=key_file, origin="test.example/ledger")


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
    with running(settings) as url, closing(VaultClient(url, services["web"])) as web:
        people = Cast(url, settings, web, services, time)
        with closing(people.http):
            yield people
    check_log()


@pytest.fixture
def with_budget(settings: VaultSettings) -> Callable[[str, tuple[int, int, int, int]], VaultSettings]:
    def change(role: str, capacity: tuple[int, int, int, int]) -> VaultSettings:
        return replace(settings, budgets={**settings.budgets, role: capacity})

    return change
