"""Someone who holds a list of addresses and asks, of each, whether it has an account here."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from colloque.kernel.encoding import b64u_encode
from colloque.kernel.ids import new_id
from colloque.vault.client import VaultClient
from tests.accounts.person import Person

CodeOf = Callable[[str], str]


@pytest.fixture
def paul(code_of: CodeOf) -> Person:
    """A person with a passphrase."""
    return Person().sign_up(code_of, passphrase=True)


class Calls:
    """Counts what is asked of the vault."""

    def __init__(self, client: VaultClient, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[str] = []
        for name in ("blind_index", "unlock", "sign_in", "state", "set_factors"):
            monkeypatch.setattr(client, name, self.counting(name, getattr(client, name)))

    def counting(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **how: Any) -> Any:
            self.made.append(name)
            return call(*args, **how)

        return counted


@pytest.mark.parametrize("path", ["salt", "passphrase", "recovery"])
def test_a_stranger_gets_the_answer_and_the_work_of_a_wrong_secret(
    path: str, paul: Person, vault: VaultClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(vault, monkeypatch)
    seen = []
    for email in (paul.email, Person().email):
        body = {
            "email": email,
            "method": new_id(),
            "sign_in_secret": b64u_encode(b"x" * 32),
            "totp": "123456",
        }
        calls.made.clear()
        with CaptureQueriesContext(connection) as queries:
            response = Person().client.post(f"/api/sign-in/{path}", body, content_type="application/json")
        shapes = [q["sql"].split(" WHERE ")[0] for q in queries.captured_queries]
        content = {name: len(str(value)) for name, value in response.json().items()}
        seen.append((response.status_code, content, dict(response.headers), shapes, list(calls.made)))
        if path != "salt":
            assert response.json()["error"] == "sign-in-refused"
    assert seen[0] == seen[1]


def test_a_strangers_salt_is_always_the_same_and_unlike_anothers(paul: Person) -> None:
    stranger, other = Person().email, Person().email
    first = paul.ok("sign-in/salt", {"email": stranger})
    assert first == paul.ok("sign-in/salt", {"email": f" {stranger.upper()} "})
    assert first["salt"] != paul.ok("sign-in/salt", {"email": other})["salt"]
    assert first["argon2"] == paul.ok("sign-in/salt", {"email": paul.email})["argon2"]


def test_an_account_without_a_passphrase_answers_as_a_stranger_does(alice: Person) -> None:
    asked = alice.ok("sign-in/salt", {"email": alice.email})
    assert asked == alice.ok("sign-in/salt", {"email": alice.email})
    assert not {asked["method"]} & {one["id"] for one in alice.methods}


def test_ten_tries_an_hour_for_a_stranger_as_for_anyone(paul: Person) -> None:
    for email in (paul.email, Person().email):
        body = {
            "email": email,
            "method": new_id(),
            "sign_in_secret": b64u_encode(b"x" * 32),
            "totp": "123456",
        }
        told = [paul.post("sign-in/passphrase", body)[0] for _ in range(11)]
        assert told == [403] * 10 + [429]


def test_signing_up_answers_an_account_and_a_stranger_alike(paul: Person) -> None:
    seen = []
    for email in (paul.email, Person().email):
        response = Person().client.post(
            "/api/sign-up/start", {"email": email}, content_type="application/json"
        )
        told = (
            {name: type(value).__name__ for name, value in response.json().items()}
            if response.content
            else {}
        )
        seen.append((response.status_code, told, sorted(response.headers)))
    assert seen[0] == seen[1]
