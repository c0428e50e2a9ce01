"""Settings with which nothing starts, and the sentence that each gets."""

import pytest
from pytest_django.fixtures import Settings

from colloque.config.checks import find_unsafe, refuse_unsafe

GOOD = {
    "DEBUG": False,
    "COLLOQUE_SECRET_KEY": "Zr4tP9v-qLx7Yw2sKf8uHd3jNb6mCe1aGo5iTz0",
    "COLLOQUE_ORIGIN": "https://rdv.example.fr",
    "COLLOQUE_VAULT_URL": "http://127.0.0.1:8001",
    "COLLOQUE_SMTP_URL": "smtps://user:word@mail.example.fr",
    "COLLOQUE_TURN_URL": "",
    "COLLOQUE_TURN_SECRET": "",
    "COLLOQUE_EMBEDDED": False,
    "COLLOQUE_BIND": "127.0.0.1",
    "COLLOQUE_WEB_PROCESSES": 1,
    "COLLOQUE_VALKEY_URL": "",
}


@pytest.fixture(autouse=True)
def good(settings: Settings) -> None:
    for name, value in GOOD.items():
        setattr(settings, name, value)


def test_good_settings_start() -> None:
    assert list(find_unsafe()) == []
    refuse_unsafe()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DEBUG": True}, ["debug"]),
        ({"COLLOQUE_SECRET_KEY": ""}, ["secret"]),
        ({"COLLOQUE_SECRET_KEY": "short"}, ["secret"]),
        ({"COLLOQUE_SECRET_KEY": "a" * 60}, ["secret"]),
        ({"COLLOQUE_SECRET_KEY": "changeme-0123456789-abcdefghijklmnop"}, ["secret"]),
        ({"COLLOQUE_ORIGIN": "http://rdv.example.fr"}, ["origin"]),
        ({"COLLOQUE_ORIGIN": "https://rdv.example.fr/app"}, ["origin"]),
        ({"COLLOQUE_ORIGIN": "rdv.example.fr"}, ["origin"]),
        ({"COLLOQUE_VAULT_URL": "http://vault.example.fr"}, ["vault"]),
        ({"COLLOQUE_VAULT_URL": "127.0.0.1:8001"}, ["vault"]),
        ({"COLLOQUE_TURN_URL": "turn:turn.example.fr"}, ["turn"]),
        ({"COLLOQUE_TURN_URL": "turn:turn.example.fr", "COLLOQUE_TURN_SECRET": "short"}, ["turn"]),
        ({"COLLOQUE_SMTP_URL": "smtp://mail.example.fr"}, ["smtp"]),
        ({"COLLOQUE_SMTP_URL": "mail.example.fr:25"}, ["smtp"]),
        ({"COLLOQUE_WEB_PROCESSES": 2}, ["valkey"]),
        ({"COLLOQUE_EMBEDDED": True}, ["embedded"]),
        ({"COLLOQUE_EMBEDDED": True, "COLLOQUE_ORIGIN": "http://localhost:8000", "COLLOQUE_BIND": "0.0.0.0"}, ["embedded"]),
    ],
)  # fmt: skip
def test_an_unsafe_one_is_refused(settings: Settings, changes: dict[str, object], words: list[str]) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert [word for word, _ in find_unsafe()] == words
    with pytest.raises(SystemExit, match="does not start"):
        refuse_unsafe()


def test_every_reason_is_told_at_once_and_no_secret_is_repeated(settings: Settings) -> None:
    settings.DEBUG = True
    settings.COLLOQUE_SECRET_KEY = "hunter2"
    settings.COLLOQUE_ORIGIN = "http://rdv.example.fr"
    with pytest.raises(SystemExit) as refused:
        refuse_unsafe()
    told = str(refused.value)
    assert told.count("\n  - ") == 3
    assert "hunter2" not in told
