"""The recovery sheet of a practice is taken back: by who holds it, told to all members, in force after the delay."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from colloque.envelope import recovery_code, statement, unlock
from colloque.envelope.recovery_code import SheetKey
from colloque.envelope.sealed_key import Recipient, seal_key
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.ids import new_id
from tests.accounts.person import Person
from tests.accounts.practice import PracticeKeys, add_member, open_practice

CodeOf = Callable[[str], str]
PROFILE = {"given": "Odile", "family": "Marin", "profession": "Associée"}


@pytest.fixture
def house(code_of: CodeOf) -> tuple[Person, PracticeKeys]:
    return open_practice(code_of)


def found(who: Person, code: bytes) -> tuple[int, Any]:
    key = SheetKey.from_code(code)
    said = {"id": new_id(), "at": clock.to_wire(clock.now()), "sheet_key": b64u_encode(key.public_key)}
    return who.post("sheet/find", {"statement": statement.sign("sheet-find", said, statement.as_sheet(key))})


def say(who: Person, keys: PracticeKeys, step: str, **fields: Any) -> dict[str, Any]:
    body = {"id": new_id(), "at": clock.to_wire(clock.now()), "person": who.person, "device": who.device}
    signers = (who.as_device(), statement.as_sheet(SheetKey.from_code(keys.code)))
    return statement.sign("reopen", {**body, "practice": keys.id, "step": step, **fields}, *signers)


def come(code_of: CodeOf, keys: PracticeKeys) -> Person:
    odile = Person(kind="professional")
    odile.verify_address(code_of)
    assert found(odile, keys.code)[0] == 200
    odile.ok("sheet/account", {**odile.registration(), **PROFILE})
    return odile


def ask(odile: Person, keys: PracticeKeys, *, days: int) -> tuple[int, Any]:
    assert found(odile, keys.code)[0] == 200
    not_before = clock.to_wire(clock.now() + timedelta(days=days))
    return odile.post("sheet/reopen", {"statement": say(odile, keys, "ask", not_before=not_before)})


def test_the_sheet_makes_a_manager_who_opens_what_was_sealed(
    house: Any, code_of: CodeOf, lines: Any, check_log: Any
) -> None:
    manon, keys = house
    odile = come(code_of, keys)
    assert ask(odile, keys, days=4)[0] == 201
    jobs = ProcrastinateJob.objects.filter(task_name="notifications.notify", args__letter="reopening")
    assert [job.args["person"] for job in jobs] == [manon.person]
    told = manon.get(f"practices/{keys.id}/members")[1]["reopenings"]
    assert [(one["person"], one["family"]) for one in told] == [(odile.person, "Marin")]
    assert odile.get(f"practices/{keys.id}/seeds")[0] == 404
    real = clock._source
    with clock.reading(lambda: real() + timedelta(days=5)):
        odile.client = Client()  # three days later the session is over
        assert odile.sign_in_by_passkey()[0] == 200
        odile.ok("devices", {"device": odile.device})
        status, sheet = found(odile, keys.code)
        assert status == 200 and sheet["not_before"]
        by = unlock.by_recovery(keys.code)
        seed = unlock.open_method(sheet["recovery"], by, owner=keys.id, purpose="practice-recovery")
        to = Recipient(odile.person, odile.keys.kem_key, 0)
        sealed = seal_key(seed, purpose="practice-seed", about=keys.id, to=to).to_json()
        odile.ok("sheet/enter", {"statement": say(odile, keys, "enter"), "seed": sealed})
        assert keys.open_for(odile, odile.get(f"practices/{keys.id}/seeds")[1]) == keys.seeds
        assert odile.get(f"practices/{keys.id}/members")[1]["reopenings"] == []
    assert [one for one in lines(odile.person) if "reopen" in one] == ["reopening-asked", "practice-reopened"]
    check_log()


def test_who_is_still_there_refuses_and_nobody_else(house: Any, code_of: CodeOf, alice: Person) -> None:
    manon, keys = house
    bose, odile = add_member(manon, keys, code_of), come(code_of, keys)
    # The ledger's time never goes back, and the test above was later.
    assert ask(odile, keys, days=9)[0] == 201
    path = f"practices/{keys.id}/reopenings"
    assert bose.get("session")[1]["memberships"][0]["is_asked_for"] is True
    assert [one["person"] for one in bose.get(path)[1]] == [odile.person]
    for who in (alice, odile):
        assert who.get(path)[0] == 404
        said = who.say("reopen-cancel", practice=keys.id, target=odile.person)
        assert who.post(f"{path}/cancel", {"statement": said})[0] == 404
    said = bose.say("reopen-cancel", practice=keys.id, target=odile.person)
    bose.ok(f"{path}/cancel", {"statement": said})
    assert bose.get("session")[1]["memberships"][0]["is_asked_for"] is False
    real = clock._source
    with clock.reading(lambda: real() + timedelta(days=10)):
        seed = keys.seed_for(odile)
        body = {"statement": say(odile, keys, "enter"), "seed": seed}
        odile.client = Client()  # three days later the session is over
        assert odile.sign_in_by_passkey()[0] == 200
        found(odile, keys.code)
        assert odile.post("sheet/enter", body)[0] == 404


def test_without_the_sheet_nobody_is_told_whose_it_is_nor_makes_an_account(
    house: Any, code_of: CodeOf
) -> None:
    _, keys = house
    stranger = Person(kind="professional")
    assert found(stranger, recovery_code.new_code())[1]["error"] == "link-ended"
    stranger.verify_address(code_of)
    assert stranger.post("sheet/account", {**stranger.registration(), **PROFILE})[1]["error"] == "link-ended"
    key = SheetKey.from_code(keys.code)
    said = {"id": new_id(), "at": clock.to_wire(clock.now()), "sheet_key": b64u_encode(key.public_key)}
    forged = statement.sign("sheet-find", said, statement.as_sheet(SheetKey.from_code(b"x" * 16)))
    assert stranger.post("sheet/find", {"statement": forged})[1]["error"] == "link-ended"
    old = statement.sign("sheet-find", {**said, "at": "2020-01-01T00:00:00.000Z"}, statement.as_sheet(key))
    assert stranger.post("sheet/find", {"statement": old})[1]["error"] == "link-ended"
