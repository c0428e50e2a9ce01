"""Settings that the vault refuses to start with."""

import os
from pathlib import Path

import pytest

from colloque.vault import commands, kek, principal
from colloque.vault.settings import UnsafeSetting, from_env

GOOD = {"COLLOQUE_VAULT_DATABASE_URL": "dbname=x", "COLLOQUE_VAULT_KEK_FILE": "/nowhere"}


def test_a_budget_is_read_by_role() -> None:
    settings = from_env({**GOOD, "COLLOQUE_BUDGET_PRACTITIONER": "minute=1,hour=2,day=3,month=4"})
    assert settings.budgets["practitioner"] == (1, 2, 3, 4)


@pytest.mark.parametrize(
    "change",
    [
        {"COLLOQUE_VAULT_KEK_FILE": ""},
        {"COLLOQUE_BUDGET_PATIENT": "minute=1"},
        {"COLLOQUE_BUDGET_PATIENT": "minute=a,hour=2,day=3,month=4"},
        {"COLLOQUE_GRANT_DELAY": "0"},
        {"COLLOQUE_CLOCK_WINDOW": "-5"},
        {"COLLOQUE_LEDGER_ORIGIN": "two words"},
    ],
)
def test_it_refuses_an_unsafe_setting_by_its_name(change: dict[str, str]) -> None:
    with pytest.raises(UnsafeSetting, match=next(iter(change))):
        from_env({**GOOD, **change})


def test_the_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    assert "Key made" in commands.init(path)
    assert "already" in commands.init(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(UnsafeSetting, match="chmod 600"):
        kek.open_key_file(path)
    with pytest.raises(UnsafeSetting, match="can't be read"):
        kek.open_key_file(tmp_path / "none")


def test_a_key_file_of_another_length_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    with pytest.raises(UnsafeSetting, match="0 bytes"):
        kek.open_key_file(path)


def test_what_is_wrapped_opens_in_its_context_alone() -> None:
    keeper = kek.FileKek(b"k" * 32)
    wrapped = keeper.wrap(b"secret", b"here")
    assert keeper.unwrap(wrapped, b"here") == b"secret"
    for broken in ((wrapped, b"there"), (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), b"here")):
        with pytest.raises(kek.WrongKek):
            keeper.unwrap(*broken)


def test_a_service_key_is_kept_and_read_back(tmp_path: Path) -> None:
    held, path = principal.make("web"), tmp_path / "web.json"
    principal.save(held, path)
    assert principal.load(path).public_key() == held.public_key()
    path.chmod(0o644)
    with pytest.raises(UnsafeSetting, match="chmod 600"):
        principal.load(path)
