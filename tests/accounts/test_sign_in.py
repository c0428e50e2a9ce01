"""Signing in: three ways, one refusal, no difference between a stranger and someone with an account."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from colloque.accounts import limits
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.ids import new_id
from colloque.vault.client import VaultClient
from tests.accounts.person import Authenticator, Person

CodeOf = Callable[[str], str]


@pytest.fixture
def paul(code_of: CodeOf) -> Person:
    """A person with a passphrase."""
    return Person().sign_up(code_of, passphrase=True)


def test_a_passkey_signs_in_and_leaves_its_line(alice: Person, lines: Any) -> None:
    alice.client.cookies.clear()
    status, answer = alice.sign_in_by_passkey()
    assert (status, answer["person"]) == (200, alice.person)
    assert lines(alice.person)[-1] == "sign-in"
    assert alice.get("session")[1]["session"] == answer["session"]


def test_a_passphrase_with_its_code_signs_in(paul: Person, lines: Any) -> None:
    status, answer = paul.sign_in_by_passphrase()
    assert (status, answer["person"]) == (200, paul.person)
    assert lines(paul.person)[-2:] == ["unlock", "sign-in"]


def test_a_recovery_code_signs_in(alice: Person) -> None:
    alice.client.cookies.clear()
    status, answer = alice.sign_in_by_recovery()
    assert (status, answer["person"]) == (200, alice.person)


def test_a_new_cookie_and_csrf_token_come_with_signing_in(alice: Person) -> None:
    alice.ok("sign-in/passkey/options")
    before = alice.client.cookies["colloque"].value
    alice.sign_in_by_passkey()
    assert alice.client.cookies["colloque"].value != before
    assert alice.client.cookies["csrftoken"].value


@pytest.mark.parametrize(
    "change",
    [{"sign_in_secret": b64u_encode(bytes(32))}, {"totp": "000000"}, {"totp": ""}, {"method": new_id()}],
)
def test_a_wrong_passphrase_code_or_method_is_one_refusal(
    paul: Person, change: dict[str, str], lines: Any
) -> None:
    status, answer = paul.sign_in_by_passphrase(**change)
    assert (status, answer["error"]) == (403, "sign-in-refused")
    assert lines(paul.person)[-1] == "unlock-refused"


def test_a_totp_counts_once(paul: Person) -> None:
    at = clock.now()
    with clock.reading(lambda: at):
        assert paul.sign_in_by_passphrase()[0] == 200
        assert paul.sign_in_by_passphrase()[1]["error"] == "sign-in-refused"


def test_a_frozen_person_is_refused_as_anyone_is(paul: Person, vault: VaultClient) -> None:
    vault.freeze("person", paul.person)
    assert paul.sign_in_by_passphrase()[1]["error"] == "sign-in-refused"


def test_a_challenge_is_good_once(alice: Person) -> None:
    credential = alice.authenticator.get(alice.ok("sign-in/passkey/options"))
    assert alice.post("sign-in/passkey", {"credential": credential})[0] == 200
    assert alice.post("sign-in/passkey", {"credential": credential})[1]["error"] == "passkey-refused"


def test_a_challenge_of_another_browser_is_refused(alice: Person) -> None:
    credential = alice.authenticator.get(Person().ok("sign-in/passkey/options"))
    assert alice.post("sign-in/passkey", {"credential": credential})[1]["error"] == "passkey-refused"


def test_an_unknown_passkey_and_a_forged_one_get_the_same_refusal(alice: Person, lines: Any) -> None:
    forged = Authenticator(credential_id=alice.authenticator.credential_id)
    answers = []
    for authenticator in (Authenticator(), forged):
        browser = Person()
        credential = authenticator.get(browser.ok("sign-in/passkey/options"))
        answers.append(browser.post("sign-in/passkey", {"credential": credential}))
    assert answers[0] == answers[1]
    assert lines(alice.person)[-1] == "sign-in-refused"


@pytest.mark.parametrize("credential", [{}, {"rawId": "%%"}, {"rawId": "AAAA", "response": 3}, [], "x"])
def test_odd_credentials_are_refused_and_break_nothing(credential: object) -> None:
    status, answer = Person().post("sign-in/passkey", {"credential": credential})
    assert status in (400, 403) and answer["message"]


def test_a_network_that_tries_too_often_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SIGN_INS_PER_NETWORK", limits.Limit("sign-in-network", 0))
    assert Person().post("sign-in/salt", {"email": "a@exemple.fr"})[0] == 429


def test_a_ledger_that_does_not_answer_lets_no_one_in(
    alice: Person, vault: VaultClient, monkeypatch: Any
) -> None:
    from colloque.vault.errors import Unavailable

    def refuse(*args: Any, **how: Any) -> None:
        raise Unavailable

    alice.client.cookies.clear()
    monkeypatch.setattr(vault, "sign_in", refuse)
    assert alice.sign_in_by_passkey()[0] == 503
    assert alice.get("session")[0] == 401


def test_signing_out_clears_the_browser(alice: Person) -> None:
    response = alice.client.post("/api/sign-out", {}, content_type="application/json")
    assert response.status_code == 204
    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert alice.get("session")[0] == 401


def test_signing_out_everywhere_ends_every_session(alice: Person) -> None:
    other = Person(alice.email)
    other.authenticator = alice.authenticator
    assert other.sign_in_by_passkey()[0] == 200
    alice.ok("sign-out/everywhere")
    assert (alice.get("session")[0], other.get("session")[0]) == (401, 401)


def test_grave_acts_ask_again_after_a_while(alice: Person) -> None:
    at = clock.now()
    with clock.reading(lambda: at + timedelta(minutes=20)):
        assert alice.post("passkeys/options")[1]["error"] == "prove-again"
        options = alice.ok("sign-in/passkey/options")
        alice.ok("prove", {"credential": alice.authenticator.get(options)})
        assert alice.post("passkeys/options")[0] == 200


def test_another_persons_passkey_proves_nothing(alice: Person, chen: Person) -> None:
    options = chen.ok("sign-in/passkey/options")
    status, answer = chen.post("prove", {"credential": alice.authenticator.get(options)})
    assert (status, answer["error"]) == (403, "passkey-refused")
