"""A real vault beside Django's database, and a letter box."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from colloque.accounts import letters, vault_door
from colloque.ledger.export import export
from colloque.ledger.verify import Report, verify
from colloque.vault import kek, service, store
from colloque.vault.client import VaultClient
from colloque.vault.settings import VaultSettings
from tests.accounts.person import Person
from tests.care import forget_clients
from tests.vault.cast import read_log, running


@pytest.fixture(scope="session")
def vault_settings(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> VaultSettings:
    key_file = tmp_path_factory.mktemp("vault") / "kek"
    kek.make_key_file(key_file)
    url = postgres.url(postgres.create())
    store.migrate(url)
    return VaultSettings(
        database_url=url, kek_file=key_file, origin="test.example/ledger", lookups_per_hour=10**6
    )


@pytest.fixture(scope="session")
def vault_url(vault_settings: VaultSettings) -> Iterator[str]:
    with running(vault_settings) as url:
        yield url


@pytest.fixture(scope="session")
def web_key(vault_settings: VaultSettings) -> Path:
    key_file = vault_settings.kek_file.parent / "web.json"
    service.enrol(vault_settings, "web", key_file)
    return key_file


@pytest.fixture(autouse=True)
def vault(web_key: Path, vault_url: str, db: None, settings: Settings) -> Iterator[VaultClient]:
    """Every test talks to the real vault, through the web's own door."""
    settings.COLLOQUE_VAULT_URL, settings.COLLOQUE_WEB_KEY = vault_url, web_key
    forget_clients()
    yield vault_door.vault()
    forget_clients()


@pytest.fixture
def check_log(vault_settings: VaultSettings, tmp_path: Path) -> Callable[[], Report]:
    def check() -> Report:
        folder = tmp_path / os.urandom(4).hex()
        export(vault_settings.database_url, folder, *store.read_export_keys(vault_settings))
        return verify(folder)

    return check


@pytest.fixture
def lines(vault_settings: VaultSettings) -> Callable[[str], list[str]]:
    """Kinds of the lines about a person, in order."""

    def read(person: str) -> list[str]:
        return [
            line["kind"]
            for line in read_log(vault_settings.database_url)
            if person in (line.get("subject"), line.get("target"), line.get("actor"))
        ]

    return read


@pytest.fixture
def code_of() -> Callable[[str], str]:
    """Read the code in the newest letter to an address."""

    def read(address: str) -> str:
        letters.settle()
        letter = [one for one in mail.outbox if one.to == [address]][-1]
        found = re.search(r"\b(\d{3}) (\d{3})\b", str(letter.body))
        assert found, letter.body
        return found[1] + found[2]

    return read


@pytest.fixture
def alice(code_of: Callable[[str], str]) -> Person:
    return Person().sign_up(code_of)


@pytest.fixture
def chen(code_of: Callable[[str], str]) -> Person:
    """Another person with an account of her own, who must see nothing."""
    return Person().sign_up(code_of)
