"""A practice hands its records to another: the web follows what the vault decided, tells everybody, lets nobody else in."""

from datetime import timedelta
from typing import Any

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from colloque.envelope.sealed_key import Recipient, open_key, seal_key
from colloque.incidents import findings, tail
from colloque.incidents.models import Tail
from colloque.incidents.tail import Watch
from colloque.kernel.clock import now, to_wire
from colloque.kernel.ids import new_id
from colloque.records import custody
from colloque.records.models import Custody, Record
from tests.people import Cabinet, Someone, Ward
from tests.records.test_grants import days_later

REASON = "a reason of twenty characters"


def half(by: Someone, to: Cabinet, *, days: float = 30.1) -> dict[str, Any]:
    assert by.cabinet is not None
    later = {
        "not_before": to_wire(now() + timedelta(days=days)),
        "until": to_wire(now() + timedelta(hours=71)),
    }
    return by.say("custody", practice=by.cabinet.id, to=to.id, step="ask", **later)


def propose(ward: Ward, **how: Any) -> dict[str, Any]:
    for who in (ward.marc, ward.chen):
        who.prove()
    said = half(ward.marc, ward.other_cabinet, **how)
    return dict(ward.marc.ok(f"practices/{ward.cabinet.id}/custody", {"statement": said}))


def agree(ward: Ward) -> dict[str, Any]:
    one = propose(ward)
    signed = {"statement": ward.chen.agree(one["statement"])}
    return dict(ward.chen.ok(f"custody/{one['id']}/agree", signed))


def cancel(who: Someone, one: dict[str, Any]) -> tuple[int, Any]:
    said = who.say("custody-cancel", practice=one["practice"]["id"])
    return who.post(f"custody/{one['id']}/cancel", {"statement": said})


def refuse(who: Someone, file: str) -> tuple[int, Any]:
    return who.post(f"records/{file}/custody/refuse", {"statement": who.say("custody-refuse", record=file)})


def watching() -> Watch:
    Tail.objects.create(id=1, next=tail.size())
    return Watch()


def letters(ward: Ward) -> set[tuple[str, str]]:
    """Who is written to, once the worker has told everybody."""
    waiting = ProcrastinateJob.objects.filter(task_name=custody.TELL_JOB)
    for args in [job.args for job in waiting]:
        custody.tell(**args)
    forget(waiting)
    names = {one.person: one.name for one in (ward.alice, ward.zoe, ward.bose, ward.marc, ward.chen)}
    found = ProcrastinateJob.objects.filter(args__letter__startswith="custody")
    told = {(names[job.args["person"]], job.args["letter"]) for job in found}
    forget(found)
    return told


def forget(jobs: Any) -> None:
    with connection.cursor() as cursor:
        ids = list(jobs.values_list("id", flat=True))
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [ids])


def book(ward: Ward) -> str:
    """An appointment of hers with Dr Bose, after the day on which the records go."""
    begins, offer, draft = now() + timedelta(days=40), new_id(), ward.draft()
    times = {"starts_at": to_wire(begins), "ends_at": to_wire(begins + timedelta(minutes=20))}
    assert ward.offer(offer, **times)[0] == 201
    who = {"practice": ward.cabinet.id, "practitioner": ward.bose.person}
    said = ward.alice.say("appointment", record=draft, **who, **times)
    ward.alice.ok(f"offers/{offer}/accept", {"consultation": draft, "statement": said})
    return draft


def test_after_the_delay_file_doors_and_lists_are_the_successors(own_ward: Ward) -> None:
    alice, bose, chen = own_ward.alice, own_ward.bose, own_ward.chen
    watch = watching()
    alice.write(own_ward.file, "background", ("background", {"text": "asthme"}))
    record, kept = own_ward.taken(), own_ward.zoe.make_record("file", own_ward.cabinet)
    assert bose.act("close", record)[0] == 200
    booked = book(own_ward)
    assert own_ward.offer(new_id())[0] == 201
    one = agree(own_ward)
    assert (one["is_agreed"], one["left"], one["kept"]) == (True, 2, 0)
    assert letters(own_ward) == {
        ("Alice", "custody-asked"),
        ("Zoé", "custody-asked"),
        ("Bose", "custody-of-practice"),
        ("Marc", "custody-of-practice"),
        ("Chen", "custody-of-practice"),
        ("Chen", "custody-proposed"),
    }
    for who in (alice, chen, bose):
        assert refuse(who, kept)[0] == 404, who.name
    assert refuse(own_ward.zoe, kept)[0] == 204
    assert refuse(own_ward.zoe, kept)[0] == 204
    (told,) = alice.get("custody")[1]["going"]
    assert (told["record"], told["to"]["id"], told["is_kept"]) == (
        own_ward.file,
        own_ward.other_cabinet.id,
        False,
    )
    assert [row["is_kept"] for row in own_ward.zoe.get("custody")[1]["going"]] == [True]
    assert custody.carry_out_due() == 0
    with days_later(31):
        assert custody.carry_out_due() == 3, "her file and her consultations; not what Zoé keeps"
        assert findings.sweep(watch) > 0
        assert custody.carry_out_due() == 0
        moved = Record.objects.filter(practice_id=own_ward.other_cabinet.id)
        assert {str(found.id) for found in moved} == {own_ward.file, record, booked}
        for who in (bose, own_ward.marc):
            assert who.get(f"records/{record}")[0] == 404, who.name
            assert who.get(f"consultations/{record}")[0] == 404, who.name
            assert who.get(f"records/{own_ward.file}?purpose=break-glass")[0] == 404, who.name
        assert bose.get("consultations")[1] == []
        assert alice.get(f"consultations/{record}")[1]["practice"]["id"] == own_ward.other_cabinet.id
        assert alice.get(f"consultations/{booked}")[1]["state"] == "cancelled"
        assert alice.get("offers")[1] == []
        assert letters(own_ward) == {("Alice", "custody-moved")}
        # The successor: nothing without a reason, and nothing to open it with before it was sealed anew.
        assert chen.get(f"records/{own_ward.file}")[0] == 404
        assert chen.get(f"records/{own_ward.file}?purpose=break-glass")[1]["sealed_keys"] == []
        seal_anew(own_ward, own_ward.marc)
        read = chen.read(own_ward.file, "background", purpose="break-glass", reason=REASON)
        assert read == [{"text": "asthme"}]
        assert alice.read(own_ward.file, "background") == [{"text": "asthme"}], "hers stays hers"


def seal_anew(ward: Ward, holder: Someone) -> None:
    """What a browser of the former practice does with what it can still open: all, and then nothing is left to do."""
    path = f"practices/{ward.cabinet.id}/handed-on"
    for who in (ward.alice, ward.chen, ward.zoe):
        assert who.get(path)[0] == 404, who.name
    left = holder.get(path)[1]
    assert {one["record"] for one in ward.alice.get("handed-on")[1]} == {one["record"] for one in left}
    to = Recipient(ward.other_cabinet.id, ward.other_cabinet.kem_key)
    for one in left:
        about = one["record"]
        care_key = open_key(
            one["sealed_key"],
            ward.cabinet.kem_seed,
            purpose="care-key",
            about=about,
            recipient=ward.cabinet.id,
        )
        sealed = seal_key(care_key, purpose="care-key", about=about, to=to).to_json()
        for who in (ward.zoe, ward.chen):
            assert who.post(f"records/{about}/sealed-keys", {"sealed_key": sealed})[0] == 404, who.name
        back = seal_key(
            care_key, purpose="care-key", about=about, to=Recipient(ward.zoe.person, ward.zoe.keys.kem_key)
        )
        wrong = holder.post(f"records/{about}/sealed-keys", {"sealed_key": back.to_json()})
        assert wrong[1]["error"] == "sealed-key"
        assert holder.post(f"records/{about}/sealed-keys", {"sealed_key": sealed})[0] == 204
        assert holder.post(f"records/{about}/sealed-keys", {"sealed_key": sealed})[0] == 204
    assert left and holder.get(path)[1] == []


def test_who_may_end_it_ends_it_and_the_patients_are_told_both(own_ward: Ward) -> None:
    for who in (own_ward.bose, own_ward.marc, own_ward.chen):
        one = agree(own_ward)
        for other in (own_ward.alice, own_ward.zoe, own_ward.sam):
            assert cancel(other, one)[0] == 404, other.name
        assert cancel(who, one)[0] == 204, who.name
        assert cancel(who, one)[0] == 204, "said again it is ended still"
        assert own_ward.marc.get(f"practices/{own_ward.cabinet.id}/custody")[1]["given"] is None
    assert own_ward.alice.get("custody")[1]["going"] == []
    assert letters(own_ward) >= {
        ("Alice", "custody-asked"),
        ("Alice", "custody-cancelled"),
        ("Chen", "custody-cancelled"),
    }


def test_neither_gives_nor_takes_alone_and_no_other(own_ward: Ward) -> None:
    path = f"practices/{own_ward.cabinet.id}/custody"
    said = half(own_ward.marc, own_ward.other_cabinet)
    assert own_ward.marc.post(path, {"statement": said})[1]["error"] == "prove-again"
    one = propose(own_ward)
    assert own_ward.marc.get(path)[1]["given"]["id"] == one["id"]
    assert [
        row["id"] for row in own_ward.chen.get(f"practices/{own_ward.other_cabinet.id}/custody")[1]["taken"]
    ] == [one["id"]]
    for who in (own_ward.bose, own_ward.zoe, own_ward.alice, own_ward.marc):
        who.prove()
        assert who.post(f"custody/{one['id']}/agree", {"statement": who.agree(one["statement"])})[0] == 404, (
            who.name
        )
    assert own_ward.bose.post(path, {"statement": half(own_ward.bose, own_ward.other_cabinet)})[0] == 404
    altered = own_ward.chen.agree(half(own_ward.marc, own_ward.other_cabinet))
    assert own_ward.chen.post(f"custody/{one['id']}/agree", {"statement": altered})[1]["error"] == "conflict"
    alone = own_ward.chen.post(f"custody/{one['id']}/agree", {"statement": one["statement"]})
    assert alone[1]["error"] == "needs-second", "the vault counts the signatures"
    assert Custody.objects.get(id=one["id"]).agreed_at is None
    # A better date takes the place of the first; of what nobody agreed to, nobody but who was asked hears.
    again = propose(own_ward, days=60)
    assert own_ward.marc.get(path)[1]["given"]["id"] == again["id"]
    assert own_ward.chen.post(f"custody/{again['id']}/cancel", {})[0] == 204
    assert letters(own_ward) == {("Chen", "custody-proposed")}
    early = propose(own_ward, days=1)
    answer = own_ward.chen.post(
        f"custody/{early['id']}/agree", {"statement": own_ward.chen.agree(early["statement"])}
    )
    assert answer[1]["error"] == "too-soon"


def test_what_the_vault_was_told_alone_is_followed_from_its_lines(own_ward: Ward) -> None:
    """A lost answer, or a browser that never asks the web: patients are told all the same, and once."""
    watch = watching()
    taken_back = propose(own_ward)
    assert own_ward.marc.post(f"custody/{taken_back['id']}/cancel", {})[0] == 204
    own_ward.marc.tell_vault(own_ward.chen.agree(taken_back["statement"]))
    findings.sweep(watch)
    (row,) = own_ward.alice.get("custody")[1]["going"]
    assert not row["is_kept"]
    own_ward.alice.tell_vault(own_ward.alice.say("custody-refuse", record=own_ward.file))
    findings.sweep(watch)
    assert own_ward.alice.get("custody")[1]["going"][0]["is_kept"]
    own_ward.bose.tell_vault(own_ward.bose.say("custody-cancel", practice=own_ward.cabinet.id))
    findings.sweep(watch)
    assert own_ward.alice.get("custody")[1]["going"] == []
    one = agree(own_ward)
    findings.sweep(watch)
    assert Custody.objects.filter(ended_at=None).count() == 1
    told = ProcrastinateJob.objects.filter(task_name=custody.TELL_JOB)
    assert [job.args["letter"] for job in told.order_by("id")] == [
        "custody-asked",
        "custody-cancelled",
        "custody-asked",
    ]
    # The answer to both signatures was lost: the same again is answered as it was.
    kept = dict(Custody.objects.get(id=one["id"]).statement)
    again = own_ward.chen.post(f"custody/{one['id']}/agree", {"statement": own_ward.chen.agree(kept)})
    assert (again[0], again[1]["is_agreed"]) == (200, True)
