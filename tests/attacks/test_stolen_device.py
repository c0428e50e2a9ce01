"""Someone holds a practitioner's unlocked device: what relation and budget allow, each with a line, and no more."""

from collections.abc import Callable

import pytest

from colloque.ledger.verify import Report
from tests.care import RunningVault
from tests.people import Ward

pytestmark = [pytest.mark.django_db, pytest.mark.attack]


def test_who_is_not_their_patient_stays_shut(ward: Ward) -> None:
    draft = ward.draft(ward.zoe)
    for compartment in ("request", "exchange", "documents", "care"):
        assert ward.bose.release(draft, compartment) == (403, "relation")
    assert ward.chen.release(ward.taken(), "request") == (403, "relation")


def test_taking_everyone_who_waits_ends_with_the_budget(ward: Ward, care: RunningVault) -> None:
    """A thief in a hurry takes request after request. The budget is of records, and refuses the next one, exactly."""
    most = care.settings.budgets["practitioner"][0]
    opened = []
    for _ in range(most + 1):
        taken = ward.taken()
        opened.append(ward.bose.release(taken, "request"))
    assert [status for status, _ in opened] == [200] * most + [429]
    assert opened[-1][1] == "budget"
    lines = care.lines(actor=ward.bose.person)
    assert len([line for line in lines if line["kind"] == "release"]) == most
    assert [line["outcome"] for line in lines if line["kind"] == "refusal"] == ["budget"]


def test_breaking_the_glass_costs_ten_and_is_told(ward: Ward, care: RunningVault) -> None:
    waiting = [ward.waiting(ward.alice), ward.waiting(ward.zoe), ward.waiting(ward.alice)]
    for one in waiting:
        ward.bose.act("take", one)
    reason = "Relais : je remplace le praticien qui suit ce patient."
    told = [ward.dan.release(one, "request", reason=reason) for one in waiting]
    assert [status for status, _ in told] == [200, 200, 429]
    assert [line["relation"] for line in care.lines(actor=ward.dan.person, kind="release")] == [
        "break-glass"
    ] * 2


def test_every_opening_is_in_a_log_that_anyone_can_check(ward: Ward, check_log: Callable[[], Report]) -> None:
    taken = ward.taken()
    for compartment in ("request", "exchange", "care"):
        assert ward.bose.release(taken, compartment)[0] == 200
    assert check_log().releases >= 3


def test_revoked_or_frozen_it_opens_nothing_from_that_moment(ward: Ward) -> None:
    taken = ward.taken()
    assert ward.bose.release(taken, "request")[0] == 200
    ward.bose.tell_vault(ward.marc.say("freeze", scope="person", target=ward.bose.person))
    assert ward.bose.release(taken, "request") == (423, "frozen")
    assert ward.alice.release(taken, "request")[0] == 200, "the patient still opens their own"
