"""A real vault beside Django's database, and a letter box."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core import mail

from colloque.accounts import letters, vault_door
from colloque.ledger.export import export
from colloque.ledger.verify import Report, verify
from colloque.vault import kek, service, store
from colloque.vault.client import VaultClient
from colloque.vault.settings import VaultSettings
from tests.accounts.person import Person
from tests.vault.cast import running


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
def web_client(vault_settings: VaultSettings, vault_url: str) -> Iterator[VaultClient]:
    principal = service.enrol(vault_settings, "web", vault_settings.kek_file.parent / "web.json")
    client = VaultClient(vault_url, principal)
    yield client
    client.close()


@pytest.fixture(autouse=True)
def vault(web_client: VaultClient, db: None, monkeypatch: pytest.MonkeyPatch) -> VaultClient:
    """Every test talks to the real vault."""
    monkeypatch.setattr(vault_door, "vault", lambda: web_client)
    for name in ("sign_up", "sign_in", "devices", "practices"):
        monkeypatch.setattr(f"colloque.accounts.{name}.vault", lambda: web_client)
    return web_client


@pytest.fixture
def check_log(vault_settings: VaultSettings, tmp_path: Path) -> Callable[[], Report]:
    def check() -> Report:
        folder = tmp_path / os.urandom(4).hex()
        export(vault_settings.database_url, folder, store.read_vkey(vault_settings))
        return verify(folder)

    return check


@pytest.fixture
def lines(vault_settings: VaultSettings) -> Callable[[str], list[str]]:
    """Kinds of the lines about a person, in order."""

    def read(person: str) -> list[str]:
        with psycopg.connect(vault_settings.database_url) as connection:
            rows = connection.execute("SELECT body FROM ledger_line ORDER BY seq").fetchall()
        told = [json.loads(body) for (body,) in rows]
        return [
            line["kind"]
            for line in told
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
