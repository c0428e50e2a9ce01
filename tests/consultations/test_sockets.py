"""The waiting room never sticks: each change reaches the other side's open page, over real sockets, within
ten seconds."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from asgiref.current_thread_executor import CurrentThreadExecutor
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from colloque.accounts.models import Membership
from colloque.consultations import sockets
from colloque.consultations.actions import complete_lost
from colloque.consultations.errors import (
    CLOSED_MALFORMED,
    CLOSED_NOT_FOUND,
    CLOSED_SIGNED_OUT,
    CLOSED_TOO_MANY,
)
from colloque.consultations.models import Consultation
from colloque.kernel.clock import now
from colloque.kernel.ids import new_id
from tests.live import LiveWeb, running_web
from tests.people import Ward


@pytest.fixture
def web(live_ward: Ward) -> Iterator[LiveWeb]:
    with running_web() as live:
        yield live


def test_a_page_is_told_where_the_consultation_stands_when_it_opens(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.waiting()
    page = web.socket(live_ward.alice, f"consultations/{consultation}")
    told = page.wait_type("consultation")
    assert (told["state"], told["position"], told["ahead"], told["on_duty"]) == ("waiting", 1, 0, 0)
    assert told["estimate_minutes"] is None
    page.close()


@pytest.fixture
def by_news_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are told by news, or not at all: no socket looks for itself."""
    monkeypatch.setattr(sockets, "LOOK_SECONDS", 3600.0)


@pytest.mark.usefixtures("by_news_alone")
def test_taking_transferring_and_closing_reach_the_patient_at_once(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.waiting()
    page = web.socket(live_ward.alice, f"consultations/{consultation}")
    page.wait_type("consultation", state="waiting")
    assert web.act(live_ward.bose, "take", consultation)[0] == 200
    told = page.wait_type("consultation", state="taken")
    assert told["practitioner"]["person"] == live_ward.bose.person
    assert web.act(live_ward.bose, "transfer", consultation, to=live_ward.dan.person)[0] == 200
    assert page.wait_type("consultation", state="waiting")["wished"]["person"] == live_ward.dan.person
    assert web.act(live_ward.dan, "take", consultation)[0] == 200
    page.wait_type("consultation", state="taken")
    assert web.act(live_ward.dan, "close", consultation)[0] == 200
    page.wait_type("consultation", state="closed")
    page.close()


@pytest.mark.usefixtures("by_news_alone")
@pytest.mark.parametrize("what", ["refuse", "cancel"])
def test_the_end_of_waiting_reaches_patient_and_queue(live_ward: Ward, web: LiveWeb, what: str) -> None:
    consultation = live_ward.waiting()
    page = web.socket(live_ward.alice, f"consultations/{consultation}")
    queue = web.socket(live_ward.bose, f"queue/{live_ward.cabinet.id}")
    assert [w["id"] for w in queue.wait_type("queue")["waiting"]] == [consultation]
    page.wait_type("consultation", state="waiting")
    who = live_ward.alice if what == "cancel" else live_ward.dan
    assert web.act(who, what, consultation)[0] == 200
    page.wait_type("consultation", state="cancelled" if what == "cancel" else "refused")
    queue.wait(lambda m: m["type"] == "queue" and m["waiting"] == [], seconds=10)
    page.close()
    queue.close()


@pytest.mark.usefixtures("by_news_alone")
def test_those_behind_move_up_when_one_is_taken(live_ward: Ward, web: LiveWeb) -> None:
    first, second = live_ward.waiting(), live_ward.waiting(live_ward.zoe)
    page = web.socket(live_ward.zoe, f"consultations/{second}")
    assert page.wait_type("consultation")["ahead"] == 1
    assert web.act(live_ward.bose, "take", first)[0] == 200
    assert page.wait_type("consultation", ahead=0)["position"] == 1
    page.close()


def test_silence_shows_as_unsteady_then_gone_within_ten_seconds(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    alice = web.socket(live_ward.alice, f"consultations/{consultation}")
    bose = web.socket(live_ward.bose, f"consultations/{consultation}")
    alice.wait_presence("practitioner", "here")
    bose.fall_silent()
    begun = time.monotonic()
    alice.wait_presence("practitioner", "unsteady", seconds=7)
    alice.wait_presence("practitioner", "gone", seconds=10)
    assert time.monotonic() - begun < 10
    bose.say({"type": "ping"})
    alice.wait_presence("practitioner", "here", seconds=2)
    # Both gone for long: it stays taken, and can be come back to.
    alice.close()
    bose.close()
    again = web.socket(live_ward.bose, f"consultations/{consultation}")
    assert again.wait_type("consultation")["state"] == "taken"
    again.close()


def test_a_reload_is_not_read_as_leaving(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    alice = web.socket(live_ward.alice, f"consultations/{consultation}")
    bose = web.socket(live_ward.bose, f"consultations/{consultation}")
    alice.wait_presence("practitioner", "here")
    bose.close()
    time.sleep(3)
    bose = web.socket(live_ward.bose, f"consultations/{consultation}")
    time.sleep(4)
    assert "gone" not in [m.get("state") for _, m in alice.told if m["type"] == "presence"]
    bose.close()
    alice.close()


def test_one_of_two_tabs_closed_is_not_leaving(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    alice = web.socket(live_ward.alice, f"consultations/{consultation}")
    tabs = [web.socket(live_ward.bose, f"consultations/{consultation}") for _ in range(2)]
    alice.wait_presence("practitioner", "here")
    tabs[0].close()
    time.sleep(9)
    assert [m for _, m in alice.told if m["type"] == "presence" and m["state"] != "here"] == []
    tabs[1].close()
    alice.close()


def test_a_patient_who_left_stays_in_the_queue_as_gone_and_can_be_taken(
    live_ward: Ward, web: LiveWeb
) -> None:
    consultation = live_ward.waiting()
    queue = web.socket(live_ward.bose, f"queue/{live_ward.cabinet.id}")
    alice = web.socket(live_ward.alice, f"consultations/{consultation}")
    queue.wait(lambda m: m["type"] == "queue" and [w["presence"] for w in m["waiting"]] == ["here"])
    queue.forget()
    alice.close()
    begun = time.monotonic()
    queue.wait(
        lambda m: m["type"] == "queue" and [w["presence"] for w in m["waiting"]] == ["gone"], seconds=10
    )
    assert 4 < time.monotonic() - begun < 10
    assert web.act(live_ward.bose, "take", consultation)[0] == 200
    queue.close()


def test_a_change_whose_news_was_lost_is_found_within_ten_seconds(live_ward: Ward, web: LiveWeb) -> None:
    """Made by another process, which does not share this one's channel layer: the socket looks for itself."""
    consultation = live_ward.waiting()
    page = web.socket(live_ward.alice, f"consultations/{consultation}")
    queue = web.socket(live_ward.dan, f"queue/{live_ward.cabinet.id}")
    page.wait_type("consultation", state="waiting")
    assert live_ward.bose.act("take", consultation)[0] == 200  # by Django's test client, in this thread
    page.wait_type("consultation", state="taken")
    queue.wait(lambda m: m["type"] == "queue" and m["waiting"] == [], seconds=10)
    page.close()
    queue.close()
    assert complete_lost() == 0


@pytest.mark.usefixtures("by_news_alone")
def test_writing_and_reading_are_told(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    alice = web.socket(live_ward.alice, f"consultations/{consultation}")
    bose = web.socket(live_ward.bose, f"consultations/{consultation}")
    bose.wait_type("consultation")
    alice.wait_type("consultation")
    bose.say({"type": "writing"})
    assert alice.wait_type("writing")["role"] == "practitioner"
    body = live_ward.bose.prepare(consultation, "exchange", ("message", {"text": "bonjour", "documents": []}))
    assert web.post(live_ward.bose, f"records/{consultation}/exchange", body)[0] == 201
    for page in (alice, bose):
        told = page.wait_type("record")
        assert (told["record"], told["compartment"], told["counter"]) == (consultation, "exchange", 1)
    assert web.post(live_ward.alice, f"consultations/{consultation}/read", {"position": 0}) == (
        200,
        {"position": 0},
    )
    assert bose.wait_type("read")["person"] == live_ward.alice.person
    alice.close()
    bose.close()


def test_the_call_is_told_to_the_other_side_and_to_who_comes_later(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    bose = web.socket(live_ward.bose, f"consultations/{consultation}")
    bose.wait_type("consultation")
    bose.say({"type": "call", "state": "in"})
    alice = web.socket(live_ward.alice, f"consultations/{consultation}")
    alice.wait_type("call", role="practitioner", state="in", seconds=3)
    bose.close()
    alice.wait_type("call", role="practitioner", state="left", seconds=3)
    alice.close()


def test_outsiders_are_turned_away(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    for who in live_ward.outsiders():
        assert web.socket(who, f"consultations/{consultation}").wait_closed() == CLOSED_NOT_FOUND, who.name
    for who in (live_ward.chen, live_ward.zoe, live_ward.sam, live_ward.marc, live_ward.alice):
        assert web.socket(who, f"queue/{live_ward.cabinet.id}").wait_closed() == CLOSED_NOT_FOUND, who.name
    assert web.socket(None, f"consultations/{consultation}").wait_closed() == CLOSED_SIGNED_OUT
    assert web.socket(None, f"queue/{live_ward.cabinet.id}").wait_closed() == CLOSED_SIGNED_OUT
    for path in (f"consultations/{new_id()}", "consultations/x", "queue/x"):
        assert web.socket(live_ward.bose, path).wait_closed() == CLOSED_NOT_FOUND, path


def test_a_practitioner_does_not_sit_in_the_waiting_room(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.waiting()
    assert web.socket(live_ward.bose, f"consultations/{consultation}").wait_closed() == CLOSED_NOT_FOUND


def test_another_sites_page_is_not_let_in(live_ward: Ward, web: LiveWeb) -> None:
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus):
        web.socket(live_ward.alice, f"consultations/{live_ward.waiting()}", origin="https://evil.example")


def test_a_door_that_shuts_ends_the_socket(live_ward: Ward, web: LiveWeb) -> None:
    consultation = live_ward.taken()
    bose = web.socket(live_ward.bose, f"consultations/{consultation}")
    queue = web.socket(live_ward.bose, f"queue/{live_ward.cabinet.id}")
    alice = web.socket(live_ward.alice, f"consultations/{consultation}")
    for page in (bose, alice):
        page.wait_type("consultation")
    Membership.objects.filter(account=live_ward.bose.person).update(ended_at=now())
    SessionStore(session_key=live_ward.alice.session_key).delete()
    assert bose.wait_closed() == CLOSED_NOT_FOUND
    assert queue.wait_closed() == CLOSED_NOT_FOUND
    assert alice.wait_closed() == CLOSED_SIGNED_OUT


def test_noise_ends_the_socket(live_ward: Ward, web: LiveWeb) -> None:
    path = f"consultations/{live_ward.taken()}"
    page = web.socket(live_ward.alice, path)
    page.wait_type("consultation")
    page.raw.send("not json")
    assert page.wait_closed() == CLOSED_MALFORMED
    page = web.socket(live_ward.alice, path)
    page.wait_type("consultation")
    for _ in range(100):
        page.say({"type": "writing"})
    assert page.wait_closed() == CLOSED_TOO_MANY


def test_a_ping_is_answered(live_ward: Ward, web: LiveWeb) -> None:
    page = web.socket(live_ward.alice, f"consultations/{live_ward.waiting()}", pings=False)
    page.wait_type("consultation")
    page.say({"type": "ping"})
    page.wait_type("pong", seconds=1)
    page.close()


def test_who_leaves_while_news_are_sent_leaves_no_connection_open(
    live_ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = live_ward.waiting()
    run_until_future = CurrentThreadExecutor.run_until_future
    sent = threading.Event()

    def run_and_linger(executor: CurrentThreadExecutor, future: Any) -> None:
        run_until_future(executor, future)
        sent.set()
        time.sleep(2)  # as a busy machine does

    monkeypatch.setattr(CurrentThreadExecutor, "run_until_future", run_and_linger)
    with running_web() as web:
        web.http.timeout = httpx.Timeout(1)
        with pytest.raises(httpx.ReadTimeout):
            web.act(live_ward.bose, "take", consultation)
    assert sent.is_set()
    assert Consultation.objects.get(id=consultation).state == "taken"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone() == (0,)
