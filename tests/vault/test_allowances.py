"""What widens a budget: two managers' word, a quota, one more use of a passkey. Never one person's word alone."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from colloque.client.authenticator import Authenticator
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.ids import new_id
from colloque.vault.principal import Principal
from colloque.vault.settings import VaultSettings
from colloque.vault.step_up import challenge_of
from tests.vault.cast import Cast

ORIGIN = "https://rdv.example.org"
REASON = "a reason long enough to be one"


@pytest.fixture
def settings(settings: VaultSettings) -> VaultSettings:
    # Break-glass costs ten: two openings fit each window.
    return replace(settings, budgets={**settings.budgets, "practitioner": (20,) * 4}, web_origin=ORIGIN)


def later(cast: Cast, **by: int) -> str:
    return clock.to_wire(cast.time.at + timedelta(**by))


def together(cast: Cast, kind: str, *by: Principal, **fields: Any) -> dict[str, Any]:
    first, *others = by
    said = first.say(kind, practice=cast.practice, until=later(cast, hours=1), **fields)
    for other in others:
        said = other.agree(said)
    return said


def opened(cast: Cast, by: Principal, files: list[str], **fields: Any) -> int:
    """How many of these files the vault opens, asked one after the other."""
    fields = {"reason": REASON, **fields}
    asked = [cast.ask(by, (file, "identity"), **fields).envelope for file in files]
    return sum(cast.post("release", said).status_code == 200 for said in asked)


def test_two_managers_change_a_practices_capacity_and_one_does_not(cast: Cast) -> None:
    wider = {"role": "practitioner", "minute": 40, "hour": 50, "day": 50, "month": 50}
    files = cast.many_files(8)
    assert cast.error(together(cast, "capacity", cast.manon, **wider)) == (403, "needs-second")
    assert cast.error(together(cast, "capacity", cast.manon, cast.bose, **wider)) == (403, "not-allowed")
    cast.join(cast.chen, "manager", "practitioner")
    shrinking = {**wider, "hour": 30}
    assert cast.error(together(cast, "capacity", cast.manon, cast.chen, **shrinking)) == (400, "malformed")
    cast.state(together(cast, "capacity", cast.manon, cast.chen, **wider))
    assert opened(cast, cast.bose, files) == 4
    (line,) = cast.lines("capacity")
    assert line["detail"] == {**wider, "agreed": cast.chen.person}
    cast.state(together(cast, "capacity", cast.chen, cast.manon, **{**wider, "role": "practice"}))
    cast.time.at += timedelta(minutes=2)
    assert opened(cast, cast.bose, files[4:]) == 1, "the hour's fifty"
    assert opened(cast, cast.chen, files[4:]) == 0, "which are the practice's too"


def test_a_quota_is_for_one_person_one_purpose_a_number_and_a_time(cast: Cast) -> None:
    cast.join(cast.chen, "manager", "practitioner")
    files = cast.many_files(6)
    work = {"member": cast.bose.person, "purpose": "migration", "records": 4, "ends_at": later(cast, hours=5)}
    assert cast.error(together(cast, "quota", cast.manon, **work)) == (403, "needs-second")
    assert cast.error(together(cast, "quota", cast.manon, cast.chen, **{**work, "purpose": "care"})) == (
        400, "malformed",
    )  # fmt: skip
    cast.state(together(cast, "quota", cast.manon, cast.chen, **work))
    assert cast.refused(cast.bose, (files[0], "identity"), purpose="migration") == (403, "relation")
    asked = [(file, "identity") for file in files]
    answer = cast.open(cast.bose, *asked, purpose="migration", reason=REASON)
    assert len(answer.turns) == 4, "a number"
    assert opened(cast, cast.bose, files[:4], purpose="migration") == 4, "each counts once"
    assert {line["detail"]["quota"] for line in cast.lines("release")} == {cast.lines("quota")[0]["id"]}
    assert opened(cast, cast.bose, files) == 2, "another purpose is paid from the budget, which it left whole"
    assert opened(cast, cast.chen, files, purpose="migration") == 2, "another person has none"
    cast.time.at += timedelta(hours=6)
    assert opened(cast, cast.bose, files[2:4], purpose="migration") == 0, "a time"


def add_passkey(cast: Cast, who: Principal) -> Authenticator:
    passkey = Authenticator(ORIGIN)
    numbers = passkey.key.public_key().public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    credential = b64u_encode(passkey.credential_id)
    said = without_device(who).say_as_identity(
        "passkey", credential=credential, public_key=b64u_encode(point)
    )
    cast.state(said)
    return passkey


def without_device(who: Principal) -> Principal:
    return replace(who, device=None)  # type: ignore[arg-type]  what the identity says alone names no device


def stepping(who: Principal, passkey: Authenticator, **changed: Any) -> dict[str, Any]:
    statement = new_id()
    challenge = b64u_encode(challenge_of(changed.pop("bound_to", statement), who.device))
    answer = passkey.get({"challenge": challenge})
    response = answer["response"]
    fields = {
        "credential": answer["id"], "client_data": response["clientDataJSON"],
        "authenticator_data": response["authenticatorData"], "signature": response["signature"],
    }  # fmt: skip
    return who.say("step-up", id=statement, **{**fields, **changed})


def test_a_step_up_buys_one_more_bucket_and_the_next_exhaustion_freezes(cast: Cast) -> None:
    passkey = add_passkey(cast, cast.bose)
    files = cast.many_files(6)
    cast.time.at += timedelta(hours=73)
    assert opened(cast, cast.bose, files[:3]) == 2
    refused = cast.post("release", cast.ask(cast.bose, (files[2], "identity"), reason=REASON).envelope)
    assert refused.json()["level"] == "device", (
        "who asks learns whose room is used up, and so what would help"
    )
    cast.state(stepping(cast.bose, passkey))
    assert cast.error(stepping(cast.bose, passkey)) == (409, "conflict"), "one, not two"
    asked = [(file, "identity") for file in files[2:]]
    answer = cast.open(cast.bose, *asked, reason=REASON)
    assert len(answer.turns) == 2
    assert [entry["error"] for entry in answer.refused] == ["budget", "frozen"]
    assert answer.refused[0]["level"] == "device"
    assert len(answer.receipt["lines"]) == 4
    (line,) = cast.lines("budget-freeze")
    assert (line["actor"], line["target"]) == (cast.bose.person, cast.bose.person)
    assert cast.refused(cast.bose, (files[0], "identity"), reason=REASON) == (423, "frozen")
    assert opened(cast, cast.chen, files) == 2, "the others go on"


def test_only_a_passkey_registered_days_ago_and_used_for_this_steps_up(cast: Cast) -> None:
    passkey = add_passkey(cast, cast.bose)
    assert cast.error(stepping(cast.bose, passkey)) == (403, "too-soon")
    cast.time.at += timedelta(hours=73)
    wrong = (403, "wrong")
    assert cast.error(stepping(cast.bose, passkey, bound_to=new_id())) == wrong, "another statement's"
    passkey.flags = 0x01
    assert cast.error(stepping(cast.bose, passkey)) == wrong, "nobody was verified"
    passkey.flags, passkey.host = 0x05, "elsewhere.example"
    assert cast.error(stepping(cast.bose, passkey)) == wrong, "another site's"
    passkey.host = ""
    assert cast.error(stepping(cast.chen, passkey)) == (404, "not-found"), "another person's"
    other = replace(passkey, key=Authenticator(ORIGIN).key)
    assert cast.error(stepping(cast.bose, other)) == wrong, "another key's"
    by_device = cast.bose.say("passkey", credential="AAAA", public_key=b64u_encode(b"\x04" + bytes(64)))
    assert cast.error(by_device)[0] == 403, "a device alone registers none"
    cast.state(stepping(cast.bose, passkey))
    assert json.dumps(cast.lines("step-up")[0]).count(b64u_encode(passkey.credential_id)) == 0
