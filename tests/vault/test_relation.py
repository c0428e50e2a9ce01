"""Why someone may open something: from facts that the patient or the practice made, never from the opener's word."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colloque.kernel import clock
from colloque.kernel.ids import new_id
from colloque.vault import relation
from colloque.vault.facts import COMPARTMENTS, Care
from colloque.vault.principal import Principal
from tests.examples import examples
from tests.vault.cast import Cast, Time

NOW = Time().at
NONE = (403, "relation")
EVERY_PART = [(kind, part) for kind, parts in COMPARTMENTS.items() for part in sorted(parts)]


def span(cast: Cast, starts: timedelta, lasts: timedelta) -> dict[str, str]:
    begins = cast.time.at + starts
    return {"starts_at": clock.to_wire(begins), "ends_at": clock.to_wire(begins + lasts)}


def book(cast: Cast, to: Principal, starts: timedelta, record: str | None = None) -> None:
    about = {"record": record or cast.consultation, "practice": cast.practice, "practitioner": to.person}
    cast.state(cast.alice.say("appointment", **about, **span(cast, starts, timedelta(minutes=20))))


def away(cast: Cast, by: Principal, member: Principal, replacement: Principal | None = None) -> dict:
    return by.say(
        "absence", practice=cast.practice, member=member.person,
        replacement=replacement.person if replacement else None,
        **span(cast, timedelta(0), timedelta(days=7)),
    )  # fmt: skip


def relations(cast: Cast) -> list[str]:
    return [line["relation"] for line in cast.lines("release")]


def test_an_appointment_opens_what_is_prepared_on_its_day_and_to_its_practitioner(cast: Cast) -> None:
    book(cast, cast.bose, timedelta(days=3))
    assert cast.refused(cast.bose, (cast.consultation, "request")) == NONE
    assert cast.error(cast.bose.say("take", record=cast.consultation)) == (403, "too-soon")
    cast.time.at += timedelta(days=3)
    answer = cast.open(
        cast.bose, (cast.consultation, "request"), (cast.file, "background"), (cast.consultation, "care")
    )
    assert [t["compartment"] for t in answer.turns] == ["request", "background"]
    assert set(relations(cast)) == {"appointment"}
    assert cast.refused(cast.chen, (cast.consultation, "request")) == NONE
    cast.take(cast.bose)
    assert cast.open(cast.bose, (cast.consultation, "care")).turns


def test_an_appointment_that_was_cancelled_or_missed_opens_nothing(cast: Cast) -> None:
    other = cast.make_consultation()
    book(cast, cast.bose, timedelta(hours=2))
    book(cast, cast.bose, timedelta(hours=1), other)
    cast.state(cast.alice.say("cancel", record=cast.consultation))
    assert cast.refused(cast.bose, (cast.consultation, "request")) == NONE
    assert cast.open(cast.bose, (other, "request")).turns
    cast.time.at += timedelta(hours=14)
    assert cast.refused(cast.bose, (other, "request")) == NONE


def test_an_unread_message_is_expected_to_be_read_and_then_links_for_thirty_days(cast: Cast) -> None:
    cast.request()
    cast.take(cast.bose)
    cast.state(cast.bose.say("close", record=cast.consultation))
    cast.time.at += timedelta(days=200)
    assert cast.refused(cast.bose, (cast.consultation, "exchange")) == NONE
    cast.state(cast.alice.say("message", record=cast.consultation))
    assert cast.open(cast.bose, (cast.consultation, "exchange")).turns
    cast.state(cast.bose.say("messages-read", record=cast.consultation))
    assert cast.open(cast.bose, (cast.consultation, "exchange")).turns
    assert relations(cast) == ["message", "linked"]
    assert cast.refused(cast.chen, (cast.consultation, "exchange")) == NONE
    cast.time.at += timedelta(days=31)
    assert cast.refused(cast.bose, (cast.consultation, "exchange")) == NONE


def test_who_is_away_is_expected_for_nothing_and_the_replacement_for_what_they_were(cast: Cast) -> None:
    seen, asked = cast.consultation, cast.make_consultation()
    cast.request(seen)
    cast.take(cast.bose, seen)
    cast.state(cast.bose.say("close", record=seen))
    cast.request(asked, practitioner=cast.bose.person)
    cast.state(away(cast, cast.manon, cast.bose, cast.chen))
    assert cast.refused(cast.bose, (asked, "request"), (seen, "care")) == NONE
    assert cast.error(cast.bose.say("take", record=asked)) == (403, "not-allowed")
    answer = cast.open(cast.chen, (asked, "request"), (seen, "care"), (asked, "care"))
    assert [t["record"] for t in answer.turns] == [asked, seen]
    assert relations(cast) == ["replacement", "linked"]
    cast.take(cast.chen, asked)
    cast.time.at += timedelta(days=8)
    assert cast.open(cast.bose, (seen, "care")).turns
    assert cast.refused(cast.chen, (seen, "care")) == NONE


def test_what_was_begun_before_an_absence_may_be_ended(cast: Cast) -> None:
    cast.request()
    cast.take(cast.bose)
    cast.state(away(cast, cast.manon, cast.bose))
    assert cast.open(cast.bose, (cast.consultation, "care")).turns
    cast.state(cast.bose.say("close", record=cast.consultation))
    assert cast.refused(cast.bose, (cast.consultation, "care")) == NONE


def test_a_rota_leaves_the_queue_to_those_on_duty_and_an_empty_hour_to_all(cast: Cast) -> None:
    cast.request()
    said = cast.manon.say(
        "rota",
        practice=cast.practice,
        member=cast.chen.person,
        **span(cast, timedelta(0), timedelta(hours=8)),
    )
    cast.state(said)
    assert cast.refused(cast.bose, (cast.consultation, "request")) == NONE
    assert cast.error(cast.bose.say("take", record=cast.consultation)) == (403, "not-allowed")
    assert cast.open(cast.chen, (cast.consultation, "request")).turns
    other = cast.make_consultation()
    cast.request(other, practitioner=cast.bose.person)
    assert cast.open(cast.bose, (other, "request")).turns, "who is asked for by name is asked for"
    cast.time.at += timedelta(hours=9)
    assert cast.open(cast.bose, (cast.consultation, "request")).turns


def test_nobody_lets_themselves_in_by_a_rota_or_an_absence(cast: Cast) -> None:
    cast.join(cast.manon, "manager", "practitioner")
    cast.request(practitioner=cast.bose.person)
    refused = (403, "not-allowed")
    assert cast.error(away(cast, cast.manon, cast.bose, cast.manon)) == refused
    assert cast.error(away(cast, cast.chen, cast.bose, cast.chen)) == refused
    assert cast.error(away(cast, cast.bose, cast.bose, cast.bose)) == refused
    said = cast.bose.say(
        "rota",
        practice=cast.practice,
        member=cast.bose.person,
        **span(cast, timedelta(0), timedelta(hours=1)),
    )
    assert cast.error(said) == refused
    cast.state(away(cast, cast.bose, cast.bose, cast.chen))
    assert cast.open(cast.chen, (cast.consultation, "request")).turns


def test_who_is_away_does_not_call_themselves_back(cast: Cast) -> None:
    cast.join(cast.bose, "manager", "practitioner")
    said = away(cast, cast.manon, cast.bose)
    cast.state(said)
    entry = cast.lines("absence")[0]["id"]
    ended = {"practice": cast.practice, "entry": entry}
    assert cast.error(cast.bose.say("rota-end", **ended)) == (404, "not-found")
    cast.state(cast.manon.say("rota-end", **ended))
    cast.request()
    assert cast.open(cast.bose, (cast.consultation, "request")).turns


def test_a_strangers_word_makes_no_appointment_and_no_message(cast: Cast) -> None:
    cast.request()
    cast.take(cast.bose)
    cast.state(cast.bose.say("close", record=cast.consultation))
    for who in (cast.bose, cast.chen, cast.manon):
        assert cast.error(who.say("message", record=cast.consultation)) == (403, "not-allowed")
        said = who.say(
            "appointment", record=cast.consultation, practice=cast.practice, practitioner=cast.chen.person,
            **span(cast, timedelta(0), timedelta(hours=1)),
        )  # fmt: skip
        assert cast.error(said) == (403, "not-allowed")
    assert cast.error(cast.chen.say("messages-read", record=cast.consultation)) == (403, "not-allowed")


ACTS = ("take", "transfer", "refuse", "close", "cancel", "request", "appointment", "message", "messages-read",
        "rota", "absence", "member", "record", "grant", "unfreeze")  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(25))
@given(acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=6), requested=st.booleans())
def test_a_relation_that_the_opener_alone_makes_up_gives_nothing(
    cast: Cast, acts: list[str], requested: bool
) -> None:
    """Dr Chen, manager too, signs whatever he likes about Alice, who asked for Dr Bose or for nobody."""
    cast.join(cast.chen, "manager", "practitioner")
    record = cast.make_consultation()
    if requested:
        cast.request(record, practitioner=cast.bose.person)
    chen = cast.chen
    for act in acts:
        said = chen.say(
            act, record=new_id() if act == "record" else record, practice=cast.practice, practitioner=chen.person,
            member=(cast.bose if act == "absence" else chen).person, replacement=chen.person, to=chen.person,
            roles=["manager", "practitioner"], kind="consultation", subject=cast.alice.person, file=cast.file,
            recipients=[], scope="person", target=chen.person, not_before="2026-12-24T09:00:00.000Z",
            **span(cast, timedelta(0), timedelta(hours=2)),
        )  # fmt: skip
        cast.post("statements", said)
    parts = [(record, part) for part in sorted(COMPARTMENTS["consultation"])]
    assert cast.refused(chen, *parts, (cast.file, "background"), (cast.file, "nir")) == NONE


cares = st.builds(
    Care, record=st.just("r"), kind=st.sampled_from(["file", "consultation"]), subject=st.just("s"),
    practice=st.just("p"), epoch=st.just(0), secret=st.just(b""), is_waiting=st.booleans(), is_asked=st.booleans(),
    is_booked=st.booleans(), is_assigned=st.booleans(), is_current=st.booleans(), is_absent=st.booleans(),
    is_off_duty=st.booleans(), is_shown=st.booleans(),
    unread_at=st.none() | st.just(NOW), contact_at=st.none() | st.just(NOW),
    roles=st.sets(st.sampled_from(["practitioner", "secretary", "manager"])).map(frozenset),
)  # fmt: skip


@given(
    care=cares,
    place=st.sampled_from(EVERY_PART),
    reason=st.sampled_from(["", " " * 40, "a written reason of length"]),
)
def test_what_no_fact_explains_takes_a_role_and_a_reason(
    care: Care, place: tuple[str, str], reason: str
) -> None:
    why = relation.find(care, place[1], purpose="care", reason=reason, now=NOW)
    facts = (
        care.is_waiting, care.is_asked, care.is_booked, care.is_assigned, care.unread_at, care.contact_at, care.is_current,
    )  # fmt: skip
    if not care.roles:
        assert why == "none"
    if "practitioner" not in care.roles:
        assert why in ("none", "reception")
    may_break = "practitioner" in care.roles and care.is_shown and bool(reason.strip())
    assert why != "break-glass" or may_break
    if not any(facts):
        assert why == ("break-glass" if may_break else "none")


def test_a_draft_that_was_never_sent_breaks_no_glass_and_what_was_sent_once_does(cast: Cast) -> None:
    """What the web has too: tests/consultations/test_acts.py."""
    reason = "a written reason of length"
    parts = [(cast.consultation, "request"), (cast.file, "identity")]
    assert [cast.refused(cast.chen, part, reason=reason) for part in parts] == [NONE, NONE]
    cast.show(cast.consultation)
    draft = cast.make_consultation()
    assert cast.refused(cast.chen, (draft, "request"), reason=reason) == NONE, (
        "the file is known, this is not"
    )
    assert len(cast.open(cast.chen, *parts, reason=reason).turns) == 2
    assert {line["relation"] for line in cast.lines("release")} == {"break-glass"}


@pytest.mark.parametrize(("days", "why"), [(0, "linked"), (29, "linked"), (31, "none")])
def test_a_link_is_as_old_as_the_last_contact(days: int, why: str) -> None:
    care = Care(
        "r", "consultation", "s", "p", 0, b"", roles=frozenset({"practitioner"}),
        contact_at=NOW - timedelta(days=days),
    )  # fmt: skip
    assert relation.find(care, "care", purpose="care", reason="", now=NOW) == why
