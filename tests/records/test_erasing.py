"""A record is erased: she asks, the practice decides, both are told, and an old dump opens with nothing any more."""

from datetime import timedelta
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from colloque.accounts.vault_door import vault
from colloque.kernel.clock import now, to_wire
from colloque.records.erasing import carry_out_due
from colloque.records.models import Erasing, Item, Record, SealedKey
from tests.people import Someone, Ward
from tests.records.test_grants import days_later


def ask(who: Someone, record: str, *, days: float = 7.1, **more: Any) -> tuple[int, Any]:
    said = who.say(
        "erase", record=record, step="ask", not_before=to_wire(now() + timedelta(days=days)), **more
    )
    return who.post(f"records/{record}/erasure", {"statement": said})


def withdraw(who: Someone, record: str, **more: Any) -> tuple[int, Any]:
    said = who.say("erase-withdraw", record=record, **more)
    return who.post(f"records/{record}/erasure/withdraw", {"statement": said})


def seen(ward: Ward) -> str:
    """A consultation of hers that was held, and closed."""
    record = ward.taken()
    assert ward.bose.act("close", record)[0] == 200
    return record


def letters(ward: Ward) -> list[tuple[str, str]]:
    names = {one.person: one.name for one in (ward.alice, ward.bose, ward.marc)}
    jobs = ProcrastinateJob.objects.filter(args__letter__startswith="eras").order_by("id")
    return [(names[job.args["person"]], job.args["letter"]) for job in jobs]


def test_an_old_dump_and_the_vault_of_now_open_nothing(own_ward: Ward) -> None:
    alice, marc, record = own_ward.alice, own_ward.marc, seen(own_ward)
    assert alice.release(record, "request")[0] == 200
    # What a backup of the web's database has: every row of the record, whoever's keys go with it.
    dump = [list(SealedKey.objects.filter(record=record)), alice.open_key_of(record)]
    assert dump[0]
    assert ask(alice, record)[0] == 201
    assert carry_out_due() == 0
    assert ask(marc, record, reason="asked")[0] == 201
    assert alice.get(f"records/{record}/erasure")[1]["erasing"]["reason"] == "asked"
    assert carry_out_due() == 0
    stopped = seen(own_ward)
    assert ask(alice, stopped)[0] == 201 and ask(marc, stopped, reason="asked")[0] == 201
    with days_later(7.2):
        vault().erase_record(stopped)  # and the process ended there: the next time completes it
        assert carry_out_due() == 2
        assert carry_out_due() == 0
        assert alice.get(f"records/{stopped}")[1]["error"] == "erased"
        assert not Item.objects.filter(compartment__record=stopped).exists()
        assert alice.get(f"records/{record}")[1]["error"] == "erased"
        assert alice.release(record, "request") == (410, "erased")
        told = {one["record"]: one["erased_at"] for one in alice.get("records")[1]}
        assert told[record] and not told[own_ward.file]
        # The dump is played back: the server serves it all again, and the vault's half is nowhere.
        SealedKey.objects.bulk_create(dump[0])
        Record.objects.filter(id=record).update(erased_at=None)
        assert alice.open_key_of(record) == dump[1]
        for who in (alice, own_ward.bose, marc):
            assert who.release(record, "request", reason="a reason of twenty characters")[1] in (
                "erased",
                "relation",
            )
    told = letters(own_ward)
    assert told[:2] == [("Marc", "erase-wished"), ("Alice", "erase-asked")]
    assert sorted(told[4:6]) == [("Alice", "erased"), ("Marc", "erased")]


def test_it_is_withdrawn_by_either_and_nobody_else_hears_of_it(ward: Ward) -> None:
    record = seen(ward)
    for who in (ward.zoe, ward.sam):
        assert ask(who, record, reason="asked")[0] == 404, who.name
        assert withdraw(who, record, reason="mistake")[0] == 404, who.name
        assert who.get(f"records/{record}/erasure")[0] == 404, who.name
        assert who.get(f"practices/{ward.cabinet.id}/erasures")[0] == 404, who.name
    assert ask(ward.marc, record, reason="retention")[1]["error"] == "record-kept"
    assert not Erasing.objects.exists(), "what the vault refused is not here either"
    assert ask(ward.alice, record)[0] == 201
    assert [one["record"] for one in ward.bose.get(f"practices/{ward.cabinet.id}/erasures")[1]] == [record]
    assert withdraw(ward.marc, record, reason="kept-by-law")[0] == 200
    assert ward.marc.get(f"practices/{ward.cabinet.id}/erasures") == (200, [])
    (told,) = ward.alice.get("erasures")[1]
    assert (told["outcome"], told["not_before"]) == ("kept-by-law", None)
    assert ask(ward.alice, record)[0] == 201
    assert withdraw(ward.alice, record)[0] == 200
    assert withdraw(ward.alice, record)[0] == 404


def by_two(who: Someone, ward: Ward, record: str, reason: str = "mistake", **more: Any) -> dict[str, Any]:
    """What a manager signs first; the vault's week begins with the second signature."""
    said = {
        "step": "ask",
        "not_before": to_wire(now() + timedelta(days=11)),
        "until": to_wire(now() + timedelta(hours=71)),
    }
    return who.say("erase", record=record, reason=reason, **{"practice": ward.cabinet.id, **said, **more})


def test_for_a_mistake_two_members_sign_and_either_may_not(own_ward: Ward) -> None:
    ward, record = own_ward, seen(own_ward)
    alice, bose, marc = ward.alice, ward.bose, ward.marc
    path = f"practices/{ward.cabinet.id}/erasures/proposed"
    assert marc.post(path, {"statement": by_two(marc, ward, record)})[1]["error"] == "prove-again"
    marc.prove()
    bose.prove()
    marc.ok(path, {"statement": by_two(marc, ward, record)})
    (one,) = bose.get(path)[1]
    assert (one["asked_by"], one["record"], one["kind"], one["file"]) == (
        marc.person,
        record,
        "consultation",
        ward.file,
    )
    assert [who.get("session")[1]["memberships"][0]["erasures_to_sign"] for who in (bose, marc)] == [1, 0]
    assert marc.get(f"practices/{ward.cabinet.id}/agreements")[1] == [], (
        "the page of limits knows nothing of it"
    )
    assert not Erasing.objects.exists() and letters(ward) == [], "of one signature nothing comes"

    alone = {"agreement": one["id"], "statement": one["statement"]}
    assert marc.post(f"{path}/sign", alone)[1]["error"] == "needs-other"
    assert bose.post(f"{path}/sign", alone)[1]["error"] == "needs-second", "the vault's own word"
    other = bose.agree(by_two(marc, ward, record, reason="court"))
    assert bose.post(f"{path}/sign", {"agreement": one["id"], "statement": other})[0] == 409
    assert not Erasing.objects.exists(), "what was refused is not decided here either"
    assert bose.post(f"{path}/decline", {"agreement": one["id"]})[0] == 204
    assert marc.get(path)[1] == []

    marc.ok(path, {"statement": by_two(marc, ward, record)})
    (one,) = bose.get(path)[1]
    status, told = bose.post(
        f"{path}/sign", {"agreement": one["id"], "statement": bose.agree(one["statement"])}
    )
    assert (status, told["reason"]) == (200, "mistake")
    assert sorted(letters(ward)) == [("Alice", "erase-asked"), ("Marc", "erase-asked")]
    assert (
        bose.get(path)[1] == []
        and alice.get(f"records/{record}/erasure")[1]["erasing"]["reason"] == "mistake"
    )
    with days_later(11.1):
        assert carry_out_due() == 1
        assert alice.release(record, "request") == (410, "erased")
        assert marc.post(path, {"statement": by_two(marc, ward, record)})[1]["error"] in (
            "erased",
            "prove-again",
        )


def test_what_is_not_a_managers_to_propose_is_not_kept(ward: Ward) -> None:
    record = seen(ward)
    path = f"practices/{ward.cabinet.id}/erasures/proposed"
    for who in (ward.alice, ward.bose, ward.chen, ward.marc, ward.sam):
        who.prove()
    for who in (ward.alice, ward.chen, ward.sam):
        assert [who.get(path)[0], who.post(path, {"statement": by_two(who, ward, record)})[0]] == [
            404,
            404,
        ], who.name
        assert {who.post(f"{path}/{what}", {"agreement": record})[0] for what in ("sign", "decline")} <= {
            400,
            404,
        }
    assert ward.bose.post(path, {"statement": by_two(ward.bose, ward, record)})[0] == 404
    foreign = by_two(ward.chen, ward, record, practice=ward.other_cabinet.id)
    assert (
        ward.chen.post(f"practices/{ward.other_cabinet.id}/erasures/proposed", {"statement": foreign})[0]
        == 404
    )
    for said in (
        by_two(ward.marc, ward, record, reason="asked"),
        by_two(ward.marc, ward, record, step="carry-out"),
        by_two(ward.marc, ward, record, not_before="soon"),
        ward.bose.agree(by_two(ward.marc, ward, record)),
        {},
    ):
        assert ward.marc.post(path, {"statement": said})[1]["error"] == "malformed"
    assert ward.bose.get(path)[1] == []
    told = ward.marc.get(f"records/{ward.file}/erasure")[1]
    assert told["practice"] == ward.cabinet.id
    assert [one["record"] for one in told["records"]] == [ward.file, record]
    assert "records" not in ward.alice.get(f"records/{record}/erasure")[1]
