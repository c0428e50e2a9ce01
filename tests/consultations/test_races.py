"""Fifty practitioners want one consultation; a queue is worked through by several at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from colloque.consultations.models import Consultation, Taking
from colloque.records.models import Door
from tests.care import RunningVault
from tests.people import Someone, Ward

MANY = 50


def race(people: list[Someone], what: str, consultation: str) -> list[tuple[int, str]]:
    """Let everyone act at the same moment; return (status, error or state)."""
    said = {who.person: {"statement": who.say_act(what, consultation)} for who in people}
    barrier = threading.Barrier(len(people))

    def go(who: Someone) -> tuple[int, str]:
        try:
            barrier.wait()
            status, told = who.post(f"consultations/{consultation}/{what}", said[who.person])
            return status, str(told.get("error") or told["state"])
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as threads:
        return list(threads.map(go, people))


def test_of_fifty_who_take_one_consultation_one_has_it(live_ward: Ward, care: RunningVault) -> None:
    people = live_ward.more_practitioners(MANY)
    consultation = live_ward.waiting()
    answers = race(people, "take", consultation)
    assert sorted(status for status, _ in answers) == [200] + [409] * (MANY - 1)
    assert {word for status, word in answers if status == 409} == {"taken"}
    held = Consultation.objects.get(id=consultation)
    winner = people[[status for status, _ in answers].index(200)]
    assert (held.state, str(held.practitioner_id)) == ("taken", winner.person)
    assert Taking.objects.filter(consultation=consultation).count() == 1
    taken = care.lines(record=consultation, kind="consultation-taken")
    assert [line["actor"] for line in taken] == [winner.person]
    doors = Door.objects.filter(cause=consultation, relation="assigned")
    assert {str(person) for person in doors.values_list("person_id", flat=True)} == {winner.person}


def test_a_cancellation_and_a_take_at_once_leave_one_of_them(live_ward: Ward, care: RunningVault) -> None:
    for _ in range(5):
        consultation = live_ward.waiting()
        said = {
            live_ward.alice: ("cancel", live_ward.alice.say_act("cancel", consultation)),
            live_ward.bose: ("take", live_ward.bose.say_act("take", consultation)),
        }

        def go(who: Someone, said: dict[Someone, tuple[str, object]] = said, id_: str = consultation) -> int:
            what, statement = said[who]
            try:
                return who.post(f"consultations/{id_}/{what}", {"statement": statement})[0]
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(go, said))
        assert sorted(answers) == [200, 409]
        kinds = {line["kind"] for line in care.lines(record=consultation)} & {
            "consultation-taken", "consultation-cancelled",
        }  # fmt: skip
        state = Consultation.objects.get(id=consultation).state
        assert kinds == {f"consultation-{state}"}


def test_two_writers_at_once_land_one_after_the_other(live_ward: Ward) -> None:
    consultation = live_ward.taken()
    bodies = {
        who: who.prepare(consultation, "exchange", ("message", {"text": who.name, "documents": []}))
        for who in (live_ward.alice, live_ward.bose)
    }

    def go(who: Someone) -> int:
        try:
            return who.post(f"records/{consultation}/exchange", bodies[who])[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(go, bodies)) == [201, 409]
    assert len(live_ward.alice.read(consultation, "exchange")) == 1
