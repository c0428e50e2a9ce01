"""Browsers, passkeys and other ways in: one's own, listed, added, removed; never another's, never too few."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from colloque.accounts.models import Device, Method
from colloque.kernel.encoding import b64u_decode
from colloque.kernel.ids import new_id
from colloque.vault.client import VaultClient
from tests.accounts.person import Authenticator, Person

CodeOf = Callable[[str], str]

SIGNED_OUT = [
    ("get", "session"), ("get", "devices"), ("post", "devices"), ("post", "devices/revoke"), ("post", "devices/rename"),
    ("get", "methods"), ("post", "methods"), ("post", "methods/factors"), ("post", "methods/remove"),
    ("get", "passkeys"), ("post", "passkeys"), ("post", "passkeys/options"), ("post", "passkeys/rename"),
    ("post", "passkeys/remove"), ("post", "prove"), ("post", "sessions/end"), ("post", "sign-out/everywhere"),
    ("get", "practices"), ("post", "practices"), ("post", "duty"), ("get", "people?ids="),
]  # fmt: skip


@pytest.mark.parametrize(("how", "path"), SIGNED_OUT)
def test_who_is_not_signed_in_is_told_so(how: str, path: str) -> None:
    stranger = Person()
    status, answer = stranger.get(path) if how == "get" else stranger.post(path)
    assert (status, answer["error"]) == (401, "signed-out")


def second_browser(alice: Person) -> Person:
    other = Person(alice.email)
    other.authenticator, other.code = alice.authenticator, alice.code
    other.use(alice.person, alice.root)
    assert other.sign_in_by_passkey()[0] == 200
    return other


def test_another_browser_is_enrolled_after_signing_in(alice: Person, lines: Any) -> None:
    other = second_browser(alice)
    other.ok("devices", {"device_statement": other.device_statement(), "label": "Tablette"})
    listed = other.get("devices")[1]
    assert {(one["id"], one["current"]) for one in listed["devices"]} == {
        (alice.device, False),
        (other.device, True),
    }
    assert len(listed["sessions"]) == 2
    assert lines(alice.person)[-1] == "device-enrolled"


def test_a_browser_enrolled_before_is_used_again(alice: Person) -> None:
    alice.sign_in_by_passkey()
    assert "device" not in alice.get("session")[1]
    alice.ok("devices", {"device": alice.device})
    assert alice.get("session")[1]["device"] == alice.device


def test_a_device_without_the_persons_identity_is_refused(alice: Person, chen: Person) -> None:
    chen.new_device()
    chen.person = alice.person  # says to be Alice, and signs with her own identity
    status, answer = chen.post("devices", {"device_statement": chen.device_statement()})
    assert (status, answer["error"]) == (409, "wrong-person")
    stolen = Person(alice.email)  # a session of Alice's, without her keys
    stolen.authenticator = alice.authenticator
    stolen.sign_in_by_passkey()
    stolen.use(alice.person, secrets.token_bytes(32))
    status, answer = stolen.post("devices", {"device_statement": stolen.device_statement()})
    assert (status, answer["error"]) == (403, "signature")
    assert Device.objects.filter(account_id=alice.person).count() == 1


def test_revoking_a_browser_ends_its_sessions(alice: Person, lines: Any) -> None:
    other = second_browser(alice)
    other.ok("devices", {"device_statement": other.device_statement(), "label": "Tablette"})
    alice.ok("devices/revoke", {"statement": alice.say("device-revoke", target=other.device)})
    assert other.get("session")[0] == 401
    assert alice.get("session")[0] == 200
    assert lines(alice.person)[-1] == "device-revoked"
    assert next(one for one in alice.get("devices")[1]["devices"] if one["id"] == other.device)["revoked"]


def test_another_persons_browser_does_not_exist(alice: Person, chen: Person) -> None:
    assert (
        chen.post("devices/revoke", {"statement": chen.say("device-revoke", target=alice.device)})[0] == 404
    )
    assert chen.post("devices/rename", {"device": alice.device, "label": "x"})[0] == 404
    assert chen.post("devices", {"device": alice.device})[0] == 404
    chen.ok("sessions/end", {"session": alice.get("session")[1]["session"]})
    assert alice.get("session")[0] == 200


def test_a_second_passkey_is_added_named_and_removed(alice: Person) -> None:
    alice.authenticator = Authenticator()
    options = alice.ok("passkeys/options", {"name": alice.email})
    assert len(options["excludeCredentials"]) == 1
    method = alice.passkey_method()
    credential = alice.authenticator.create(options)
    alice.ok("passkeys", {"method": method, "credential": credential, "label": "Clé"})
    alice.ok("passkeys/rename", {"method": method["id"], "label": "Clé bleue"})
    assert [one["label"] for one in alice.get("passkeys")[1]["passkeys"]] == ["Téléphone", "Clé bleue"]
    assert alice.sign_in_by_passkey()[0] == 200
    alice.ok("passkeys/remove", {"method": method["id"]})
    assert alice.sign_in_by_passkey()[1]["error"] == "passkey-refused"


def test_the_last_two_methods_stay(alice: Person) -> None:
    for one in alice.methods:
        path = "passkeys/remove" if one["kind"] == "passkey" else "methods/remove"
        assert alice.post(path, {"method": one["id"]})[1]["error"] == "too-few-methods"


def test_a_new_recovery_sheet_takes_the_place_of_the_old(alice: Person) -> None:
    old = Person(alice.email)
    old.code, alice.code = alice.code, secrets.token_bytes(16)
    method = new_id()
    alice.ok("methods/factors", alice.recovery_factors(method))
    alice.ok("methods", {"method": alice.recovery_method(method)})
    assert [one["kind"] for one in alice.get("methods")[1]["methods"]].count("recovery") == 1
    assert old.sign_in_by_recovery()[1]["error"] == "sign-in-refused"
    assert alice.sign_in_by_recovery()[0] == 200


def test_a_passphrase_is_added_later(alice: Person) -> None:
    salt, method = secrets.token_bytes(16), new_id()
    stretched = alice.stretched(salt)
    share = b64u_decode(alice.ok("methods/factors", alice.passphrase_factors(method, stretched))["share"])
    alice.ok("methods", {"method": alice.passphrase_method(method, stretched, salt, share)})
    assert alice.sign_in_by_passphrase()[0] == 200


def test_a_method_without_its_factors_is_refused(alice: Person) -> None:
    assert alice.post("methods", {"method": alice.recovery_method(new_id())})[1]["error"] == "malformed"


def test_a_session_does_not_change_anothers_methods(alice: Person, chen: Person) -> None:
    theirs = next(one for one in alice.methods if one["kind"] == "recovery")
    assert chen.post("methods/remove", {"method": theirs["id"]})[0] == 404
    assert chen.post("passkeys/rename", {"method": theirs["id"], "label": "x"})[0] == 404
    # An id of Alice's is refused by the database, even with keys of Chen's own.
    chen.ok("methods/factors", chen.recovery_factors(theirs["id"]))
    assert chen.post("methods", {"method": chen.recovery_method(theirs["id"])})[0] == 409
    assert Method.objects.get(id=theirs["id"]).wire == theirs


def test_a_method_sealed_for_another_person_is_refused(alice: Person, chen: Person) -> None:
    method = new_id()
    chen.ok("methods/factors", chen.recovery_factors(method))
    chen.use(alice.person, chen.root)
    assert chen.post("methods", {"method": chen.recovery_method(method)})[1]["error"] == "malformed"


def test_the_vault_keeps_the_first_key_of_a_person(alice: Person, vault: VaultClient) -> None:
    """Attack: a person statement for Alice's id with other keys."""
    from colloque.vault.errors import Exists

    mallory = Person()
    mallory.use(alice.person, mallory.root)
    with pytest.raises(Exists):
        vault.state(mallory.person_statement())
