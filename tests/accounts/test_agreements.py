"""What two managers sign together passes through the web from one to the other; the vault alone decides."""

from datetime import timedelta
from typing import Any

import pytest

from colloque.accounts.models import Agreement
from colloque.envelope import statement
from colloque.kernel import clock, dsse
from tests.accounts.person import Person
from tests.accounts.practice import PracticeKeys, add_member, open_practice

WIDER = {"role": "practitioner", "minute": 30, "hour": 90, "day": 240, "month": 1800}


@pytest.fixture
def two(code_of: Any) -> tuple[Person, Person, PracticeKeys]:
    """Manon and Odette, who both manage Les Tilleuls."""
    manon, keys = open_practice(code_of)
    return manon, add_member(manon, keys, code_of, roles=["manager"], rpps=""), keys


def half(who: Person, keys: PracticeKeys, kind: str = "capacity", **changes: Any) -> dict[str, Any]:
    until = clock.to_wire(clock.now() + timedelta(hours=71))
    return who.say(kind, **{"practice": keys.id, "until": until, **WIDER, **changes})


def both(second: Person, envelope: dict[str, Any]) -> dict[str, Any]:
    said = dsse.parse(envelope)
    signed = statement.sign(said.kind, said.body, second.as_device())
    assert signed["payload"] == envelope["payload"]
    return {**envelope, "signatures": [*envelope["signatures"], *signed["signatures"]]}


def wait(by: Person, keys: PracticeKeys) -> dict[str, Any]:
    by.ok(f"practices/{keys.id}/agreements", {"statement": half(by, keys)})
    (one,) = by.get(f"practices/{keys.id}/agreements")[1]
    return dict(one)


def test_what_one_manager_signed_the_other_signs_and_the_vault_takes(
    two: Any, lines: Any, check_log: Any
) -> None:
    manon, odette, keys = two
    one = wait(manon, keys)
    assert one["asked_by"] == manon.person
    assert "capacity" not in lines(manon.person), "of one signature the vault knows nothing"
    assert [
        manon.get(f"practices/{keys.id}/members")[1]["to_sign"],
        odette.get(f"practices/{keys.id}/members")[1]["to_sign"],
    ] == [0, 1]
    signed = {"agreement": one["id"], "statement": both(odette, one["statement"])}
    assert odette.post(f"practices/{keys.id}/agreements/sign", signed)[0] == 204
    assert lines(manon.person)[-1] == "capacity"
    assert odette.get(f"practices/{keys.id}/agreements")[1] == []
    assert odette.post(f"practices/{keys.id}/agreements/sign", signed)[0] == 404
    kept = Agreement.objects.get()
    assert (str(kept.settled_by_id), kept.is_agreed) == (odette.person, True)
    check_log()


def test_nobody_signs_twice_nor_something_else(two: Any, lines: Any) -> None:
    manon, odette, keys = two
    one = wait(manon, keys)
    path = f"practices/{keys.id}/agreements/sign"
    own = {"agreement": one["id"], "statement": both(manon, one["statement"])}
    assert manon.post(path, own)[1]["error"] == "needs-other"
    other = {"agreement": one["id"], "statement": both(odette, half(manon, keys, day=200))}
    assert odette.post(path, other)[0] == 409
    alone = {"agreement": one["id"], "statement": one["statement"]}
    assert odette.post(path, alone)[1]["error"] == "needs-second", "the vault's own word"
    forged = {
        **one["statement"],
        "signatures": [*one["statement"]["signatures"], {"keyid": odette.device, "sig": "AA=="}],
    }
    assert odette.post(path, {"agreement": one["id"], "statement": forged})[0] in (400, 403)
    assert "capacity" not in lines(manon.person)
    assert len(odette.get(f"practices/{keys.id}/agreements")[1]) == 1, "and it still waits"


def test_it_is_declined_or_taken_back_by_a_session_alone(two: Any) -> None:
    manon, odette, keys = two
    for who in (odette, manon):
        one = wait(manon, keys)
        assert who.post(f"practices/{keys.id}/agreements/decline", {"agreement": one["id"]})[0] == 204
        assert manon.get(f"practices/{keys.id}/agreements")[1] == []
    signed = {"agreement": one["id"], "statement": both(odette, one["statement"])}
    assert odette.post(f"practices/{keys.id}/agreements/sign", signed)[0] == 404


def test_it_ends_by_itself(two: Any) -> None:
    manon, odette, keys = two
    one = wait(manon, keys)
    at = clock.now()
    with clock.reading(lambda: at + timedelta(hours=72)):
        assert Agreement.objects.count() == 1
        signed = {"agreement": one["id"], "statement": both(odette, one["statement"])}
        assert odette.post(f"practices/{keys.id}/agreements/sign", signed)[0] in (401, 403, 404)


def test_what_is_not_a_managers_to_say_is_not_kept(two: Any, code_of: Any, alice: Person) -> None:
    manon, odette, keys = two
    bose = add_member(manon, keys, code_of)
    path = f"practices/{keys.id}/agreements"
    for who in (bose, alice):
        assert who.get(path)[0] == who.post(path, {"statement": half(who, keys)})[0] == 404
        assert who.post(f"{path}/decline", {"agreement": keys.id})[0] == 404
    for said in (
        half(odette, keys),
        half(manon, keys, practice=bose.person),
    ):
        assert manon.post(path, {"statement": said})[1]["error"] == "wrong-person"
    for said in (
        half(manon, keys, kind="member"),
        half(manon, keys, until="soon"),
        half(manon, keys, until=clock.to_wire(clock.now())),
        both(odette, half(manon, keys)),
        {},
    ):
        assert manon.post(path, {"statement": said})[1]["error"] == "malformed"
    assert not Agreement.objects.exists()


def test_it_takes_a_fresh_proof(two: Any) -> None:
    manon, odette, keys = two
    one = wait(manon, keys)
    at = clock.now()
    with clock.reading(lambda: at + timedelta(minutes=20)):
        path = f"practices/{keys.id}/agreements"
        assert manon.post(path, {"statement": half(manon, keys)})[1]["error"] == "prove-again"
        assert odette.post(f"{path}/sign", {"agreement": one["id"]})[1]["error"] == "prove-again"
