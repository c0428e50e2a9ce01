"""A practice ends and hands its records on: by two managers, after a delay, but for what its patients keep out of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from colloque.kernel import clock
from colloque.ledger.verify import Report
from colloque.vault.principal import Principal
from tests.vault.cast import Cast, Port

REASON = "a reason of twenty characters"
NONE = (403, "relation")


@pytest.fixture
def port(cast: Cast) -> Port:
    return Port(cast)


def at(cast: Cast, days: float) -> str:
    return clock.to_wire(cast.time.at + timedelta(days=days))


def asks(
    cast: Cast, port: Port, by: Principal | None = None, *, days: float = 30.1, **more: Any
) -> dict[str, Any]:
    said = {"practice": cast.practice, "to": port.id, "step": "ask", "not_before": at(cast, days), **more}
    return (by or cast.manon).say("custody", until=at(cast, 1), **said)


def hand_over(cast: Cast, port: Port) -> None:
    cast.state(port.dan.agree(asks(cast, port)))


def carry_out(cast: Cast, who: Principal) -> dict[str, Any]:
    return who.say("custody", practice=cast.practice, step="carry-out")


def close(cast: Cast) -> None:
    cast.request()
    cast.take(cast.bose)
    cast.state(cast.bose.say("close", record=cast.consultation))


def test_after_the_delay_the_records_are_the_successors_and_no_longer_the_former_ones(
    cast: Cast, port: Port, check_log: Callable[[], Report]
) -> None:
    close(cast)
    assert cast.open(cast.bose, (cast.consultation, "care")).turns
    hand_over(cast, port)
    for who in (port.dan, cast.manon, cast.services["web"]):
        assert cast.error(carry_out(cast, who)) == (403, "too-soon")
    assert cast.refused(port.dan, (cast.file, "identity"), reason=REASON) == NONE
    cast.time.at += timedelta(days=31)
    cast.state(carry_out(cast, cast.services["web"]))
    for who in (cast.bose, cast.manon):
        assert cast.refused(who, (cast.consultation, "care"), reason=REASON) == NONE
    # Nothing relates the successor yet but a written reason, which is told; her next request does.
    assert cast.refused(port.dan, (cast.file, "identity")) == NONE
    assert cast.open(port.dan, (cast.file, "background"), reason=REASON).turns
    assert cast.open(cast.alice, (cast.consultation, "care")).turns, "hers stay hers"
    moved = cast.lines("custody-moved")
    assert {(line["record"], line["practice"], line["subject"]) for line in moved} == {
        (record, port.id, cast.alice.person) for record in (cast.file, cast.consultation)
    }
    again = cast.make_record(cast.alice, "consultation", practice=port.id, file=cast.file)
    cast.state(cast.alice.say("request", record=again, practice=port.id))
    assert cast.open(port.dan, (cast.file, "identity"), (again, "request")).turns
    cast.state(carry_out(cast, port.dan))
    assert len(cast.lines("custody-moved")) == 2, "said again, with nothing due, it leaves no line"
    check_log()


def test_it_takes_a_manager_of_each_and_each_their_own_word(cast: Cast, port: Port) -> None:
    alone = asks(cast, port)
    assert cast.error(alone) == (403, "needs-second")
    assert cast.error(cast.bose.agree(alone)) == (403, "not-allowed")  # of the same practice
    assert cast.error(port.dan.agree(asks(cast, port, cast.bose))) == (403, "not-allowed")  # no manager
    assert cast.error(cast.manon.agree(asks(cast, port, port.dan))) == (
        403,
        "not-allowed",
    )  # taken, not given
    assert cast.error(port.dan.agree(asks(cast, port, days=1))) == (403, "too-soon")
    own = cast.manon.say(
        "custody",
        practice=cast.practice,
        to=cast.practice,
        step="ask",
        not_before=at(cast, 40),
        until=at(cast, 1),
    )
    assert cast.error(port.dan.agree(own))[0] == 400
    assert cast.error(carry_out(cast, cast.manon)) == (404, "not-found")
    hand_over(cast, port)
    (line,) = cast.lines("custody-asked")
    assert (line["practice"], line["detail"]["to"], line["detail"]["agreed"]) == (
        cast.practice,
        port.id,
        port.dan.person,
    )
    cast.time.at += timedelta(days=31)
    for who in (cast.bose, cast.alice, cast.services["mailer"]):
        assert cast.error(carry_out(cast, who)) == (403, "not-allowed")


def test_a_patient_keeps_hers_out_of_it_and_nobody_does_it_for_her(cast: Cast, port: Port) -> None:
    close(cast)
    refusal = {"record": cast.file}
    assert cast.error(cast.alice.say("custody-refuse", **refusal)) == (
        404,
        "not-found",
    )  # nothing is under way
    hand_over(cast, port)
    for who in (cast.manon, cast.bose, port.dan):
        assert cast.error(who.say("custody-refuse", **refusal)) == (403, "not-allowed")
    cast.state(cast.alice.say("custody-refuse", **refusal))
    cast.time.at += timedelta(days=31)
    cast.state(carry_out(cast, port.dan))
    assert cast.lines("custody-moved") == []
    assert cast.refused(port.dan, (cast.file, "identity"), reason=REASON) == NONE
    assert cast.open(cast.bose, (cast.file, "identity"), reason=REASON).turns


def test_what_is_open_is_moved_once_it_has_ended(cast: Cast, port: Port) -> None:
    cast.request()
    cast.take(cast.bose)
    hand_over(cast, port)
    cast.time.at += timedelta(days=31)
    cast.state(carry_out(cast, cast.manon))
    assert cast.open(cast.bose, (cast.consultation, "care")).turns, "an open consultation is never hidden"
    cast.state(cast.bose.say("close", record=cast.consultation))
    cast.state(carry_out(cast, cast.manon))
    assert cast.refused(cast.bose, (cast.consultation, "care")) == NONE


def test_either_side_calls_it_off_with_one_signature_frozen_or_not(cast: Cast, port: Port) -> None:
    cancel = {"practice": cast.practice}
    hand_over(cast, port)
    assert cast.error(cast.alice.say("custody-cancel", **cancel)) == (403, "not-allowed")
    cast.state(cast.manon.say("freeze", scope="person", target=cast.bose.person))
    cast.state(cast.bose.say("custody-cancel", **cancel))
    hand_over(cast, port)
    cast.state(port.dan.say("custody-cancel", **cancel))
    cast.time.at += timedelta(days=31)
    assert cast.error(carry_out(cast, port.dan)) == (404, "not-found")


def test_asked_again_it_never_comes_sooner_nor_to_another(cast: Cast, port: Port) -> None:
    cast.state(port.dan.agree(asks(cast, port, days=60)))
    hand_over(cast, port)
    cast.time.at += timedelta(days=40)
    assert cast.error(carry_out(cast, port.dan)) == (403, "too-soon")
    back = port.dan.say(
        "custody", practice=port.id, to=cast.practice, step="ask", not_before=at(cast, 40), until=at(cast, 1)
    )
    assert cast.error(cast.manon.agree(back)) == (409, "conflict")


def test_an_appointment_with_the_former_practice_ends_with_it(cast: Cast, port: Port) -> None:
    begins = cast.time.at + timedelta(days=31)
    cast.state(
        cast.alice.say(
            "appointment", record=cast.consultation, practice=cast.practice, practitioner=cast.bose.person,
            starts_at=clock.to_wire(begins), ends_at=clock.to_wire(begins + timedelta(minutes=20)),
        )
    )  # fmt: skip
    hand_over(cast, port)
    cast.time.at += timedelta(days=31)
    cast.state(carry_out(cast, port.dan))
    assert cast.refused(cast.bose, (cast.consultation, "request")) == NONE
    assert cast.error(cast.alice.say("cancel", record=cast.consultation)) == (409, "conflict")
