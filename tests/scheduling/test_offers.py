"""A date is offered, accepted by her signature, moved, declined and taken back; what opens by it, and to whom."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from colloque.consultations.actions import expire_drafts
from colloque.kernel import clock
from colloque.kernel.ids import new_id
from tests.care import RunningVault
from tests.people import Someone, Ward


def letters() -> list[tuple[str, str]]:
    jobs = ProcrastinateJob.objects.filter(task_name="notifications.notify").order_by("id")
    return [(job.args["person"], job.args["letter"]) for job in jobs]


@pytest.fixture
def followed(ward: Ward) -> Ward:
    """Alice was seen by Dr Bose, and is linked to him."""
    consultation = ward.taken()
    assert ward.bose.act("close", consultation)[0] == 200
    return ward


def offered(who: Someone) -> list[dict[str, Any]]:
    return list(who.get("offers")[1])


def week(who: Someone, ward: Ward) -> dict[str, Any]:
    first = clock.now() - timedelta(days=1)
    status, told = who.get(
        f"practices/{ward.cabinet.id}/agenda?from={clock.to_wire(first)}&to={clock.to_wire(first + timedelta(days=9))}"
    )
    assert status == 200, told
    return dict(told)


def accept(ward: Ward, one: dict[str, Any], **other: Any) -> tuple[int, Any, dict[str, Any]]:
    """As her browser does: a consultation of her own making, unless a date moves one, then her signed word."""
    consultation = one["moves"] or ward.draft(wished=ward.bose)
    said = ward.alice.say_act(
        "appointment", consultation,
        **{"practice": ward.cabinet.id, "practitioner": one["practitioner"]["person"],
           "starts_at": one["starts_at"], "ends_at": one["ends_at"], **other},
    )  # fmt: skip
    body = {"consultation": consultation, "statement": said}
    return (*ward.alice.post(f"offers/{one['id']}/accept", body), body)


def test_what_was_offered_and_accepted_opens_on_its_day_alone(followed: Ward, care: RunningVault) -> None:
    ward, id_ = followed, new_id()
    assert ward.offer(id_, by=ward.sam)[0] == 201
    assert ward.offer(id_, by=ward.sam)[0] == 201, "the same offer again is the same"
    (one,) = offered(ward.alice)
    assert [o["id"] for o in week(ward.bose, ward)["offers"]] == [id_]
    status, told, body = accept(ward, one)
    assert (status, told["state"], told["starts_at"]) == (200, "booked", one["starts_at"])
    assert ward.alice.post(f"offers/{id_}/accept", body)[0] == 200, "a lost answer is asked for again"
    assert len(care.lines(kind="appointment", record=told["id"])) == 1
    assert offered(ward.alice) == []
    for who in (ward.bose, ward.sam):
        (appointment,) = week(who, ward)["appointments"]
        assert (appointment["id"], appointment["file"]) == (told["id"], ward.file)
    assert week(ward.dan, ward)["appointments"] == []
    # Three days before, what she prepares is hers.
    ward.alice.write(told["id"], "request", ("motive", {"text": "suivi"}))
    assert ward.bose.get(f"records/{told['id']}/request")[0] == 404
    assert ward.bose.act("take", told["id"])[1]["error"] == "too-soon"
    assert ward.sam.read(ward.file, "identity") == []


def test_on_its_day_he_reads_what_she_prepared_and_takes_her(own_ward: Ward) -> None:
    ward = own_ward
    seen = ward.taken()
    assert ward.bose.act("close", seen)[0] == 200
    assert ward.offer(new_id())[0] == 201
    _, told, _ = accept(ward, offered(ward.alice)[0])
    ward.alice.write(told["id"], "request", ("motive", {"text": "suivi"}))
    morning = datetime.fromisoformat(told["starts_at"]) - timedelta(hours=1)
    with clock.reading(lambda: morning):
        assert ward.bose.read(told["id"], "request") == [{"text": "suivi"}]
        assert ward.bose.get(f"records/{told['id']}/care")[0] == 404
        assert ward.dan.get(f"records/{told['id']}/request")[0] == 404
        assert ward.dan.act("take", told["id"])[0] in (403, 404, 409)
        told = ward.alice.act("request", told["id"], practice=ward.cabinet.id, practitioner=ward.bose.person)[
            1
        ]
        assert told["state"] == "waiting"
        assert [w["for_me"] for w in ward.bose.get(f"queue?practice={ward.cabinet.id}")[1]] == [True]
        assert ward.bose.act("take", told["id"])[1]["state"] == "taken"


def test_a_date_is_moved_with_her_consent_and_stands_until_then(followed: Ward) -> None:
    ward = followed
    ward.offer(new_id())
    _, booked, _ = accept(ward, offered(ward.alice)[0])
    later = clock.now() + timedelta(days=4)
    span = {"starts_at": clock.to_wire(later), "ends_at": clock.to_wire(later + timedelta(minutes=15))}
    assert ward.offer(new_id(), moves=booked["id"], **span)[0] == 201
    (one,) = offered(ward.alice)
    assert week(ward.bose, ward)["appointments"][0]["starts_at"] == booked["starts_at"]
    status, moved, _ = accept(ward, one)
    assert (status, moved["id"], moved["starts_at"]) == (200, booked["id"], span["starts_at"])
    assert len(week(ward.bose, ward)["appointments"]) == 1


@pytest.mark.parametrize("who", ["alice", "bose", "sam"])
def test_either_side_cancels_and_the_other_is_told(followed: Ward, who: str) -> None:
    ward: Ward = followed
    ward.offer(new_id())
    _, booked, _ = accept(ward, offered(ward.alice)[0])
    before = len(letters())
    status, told = getattr(ward, who).act("cancel", booked["id"])
    assert (status, told["state"]) == (200, "cancelled")
    assert week(ward.bose, ward)["appointments"] == []
    expected = {
        "alice": [(ward.bose.person, "agenda")],
        "bose": [(ward.alice.person, "appointment-cancelled")],
        "sam": [(ward.alice.person, "appointment-cancelled"), (ward.bose.person, "agenda")],
    }
    assert letters()[before:] == expected[who]


def test_an_offer_is_declined_or_taken_back_and_then_over(followed: Ward) -> None:
    ward = followed
    for end in (
        lambda id_: ward.alice.post(f"offers/{id_}/decline"),
        lambda id_: ward.sam.post(f"offers/{id_}/withdraw"),
    ):
        id_ = new_id()
        assert ward.offer(id_)[0] == 201
        (one,) = offered(ward.alice)
        assert end(id_)[0] == 204
        assert offered(ward.alice) == []
        status, told, _ = accept(ward, one)
        assert (status, told["error"]) == (409, "offer-over")


def test_she_signs_the_very_date_that_was_offered(followed: Ward) -> None:
    ward = followed
    ward.offer(new_id())
    (one,) = offered(ward.alice)
    other = clock.to_wire(clock.now() + timedelta(days=30))
    assert accept(ward, one, ends_at=other)[0] == 400
    assert accept(ward, one, practitioner=ward.dan.person)[0] == 400
    assert offered(ward.alice) != []


def test_one_hour_is_offered_once_and_to_a_patient_who_is_followed(followed: Ward) -> None:
    ward = followed
    ward.offer(new_id())
    assert ward.offer(new_id())[1]["error"] == "slot-taken"
    soon = clock.now() - timedelta(minutes=1)
    past = {"starts_at": clock.to_wire(soon), "ends_at": clock.to_wire(soon + timedelta(minutes=15))}
    assert ward.offer(new_id(), **past)[1]["error"] == "span"
    # Dr Dan has never seen her; Zoé's file is nobody's to open yet.
    assert ward.offer(new_id(), by=ward.dan)[0] == 404
    assert ward.offer(new_id(), file=ward.zoe.make_record("file", ward.cabinet))[0] == 404
    assert ward.offer(new_id(), practitioner=ward.sam.person)[0] == 404
    assert [p["file"] for p in week(ward.sam, ward)["patients"]] == [ward.file]
    assert week(ward.dan, ward)["patients"] == []


def test_the_practices_word_alone_books_nothing(followed: Ward) -> None:
    ward, consultation = followed, followed.draft()
    begins = clock.now() + timedelta(hours=1)
    said = ward.bose.say_act(
        "appointment", consultation, practice=ward.cabinet.id, practitioner=ward.bose.person,
        starts_at=clock.to_wire(begins), ends_at=clock.to_wire(begins + timedelta(minutes=20)),
    )  # fmt: skip
    answer = ward.bose.vault.post("/vault/statements", json=said)
    assert (answer.status_code, answer.json()["error"]) == (403, "not-allowed")
    assert ward.alice.post(f"consultations/{consultation}/appointment", {"statement": said})[0] == 404


def test_an_appointment_to_which_nobody_came_ends_after_a_week(own_ward: Ward) -> None:
    ward = own_ward
    assert ward.bose.act("close", ward.taken())[0] == 200
    ward.offer(new_id())
    _, booked, _ = accept(ward, offered(ward.alice)[0])
    with clock.reading(lambda: datetime.fromisoformat(booked["ends_at"]) + timedelta(days=6)):
        assert expire_drafts() == 0
    with clock.reading(lambda: datetime.fromisoformat(booked["ends_at"]) + timedelta(days=7)):
        assert expire_drafts() == 1
