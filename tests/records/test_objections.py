"""A patient objects to an opening; it goes to the practice's manager, who answers."""

from procrastinate.contrib.django.models import ProcrastinateJob

from colloque.envelope.sealed_key import Recipient, open_note, seal_note
from colloque.records.outbox import flush_lines
from tests.care import RunningVault
from tests.people import Ward


def objection(ward: Ward, record: str, **fields: object) -> dict[str, object]:
    return {"seq": 12, "record": record, "reason": "unknown-person", **fields}


def test_it_goes_to_the_manager_and_comes_back_answered(ward: Ward, care: RunningVault) -> None:
    note = seal_note(
        "je ne connais pas cette personne", practice=Recipient(ward.cabinet.id, ward.cabinet.kem_key)
    )
    made = ward.alice.ok("objections", objection(ward, ward.file, note=note.to_json()))
    assert ward.alice.ok("objections", objection(ward, ward.file))["id"] == made["id"]
    (told,) = ward.marc.get(f"practices/{ward.cabinet.id}/objections")[1]
    assert (
        open_note(told["note"], ward.cabinet.kem_seed, practice=ward.cabinet.id)
        == "je ne connais pas cette personne"
    )
    assert (told["seq"], told["reason"], told["answer"]) == (12, "unknown-person", None)
    assert ward.marc.ok(f"objections/{made['id']}/answer", {"answer": "incident"})["answer"] == "incident"
    assert [one["answer"] for one in ward.alice.get("objections")[1]] == ["incident"]
    flush_lines()
    (line,) = care.lines(kind="objection", record=ward.file)
    assert (line["actor"], line["purpose"]) == (ward.alice.person, "unknown-person")
    jobs = ProcrastinateJob.objects.filter(task_name="notifications.notify").order_by("id")
    assert [(job.args["person"], job.args["letter"]) for job in jobs] == [
        (ward.marc.person, "objection"), (ward.alice.person, "objection-answered"),
    ]  # fmt: skip


def test_the_line_goes_with_it_and_tells_of_nothing_else(ward: Ward) -> None:
    line = f'{{"kind":"release","record":"{ward.file}","seq":12}}'
    for odd in (
        "{",
        "[]",
        12,
        line.replace("12", "13"),
        line.replace(ward.file, ward.alice.person),
        line + " " * 5000,
    ):
        assert ward.alice.post("objections", objection(ward, ward.file, line=odd))[0] == 400, odd
    ward.alice.ok("objections", objection(ward, ward.file, line=line))
    (told,) = ward.marc.get(f"practices/{ward.cabinet.id}/objections")[1]
    assert told["line"] == line


def test_only_the_subject_objects_and_only_the_manager_answers(ward: Ward) -> None:
    made = ward.alice.ok("objections", objection(ward, ward.file))
    for who in (ward.chen, ward.zoe, ward.sam, ward.bose, ward.marc):
        assert who.post("objections", objection(ward, ward.file))[0] == 404, who.name
    for who in (ward.chen, ward.zoe, ward.sam, ward.bose, ward.alice):
        assert who.get(f"practices/{ward.cabinet.id}/objections")[0] == 404, who.name
        assert who.post(f"objections/{made['id']}/answer", {"answer": "explained"})[0] == 404, who.name
    assert ward.zoe.get("objections") == (200, [])


def test_what_is_odd_is_refused(ward: Ward) -> None:
    assert ward.alice.post("objections", objection(ward, ward.file, reason="fièvre"))[0] == 400
    assert ward.alice.post("objections", objection(ward, ward.file, seq=-1))[0] == 400
    assert ward.alice.post("objections", objection(ward, ward.file, note="en clair"))[0] == 400
    status, told = ward.alice.post("objections", objection(ward, ward.alice.make_record("person")))
    assert (status, told["error"]) == (409, "no-practice")
    made = ward.alice.ok("objections", objection(ward, ward.file))
    assert ward.marc.post(f"objections/{made['id']}/answer", {"answer": "oups"})[0] == 400
