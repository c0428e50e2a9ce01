"""`/ws/consultations/<id>/signal` as it runs: uvicorn, Channels, sessions, the consultation's gate."""

import contextlib
import time
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from colloque.kernel.ids import new_id
from colloque.video.errors import (
    CLOSED_MALFORMED,
    CLOSED_NOT_FOUND,
    CLOSED_REPLACED,
    CLOSED_SIGNED_OUT,
    CLOSED_SILENT,
    CLOSED_TOO_LARGE,
    CLOSED_TOO_MANY,
)
from tests.live import LiveWeb, Page, running_web
from tests.people import Someone, Ward


@pytest.fixture
def web(live_ward: Ward) -> Iterator[LiveWeb]:
    with running_web() as live:
        yield live


def sit(web: LiveWeb, who: Someone | None, consultation: str, *, page: str = "", pings: bool = True) -> Page:
    return web.socket(who, f"consultations/{consultation}/signal?page={page}", pings=pings)


def test_two_seats_hear_of_each_other_and_of_nothing_else(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    alice = sit(web, live_ward.alice, consultation, page="a-1")
    bose = sit(web, live_ward.bose, consultation, page="b-1")
    assert alice.wait_type("peer") == {"type": "peer", "state": "here", "page": "b-1"}
    assert bose.wait_type("peer") == {"type": "peer", "state": "here", "page": "a-1"}
    bose.say({"type": "signal", "data": {"candidate": None, "é": 1}})
    told = alice.wait_type("signal")
    assert told == {
        "type": "signal",
        "data": {"candidate": None, "é": 1},
        "from": live_ward.bose.person,
        "page": "b-1",
    }
    time.sleep(0.3)
    assert [m for _, m in bose.told if m["type"] == "signal"] == []  # no echo
    bose.close()
    assert alice.wait_type("peer", state="gone", seconds=2)["page"] == "b-1"
    alice.close()


def test_a_signal_carries_the_name_that_the_session_gives(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    alice, bose = sit(web, live_ward.alice, consultation), sit(web, live_ward.bose, consultation)
    alice.wait_type("peer")
    bose.say({"type": "signal", "from": live_ward.chen.person, "page": "x", "data": {"bye": True}})
    assert alice.wait_type("signal")["from"] == live_ward.bose.person
    for page in (alice, bose):
        page.close()


def test_nobody_else_has_a_seat(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    alice = sit(web, live_ward.alice, consultation)
    # Dr Chen is of another practice, Dr Dan of this one and not assigned, Zoé another patient.
    for stranger in (live_ward.chen, live_ward.dan, live_ward.zoe):
        assert sit(web, stranger, consultation).wait_closed() == CLOSED_NOT_FOUND
    assert sit(web, None, consultation).wait_closed() == CLOSED_SIGNED_OUT
    assert sit(web, live_ward.alice, new_id()).wait_closed() == CLOSED_NOT_FOUND
    assert sit(web, live_ward.alice, "not-an-id").wait_closed() == CLOSED_NOT_FOUND
    time.sleep(0.2)
    assert [m for _, m in alice.told if m["type"] != "pong"] == []
    alice.close()


def test_another_site_cannot_open_it(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    with pytest.raises(InvalidStatus):
        web.socket(
            live_ward.alice, f"consultations/{consultation}/signal", origin="https://elsewhere.example"
        )


def test_the_patient_may_be_early_and_the_practitioner_may_not(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.waiting()
    alice = sit(web, live_ward.alice, consultation)
    assert sit(web, live_ward.bose, consultation).wait_closed() == CLOSED_NOT_FOUND
    assert web.act(live_ward.bose, "take", consultation)[0] == 200
    bose = sit(web, live_ward.bose, consultation)
    alice.wait_type("peer", state="here")
    bose.wait_type("peer", state="here")
    for page in (alice, bose):
        page.close()


def test_a_second_tab_takes_the_seat_of_the_first(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    bose = sit(web, live_ward.bose, consultation)
    first = sit(web, live_ward.alice, consultation, page="first")
    bose.wait_type("peer", page="first")
    second = sit(web, live_ward.alice, consultation, page="second")
    first.wait_type("replaced")
    assert first.wait_closed() == CLOSED_REPLACED
    bose.wait_type("peer", state="here", page="second")
    time.sleep(0.3)
    assert [m for _, m in bose.told if m.get("state") == "gone"] == []
    for page in (bose, second):
        page.close()


@pytest.mark.parametrize("act", ["close", "transfer"])
def test_the_seat_ends_with_the_consultation(act: str, live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    alice, bose = sit(web, live_ward.alice, consultation), sit(web, live_ward.bose, consultation)
    alice.wait_type("peer", state="here")
    assert web.act(live_ward.bose, act, consultation)[0] == 200
    assert bose.wait_closed(seconds=8) == CLOSED_NOT_FOUND
    if act == "close":
        assert alice.wait_closed(seconds=8) == CLOSED_NOT_FOUND
    else:
        alice.wait_type("peer", state="gone")
        alice.close()


def test_signing_out_ends_it(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    alice = sit(web, live_ward.alice, consultation)
    alice.say({"type": "ping"})
    alice.wait_type("pong")
    live_ward.alice.client.session.flush()
    assert alice.wait_closed(seconds=8) == CLOSED_SIGNED_OUT


def test_silence_is_told_to_the_other_within_ten_seconds(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    alice, bose = sit(web, live_ward.alice, consultation), sit(web, live_ward.bose, consultation)
    alice.wait_type("peer", state="here")
    time.sleep(2)  # it has pinged
    bose.fall_silent()  # its last ping may be 1.5 s old: ten seconds from there
    alice.wait_type("peer", state="gone", seconds=10)
    assert bose.wait_closed() == CLOSED_SILENT
    alice.close()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", CLOSED_MALFORMED),
        ('{"type":"signal","data":7}', CLOSED_MALFORMED),
        ("x" * 70_000, CLOSED_TOO_LARGE),
    ],
)
def test_what_is_no_message_ends_the_socket(message: str, code: int, live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    bose, alice = sit(web, live_ward.bose, consultation), sit(web, live_ward.alice, consultation)
    bose.wait_type("peer", state="here")
    alice.raw.send(message)
    assert alice.wait_closed() == code
    bose.wait_type("peer", state="gone")
    bose.close()


def test_a_flood_is_cut(live_ward: Ward, web: LiveWeb) -> None:
    alice = sit(web, live_ward.alice, live_ward.taken())
    alice.wait_type("pong", seconds=4)
    with contextlib.suppress(ConnectionClosed):  # the sends after the cut
        for _ in range(2000):
            alice.say({"type": "signal", "data": {}})
    assert alice.wait_closed() == CLOSED_TOO_MANY
