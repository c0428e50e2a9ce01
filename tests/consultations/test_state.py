"""The table of states: every act from every state by everyone."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from colloque.consultations.state import (
    ACTS,
    FROM,
    STATES,
    Act,
    Actor,
    Encounter,
    Refused,
    State,
    Step,
    decide,
    has_expired,
)

ALICE, BOSE, DAN, CHEN, SAM = "alice", "bose", "dan", "chen", "sam"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ALLOWED = {
    (ALICE, "draft", "appointment"): Step("booked", None, None),
    (ALICE, "booked", "appointment"): Step("booked", None, None),
    (ALICE, "draft", "request"): Step("waiting", None, None),
    (ALICE, "booked", "request"): Step("waiting", None, None),
    (ALICE, "booked", "cancel"): Step("cancelled", None, BOSE),
    (BOSE, "booked", "cancel"): Step("cancelled", None, BOSE),
    (DAN, "booked", "cancel"): Step("cancelled", None, BOSE),
    (SAM, "booked", "cancel"): Step("cancelled", None, BOSE),
    (BOSE, "booked", "take"): Step("taken", BOSE, BOSE),
    (ALICE, "waiting", "cancel"): Step("cancelled", None, None),
    (BOSE, "waiting", "take"): Step("taken", BOSE, None),
    (DAN, "waiting", "take"): Step("taken", DAN, None),
    (BOSE, "waiting", "refuse"): Step("refused", None, None),
    (DAN, "waiting", "refuse"): Step("refused", None, None),
    (BOSE, "taken", "transfer"): Step("waiting", None, None),
    (BOSE, "taken", "close"): Step("closed", BOSE, None),
}


def actor(person: str) -> Actor:
    return Actor(person, practises=person in (BOSE, DAN), receives=person in (BOSE, DAN, SAM))


@pytest.mark.parametrize(
    ("person", "state", "act"), list(product((ALICE, BOSE, DAN, CHEN, SAM), STATES, ACTS))
)
def test_it_allows_what_the_table_says_and_nothing_else(person: str, state: State, act: Act) -> None:
    is_booked = state == "booked"
    encounter = Encounter(
        state,
        ALICE,
        practitioner=BOSE if state in ("taken", "closed") else None,
        wished=BOSE if is_booked else None,
        is_of_day=is_booked,
    )
    result = decide(encounter, act, actor(person))
    assert result == ALLOWED.get((person, state, act), result)
    assert isinstance(result, Step) == ((person, state, act) in ALLOWED)


@pytest.mark.parametrize(("state", "act"), list(product(STATES, ACTS)))
def test_another_practice_hears_that_there_is_nothing(state: State, act: Act) -> None:
    assert decide(Encounter(state, ALICE), act, actor(CHEN)) == Refused("stranger")


@pytest.mark.parametrize("act", ACTS)
def test_a_draft_is_the_patients_alone(act: Act) -> None:
    assert decide(Encounter("draft", ALICE), act, actor(BOSE)) == Refused("stranger")


def test_a_request_for_one_practitioner_is_not_the_others_to_take_or_refuse() -> None:
    encounter = Encounter("waiting", ALICE, wished=BOSE)
    assert decide(encounter, "take", actor(DAN)) == Refused("for-another")
    assert decide(encounter, "refuse", actor(DAN)) == Refused("for-another")
    assert decide(encounter, "take", actor(BOSE)) == Step("taken", BOSE, BOSE)


def test_who_is_booked_is_taken_on_the_day_and_not_before() -> None:
    booked = Encounter("booked", ALICE, wished=BOSE)
    assert decide(booked, "take", actor(BOSE)) == Refused("too-soon")
    assert decide(booked, "take", actor(DAN)) == Refused("for-another")


def test_who_comes_second_hears_that_it_is_taken() -> None:
    assert decide(Encounter("taken", ALICE, practitioner=BOSE), "take", actor(DAN)) == Refused("taken")


def test_only_the_assigned_practitioner_transfers_or_closes() -> None:
    encounter = Encounter("taken", ALICE, practitioner=BOSE)
    assert decide(encounter, "close", actor(DAN)) == Refused("not-assigned")
    assert decide(encounter, "transfer", actor(DAN), to=DAN) == Refused("not-assigned")
    assert decide(encounter, "transfer", actor(BOSE), to=DAN) == Step("waiting", None, DAN)


def test_a_practitioner_who_is_the_patient_does_not_take_their_own() -> None:
    assert decide(Encounter("waiting", BOSE), "take", actor(BOSE)) == Refused("stranger")


def test_a_draft_expires_after_seven_days_and_nothing_else_does() -> None:
    assert not has_expired("draft", created_at=NOW - timedelta(days=7, seconds=-1), now=NOW)
    assert has_expired("draft", created_at=NOW - timedelta(days=7), now=NOW)
    assert not any(
        has_expired(s, created_at=NOW - timedelta(days=99), now=NOW) for s in STATES if s != "draft"
    )
    week = timedelta(days=7)
    assert has_expired("booked", created_at=NOW - timedelta(days=99), ends_at=NOW - week, now=NOW)
    assert not has_expired("booked", created_at=NOW - timedelta(days=99), ends_at=NOW, now=NOW)


def test_every_act_leaves_the_state_it_starts_from() -> None:
    for (_, state, act), step in ALLOWED.items():
        assert state in FROM[act]  # type: ignore[index]  # acts of the table above
        assert state != step.state or act == "appointment"  # which moves it
