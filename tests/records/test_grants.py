"""Lost everything: the practice re-seals a record to the person's new account; later, told, and
cancellable."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from colloque.envelope.sealed_key import Recipient, open_key, seal_key
from colloque.kernel import clock
from colloque.kernel.clock import now, to_wire
from tests.people import Someone, Ward


@contextmanager
def days_later(days: float) -> Iterator[None]:
    real = clock._source
    with clock.reading(lambda: real() + timedelta(days=days)):
        yield


def grant(ward: Ward, by: Someone, to: Someone, record: str, *, days: float = 3.1) -> tuple[int, Any]:
    sealed = seal_key(
        ward.alice.open_key_of(record),
        purpose="care-key",
        about=record,
        to=Recipient(to.person, to.keys.kem_key),
    )
    said = by.say("grant", record=record, to=to.person, not_before=to_wire(now() + timedelta(days=days)))
    return by.post(f"records/{record}/grants", {"statement": said, "sealed_key": sealed.to_json()})


def test_the_new_account_opens_the_file_after_the_delay_and_not_before(own_ward: Ward) -> None:
    own_ward.alice.write(own_ward.file, "background", ("background", {"text": "asthme"}))
    status, told = grant(own_ward, own_ward.bose, own_ward.zoe, own_ward.file)
    assert status == 201, told
    assert own_ward.zoe.get(f"records/{own_ward.file}")[0] == 404
    assert [one["record"] for one in own_ward.zoe.get("records")[1]] == []
    with days_later(3.2):
        assert [one["record"] for one in own_ward.zoe.get("records")[1]] == [own_ward.file]
        assert own_ward.zoe.read(own_ward.file, "background") == [{"text": "asthme"}]
    jobs = ProcrastinateJob.objects.filter(
        task_name="notifications.notify", args__person=own_ward.alice.person
    )
    assert [job.args["letter"] for job in jobs] == ["grant"]
    assert not ProcrastinateJob.objects.filter(args__person=own_ward.zoe.person).exists()


def test_the_old_account_cancels_it(own_ward: Ward) -> None:
    status, made = grant(own_ward, own_ward.bose, own_ward.zoe, own_ward.file)
    assert status == 201, made
    assert [one["id"] for one in own_ward.alice.get("grants")[1]] == [made["id"]]
    for who in (own_ward.zoe, own_ward.chen, own_ward.bose):
        assert cancel(own_ward, who, made["id"])[0] in (400, 403), who.name
        assert about(who) == (200, []), who.name
    assert cancel(own_ward, own_ward.alice, made["id"], signed_by=own_ward.zoe)[1]["error"] == "signature"
    assert [one["id"] for one in about(own_ward.alice)[1]] == [made["id"]]
    assert cancel(own_ward, own_ward.alice, made["id"])[0] == 200
    assert about(own_ward.alice) == (200, [])
    with days_later(3.2):
        assert own_ward.zoe.get(f"records/{own_ward.file}")[0] == 404
        status, error = own_ward.zoe.release(own_ward.file, "background")
        assert (status, error) == (403, "relation"), "the vault knows it too"


def test_an_old_device_cancels_it_when_somebody_else_has_closed_the_account(own_ward: Ward) -> None:
    """Attack: a thief who reads her mail starts again with her address, and has the practice re-seal to them."""
    from colloque.accounts.models import Account
    from colloque.accounts.sign_up import close_account

    status, made = grant(own_ward, own_ward.bose, own_ward.zoe, own_ward.file)
    assert status == 201, made
    close_account(Account.objects.get(id=own_ward.alice.person))
    assert own_ward.alice.get("grants")[0] == 401
    assert [one["id"] for one in about(own_ward.alice)[1]] == [made["id"]]
    assert cancel(own_ward, own_ward.alice, made["id"])[0] == 200
    with days_later(3.2):
        assert own_ward.zoe.release(own_ward.file, "background")[0] == 403


def test_what_is_in_force_is_cancelled_no_more(own_ward: Ward) -> None:
    status, made = grant(own_ward, own_ward.bose, own_ward.zoe, own_ward.file)
    assert status == 201, made
    with days_later(3.2):
        assert cancel(own_ward, own_ward.alice, made["id"])[1]["error"] == "conflict"
        assert own_ward.zoe.get(f"records/{own_ward.file}")[0] == 200


def cancel(ward: Ward, who: Someone, grant_id: str, *, signed_by: Someone | None = None) -> tuple[int, Any]:
    said = who.say("grant-cancel", record=ward.file, to=ward.zoe.person)
    if signed_by:
        held, who.device_key = who.device_key, signed_by.device_key
        said = who.say("grant-cancel", record=ward.file, to=ward.zoe.person)
        who.device_key = held
    return who.post(f"grants/{grant_id}/cancel", {"statement": said})


def about(who: Someone) -> tuple[int, Any]:
    return who.post("grants/about-me", {"statement": who.say("grants")})


def test_outsiders_grant_nothing_and_nobody_shortens_the_delay(ward: Ward) -> None:
    for who in (ward.chen, ward.zoe, ward.sam, ward.alice):
        assert grant(ward, who, ward.zoe, ward.file)[0] == 404, who.name
    status, told = grant(ward, ward.bose, ward.zoe, ward.file, days=1)
    assert (status, told["error"]) == (403, "too-soon")
    assert ward.alice.get("grants") == (200, [])


def test_it_is_to_a_patient_by_their_own_key(ward: Ward) -> None:
    assert grant(ward, ward.bose, ward.dan, ward.file)[0] == 404
    sealed = seal_key(
        b"k" * 32, purpose="care-key", about=ward.file, to=Recipient(ward.chen.person, ward.chen.keys.kem_key)
    )
    said = ward.bose.say(
        "grant", record=ward.file, to=ward.zoe.person, not_before=to_wire(now() + timedelta(days=4))
    )
    status, told = ward.bose.post(
        f"records/{ward.file}/grants", {"statement": said, "sealed_key": sealed.to_json()}
    )
    assert (status, told["error"]) == (400, "sealed-key")


def test_the_practice_finds_who_came_back_and_opens_its_copy_of_their_keys(ward: Ward) -> None:
    from colloque.accounts.models import Account

    assert ward.marc.get(f"practices/{ward.cabinet.id}/returning") == (200, {"returning": []})
    Account.objects.filter(id=ward.zoe.person).update(replaces=ward.alice.person)
    (told,) = ward.marc.get(f"practices/{ward.cabinet.id}/returning")[1]["returning"]
    assert told["person"] == ward.zoe.person
    assert [(one["record"], one["kind"], one["granted"]) for one in told["records"]] == [
        (ward.file, "file", False)
    ]
    copy = told["records"][0]["sealed_key"]
    how: dict[str, Any] = {"purpose": "care-key", "about": ward.file, "recipient": ward.cabinet.id}
    assert open_key(copy, ward.cabinet.kem_seed, **how) == ward.alice.open_key_of(ward.file)
    assert grant(ward, ward.marc, ward.zoe, ward.file)[0] == 201
    (told,) = ward.bose.get(f"practices/{ward.cabinet.id}/returning")[1]["returning"]
    assert [one["granted"] for one in told["records"]] == [True]
    for who in (ward.chen, ward.sam, ward.alice, ward.zoe):
        assert who.get(f"practices/{ward.cabinet.id}/returning")[0] == 404, who.name
    assert ward.chen.get(f"practices/{ward.other_cabinet.id}/returning") == (200, {"returning": []})
