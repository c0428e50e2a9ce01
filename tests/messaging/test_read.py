"""How far each side has read, and the letter to who has not."""

from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from colloque.consultations.models import Consultation, Seen
from colloque.kernel.clock import now
from colloque.messaging.actions import tell_of_writing
from tests.people import Ward


def letters(ward: Ward) -> list[tuple[str, str]]:
    jobs = ProcrastinateJob.objects.filter(task_name="notifications.notify").order_by("id")
    return [(job.args["person"], job.args["letter"]) for job in jobs]


def message(text: str) -> tuple[str, dict[str, Any]]:
    return "message", {"text": text, "documents": []}


def test_a_mark_is_seen_by_the_other_side_and_only_moves_forward(ward: Ward) -> None:
    consultation = ward.taken()
    ward.bose.write(consultation, "exchange", message("un"), message("deux"))
    assert ward.alice.post(f"consultations/{consultation}/read", {"position": 1}) == (200, {"position": 1})
    assert ward.alice.post(f"consultations/{consultation}/read", {"position": 0}) == (200, {"position": 1})
    assert ward.bose.get(f"consultations/{consultation}")[1]["read"] == {ward.alice.person: 1}


def test_nobody_reads_what_was_not_written(ward: Ward) -> None:
    consultation = ward.taken()
    for position in (0, -1, True, "0", None, 1.5):
        assert ward.alice.post(f"consultations/{consultation}/read", {"position": position})[0] == 400, (
            position
        )


def test_outsiders_mark_nothing(ward: Ward) -> None:
    consultation = ward.taken()
    ward.bose.write(consultation, "exchange", message("un"))
    for who in ward.outsiders():
        assert who.post(f"consultations/{consultation}/read", {"position": 0})[0] == 404, who.name
    ward.alice.client.cookies.clear()
    assert ward.alice.post(f"consultations/{consultation}/read", {"position": 0})[0] == 401


def test_who_has_not_come_gets_a_letter(ward: Ward) -> None:
    consultation = ward.taken()
    ward.bose.write(consultation, "exchange", message("un"))
    (job,) = ProcrastinateJob.objects.filter(task_name="messaging.tell_of_writing")
    assert job.args == {"consultation": consultation, "author": ward.bose.person}
    assert job.scheduled_at is not None
    assert job.scheduled_at > now()
    assert tell_of_writing(consultation_id=job.args["consultation"], author=job.args["author"])
    assert letters(ward)[-1] == (ward.alice.person, "message")


def test_several_messages_in_a_minute_are_one_look(ward: Ward) -> None:
    consultation = ward.taken()
    for text in ("un", "deux", "trois"):
        ward.bose.write(consultation, "exchange", message(text))
    assert ProcrastinateJob.objects.filter(task_name="messaging.tell_of_writing").count() == 1


def test_who_is_there_or_has_read_gets_none(ward: Ward) -> None:
    consultation = ward.taken()
    ward.bose.write(consultation, "exchange", message("un"))
    Seen.objects.create(consultation_id=consultation, role="patient")
    assert not tell_of_writing(consultation, ward.bose.person)
    Seen.objects.all().delete()
    ward.alice.post(f"consultations/{consultation}/read", {"position": 0})
    assert not tell_of_writing(consultation, ward.bose.person)
    ward.bose.write(consultation, "exchange", message("deux"))
    assert tell_of_writing(consultation, ward.bose.person)


def test_the_practitioner_hears_of_the_patients_message(ward: Ward) -> None:
    consultation = ward.taken()
    ward.bose.act("close", consultation)
    ward.alice.write(consultation, "exchange", message("merci"))
    assert tell_of_writing(consultation, ward.alice.person)
    assert letters(ward)[-1] == (ward.bose.person, "message")


def test_nobody_is_written_to_about_what_is_over(ward: Ward) -> None:
    consultation = ward.waiting()
    ward.alice.write(consultation, "exchange", message("?"))
    assert not tell_of_writing(consultation, ward.alice.person)
    Consultation.objects.filter(id=consultation).update(state="cancelled")
    assert not tell_of_writing(consultation, ward.alice.person)
