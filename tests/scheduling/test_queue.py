"""The queue and duty over HTTP: order, places, an estimate that is honest."""

from datetime import timedelta

import pytest

from colloque.accounts.models import Membership
from colloque.consultations.models import Consultation
from colloque.kernel.clock import now
from tests.people import Someone, Ward


def duty(who: Someone, ward: Ward, *, on: bool) -> int:
    return who.post("duty", {"practice": ward.cabinet.id, "on": on})[0]


def place(who: Someone, consultation: str) -> tuple[object, ...]:
    told = who.get(f"consultations/{consultation}")[1]
    return tuple(told[name] for name in ("place", "position", "ahead", "estimate_minutes", "on_duty"))


def past_consultations(ward: Ward, minutes: list[int]) -> None:
    """Consultations that took so long, each closed lately."""
    for took in minutes:
        done = ward.taken()
        ward.bose.act("close", done)
        closed_at = Consultation.objects.get(id=done).closed_at
        assert closed_at is not None
        Consultation.objects.filter(id=done).update(taken_at=closed_at - timedelta(minutes=took))


def test_nobody_on_duty_means_that_nobody_knows(ward: Ward) -> None:
    assert place(ward.alice, ward.waiting()) == ("queue", 1, 0, None, 0)


def test_a_free_practitioner_on_duty_means_now(ward: Ward) -> None:
    assert duty(ward.bose, ward, on=True) == 204
    assert place(ward.alice, ward.waiting()) == ("queue", 1, 0, 0, 1)


def test_the_estimate_comes_from_what_consultations_took_here(ward: Ward) -> None:
    past_consultations(ward, [10, 12, 14])
    duty(ward.bose, ward, on=True)
    busy = ward.taken()
    first, second = ward.waiting(), ward.waiting(ward.zoe)
    assert place(ward.alice, first) == ("queue", 1, 0, 12, 1)
    assert place(ward.zoe, second) == ("queue", 2, 1, 24, 1)
    duty(ward.dan, ward, on=True)
    assert place(ward.zoe, second) == ("queue", 2, 1, 12, 2)
    ward.bose.act("close", busy)
    assert place(ward.zoe, second)[1:3] == (2, 1)


def test_who_waits_for_one_practitioner_is_told_about_that_one(ward: Ward) -> None:
    duty(ward.dan, ward, on=True)
    consultation = ward.waiting(wished=ward.bose)
    assert place(ward.alice, consultation) == ("practitioner", 1, 0, None, 0)
    duty(ward.bose, ward, on=True)
    assert place(ward.alice, consultation) == ("practitioner", 1, 0, 0, 1)


def test_who_does_not_wait_has_no_place(ward: Ward) -> None:
    assert place(ward.alice, ward.draft()) == (None, None, None, None, 0)
    assert place(ward.alice, ward.taken()) == (None, None, None, None, 0)


def test_a_transferred_consultation_keeps_its_turn(ward: Ward) -> None:
    first = ward.taken()
    second = ward.waiting(ward.zoe)
    ward.bose.act("transfer", first)
    queue = ward.dan.get(f"queue?practice={ward.cabinet.id}")[1]
    assert [w["id"] for w in queue] == [first, second]
    assert [w["presence"] for w in queue] == ["gone", "gone"]


def test_duty_is_for_practitioners_of_the_practice(ward: Ward) -> None:
    for who in (ward.chen, ward.sam, ward.marc, ward.alice):
        assert duty(who, ward, on=True) == 404, who.name
        assert who.get(f"queue?practice={ward.cabinet.id}")[0] == 404, who.name
    assert ward.bose.post("duty", {"practice": ward.cabinet.id, "on": "yes"})[0] == 400
    assert ward.bose.post("duty", {"practice": "x", "on": True})[0] == 400
    ward.bose.client.cookies.clear()
    assert duty(ward.bose, ward, on=True) == 401
    assert ward.bose.get(f"queue?practice={ward.cabinet.id}")[0] == 401


def test_duty_said_twice_keeps_its_beginning(ward: Ward) -> None:
    duty(ward.bose, ward, on=True)
    since = Membership.objects.get(account=ward.bose.person).on_duty_since
    duty(ward.bose, ward, on=True)
    assert Membership.objects.get(account=ward.bose.person).on_duty_since == since
    duty(ward.bose, ward, on=False)
    assert Membership.objects.get(account=ward.bose.person).on_duty_since is None


def test_a_member_who_left_on_duty_is_not_counted(ward: Ward) -> None:
    duty(ward.bose, ward, on=True)
    Membership.objects.filter(account=ward.bose.person).update(ended_at=now())
    assert place(ward.alice, ward.waiting())[4] == 0


@pytest.mark.parametrize("practice", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_queue_that_is_not_there(ward: Ward, practice: str) -> None:
    assert ward.bose.get(f"queue?practice={practice}")[0] == 404
