"""Rota, absence and replacement: the web's doors open and shut with the vault's relations, by a manager's signed word."""

from datetime import timedelta
from typing import Any

import pytest

from colloque.accounts.models import Absence, Duty
from colloque.kernel import clock
from tests.people import Someone, Ward

pytestmark = pytest.mark.django_db


def span(hours: int = 8) -> dict[str, str]:
    at = clock.now()
    return {"starts_at": clock.to_wire(at), "ends_at": clock.to_wire(at + timedelta(hours=hours))}


def say(ward: Ward, by: Someone, kind: str, **fields: Any) -> tuple[int, Any]:
    said = by.say(kind, practice=ward.cabinet.id, **fields)
    return by.post(f"practices/{ward.cabinet.id}/rota", {"statement": said})


def queue(ward: Ward, who: Someone) -> list[str]:
    return [one["id"] for one in who.get(f"queue?practice={ward.cabinet.id}")[1]]


def sees(who: Someone, record: str, compartment: str = "request") -> tuple[int, int]:
    """What the web answers, and the vault."""
    return who.get(f"records/{record}/{compartment}")[0], who.release(record, compartment)[0]


SHUT, OPEN = (404, 403), (200, 200)


def test_without_a_rota_the_queue_is_everyones_and_with_one_theirs_who_are_on_duty(ward: Ward) -> None:
    consultation = ward.waiting()
    assert queue(ward, ward.bose) == queue(ward, ward.dan) == [consultation]
    status, told = say(ward, ward.marc, "rota", member=ward.dan.person, **span())
    assert status == 201
    assert queue(ward, ward.bose) == []
    assert sees(ward.bose, consultation) == SHUT
    assert ward.bose.get(f"consultations/{consultation}")[0] == 404
    assert ward.bose.act("take", consultation)[1]["error"] == "off-duty"
    assert (queue(ward, ward.dan), sees(ward.dan, consultation)) == ([consultation], OPEN)
    mine = ward.waiting(ward.zoe, wished=ward.bose)
    assert (queue(ward, ward.bose), sees(ward.bose, mine)) == ([mine], OPEN), "who is asked for by name"
    assert say(ward, ward.marc, "rota-end", entry=told["entry"])[0] == 201
    assert consultation in queue(ward, ward.bose)
    assert sees(ward.bose, consultation) == OPEN


def test_who_stands_in_has_what_the_absent_one_had_until_it_ends(ward: Ward) -> None:
    seen, asked = ward.taken(), ward.waiting(ward.zoe, wished=ward.bose)
    assert ward.bose.act("close", seen)[0] == 200
    away = {"member": ward.bose.person, "replacement": ward.dan.person, **span(72)}
    status, told = say(ward, ward.marc, "absence", **away)
    assert status == 201
    assert queue(ward, ward.bose) == []
    assert sees(ward.bose, asked) == sees(ward.bose, seen, "care") == SHUT
    assert sees(ward.dan, asked) == sees(ward.dan, seen, "care") == OPEN
    assert sees(ward.dan, asked, "care") == SHUT
    assert [one["for_me"] for one in ward.dan.get(f"queue?practice={ward.cabinet.id}")[1]] == [True]
    (listed,) = ward.sam.get(f"practices/{ward.cabinet.id}/rota")[1]["absences"]
    assert (listed["entry"], listed["replacement"]) == (told["entry"], ward.dan.person)
    assert say(ward, ward.marc, "rota-end", entry=told["entry"])[0] == 201
    assert sees(ward.dan, asked) == sees(ward.dan, seen, "care") == SHUT
    assert sees(ward.bose, seen, "care") == OPEN


def test_what_was_begun_before_an_absence_is_ended_by_who_began_it(ward: Ward) -> None:
    consultation = ward.taken()
    assert say(ward, ward.bose, "absence", member=ward.bose.person, **span())[0] == 201
    assert sees(ward.bose, consultation, "care") == OPEN
    assert ward.bose.act("close", consultation)[0] == 200
    assert sees(ward.bose, consultation, "care") == SHUT


def test_nobody_lets_themselves_in_or_calls_themselves_back(ward: Ward) -> None:
    ward.join(ward.dan, ward.cabinet, ward.marc, ["manager", "practitioner"])
    absence = {"member": ward.bose.person, "replacement": ward.dan.person, **span()}
    assert say(ward, ward.dan, "absence", **absence)[0] == 403
    assert say(ward, ward.bose, "absence", **absence)[0] == 201, "the absent one names who stands in"
    assert say(ward, ward.bose, "rota", member=ward.bose.person, **span())[0] == 404
    assert say(ward, ward.sam, "absence", member=ward.sam.person, **span())[0] == 404
    own = say(ward, ward.dan, "absence", member=ward.dan.person, **span())[1]["entry"]
    assert say(ward, ward.dan, "rota-end", entry=own)[0] == 404
    assert Absence.objects.get(id=own).ended_at is None
    assert Absence.objects.filter(by__id=ward.dan.person).count() == 1


def test_the_same_statement_again_puts_nobody_on_duty_twice(ward: Ward) -> None:
    said = ward.marc.say("rota", practice=ward.cabinet.id, member=ward.bose.person, **span())
    for _ in range(2):
        assert ward.marc.ok(f"practices/{ward.cabinet.id}/rota", {"statement": said})["entry"]
    assert Duty.objects.count() == 1


def test_who_leaves_leaves_the_rota_to_the_others(ward: Ward) -> None:
    consultation = ward.waiting()
    say(ward, ward.marc, "rota", member=ward.dan.person, **span())
    leaves = ward.marc.say("member-end", practice=ward.cabinet.id, member=ward.dan.person)
    ward.marc.ok(f"practices/{ward.cabinet.id}/members/end", {"statement": leaves})
    assert (queue(ward, ward.bose), sees(ward.bose, consultation)) == ([consultation], OPEN)
