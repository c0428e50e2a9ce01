"""Writing sealed items: what lands can be opened, what is wrong does not land."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from colloque.envelope.item import Author
from colloque.kernel.encoding import b64u_decode, b64u_encode
from colloque.kernel.ids import new_id
from colloque.ledger.verify import Report
from colloque.records.models import Item, PastHash, Record
from colloque.records.outbox import flush_lines
from tests.care import RunningVault
from tests.people import Someone, Ward

IDENTITY = {"given": "Alice", "family": "Martin", "birth_date": "1950-02-03", "sex": "female"}


def test_what_is_written_can_be_opened(ward: Ward) -> None:
    assert ward.alice.write(ward.file, "identity", ("identity", IDENTITY)) == 1
    assert ward.alice.read(ward.file, "identity") == [IDENTITY]


def test_a_later_version_replaces_and_only_its_hash_stays(ward: Ward) -> None:
    alice = ward.alice
    key = alice.content_key(ward.file, "identity")
    first = alice.seal(key, "identity", IDENTITY)
    alice.ok(
        f"records/{ward.file}/identity", {"items": [first], "manifest": alice.sign_list(key, [first], 1)}
    )
    item = json.loads(first["header"])["item"]
    second = alice.seal(key, "identity", {**IDENTITY, "given": "Alix"}, item=item, version=2)
    alice.ok(
        f"records/{ward.file}/identity", {"items": [second], "manifest": alice.sign_list(key, [second], 2)}
    )
    assert [one["given"] for one in alice.read(ward.file, "identity")] == ["Alix"]
    assert Item.objects.count() == 1
    assert PastHash.objects.filter(item=item).count() == 2
    status, told = alice.post(
        f"records/{ward.file}/identity", {"items": [first], "manifest": alice.sign_list(key, [first], 3)}
    )
    assert (status, told["error"]) == (409, "version-taken")


def test_a_counter_that_is_taken_answers_409_and_the_same_write_again_its_first_answer(ward: Ward) -> None:
    alice, path = ward.alice, f"records/{ward.file}/background"
    mine = alice.prepare(ward.file, "background", ("background", {"text": "asthme"}))
    other_tab = alice.prepare(ward.file, "background", ("background", {"text": "pollen"}))
    assert alice.post(path, mine) == (201, {"counter": 1})
    assert alice.post(path, mine) == (201, {"counter": 1})
    status, told = alice.post(path, other_tab)
    assert (status, told["error"]) == (409, "counter-taken")
    assert alice.read(ward.file, "background") == [{"text": "asthme"}]
    assert alice.write(ward.file, "background", ("background", {"text": "pollen"})) == 2


def corrupt_header(change: Callable[[dict[str, Any]], object]) -> Callable[[Ward, dict[str, Any]], None]:
    def apply(ward: Ward, body: dict[str, Any]) -> None:
        header = json.loads(body["items"][0]["header"])
        change(header)
        body["items"][0]["header"] = json.dumps(header)

    return apply


def cut_ciphertext(ward: Ward, body: dict[str, Any]) -> None:
    body["items"][0]["ciphertext"] = b64u_encode(b64u_decode(body["items"][0]["ciphertext"])[:-1])


def flip_ciphertext(ward: Ward, body: dict[str, Any]) -> None:
    sealed = bytearray(b64u_decode(body["items"][0]["ciphertext"]))
    sealed[0] ^= 1
    body["items"][0]["ciphertext"] = b64u_encode(bytes(sealed))


def drop_item(ward: Ward, body: dict[str, Any]) -> None:
    body["items"] = []


def same_item_twice(ward: Ward, body: dict[str, Any]) -> None:
    body["items"] *= 2


def manifest_of_another_device(ward: Ward, body: dict[str, Any]) -> None:
    key = ward.alice.content_key(ward.file, "background")
    body["manifest"] = ward.zoe.sign_list(key, body["items"], 1)


def manifest_of_other_items(ward: Ward, body: dict[str, Any]) -> None:
    key = ward.alice.content_key(ward.file, "background")
    body["manifest"] = ward.alice.sign_list(key, [ward.alice.seal(key, "background", {"text": "x"})], 1)


def counter_too_high(ward: Ward, body: dict[str, Any]) -> None:
    key = ward.alice.content_key(ward.file, "background")
    body["manifest"] = ward.alice.sign_list(key, body["items"], 5)


def item_of_another_record(ward: Ward, body: dict[str, Any]) -> None:
    other = ward.alice.make_record("file", ward.other_cabinet)
    body["items"] = [
        ward.alice.seal(ward.alice.content_key(other, "background"), "background", {"text": "x"})
    ]


def item_signed_by_another(ward: Ward, body: dict[str, Any]) -> None:
    alice, key = ward.alice, ward.alice.content_key(ward.file, "background")
    held, alice.device_key = alice.device_key, ward.zoe.device_key
    body["items"] = [alice.seal(key, "background", {"text": "x"})]
    alice.device_key = held


BROKEN: dict[str, tuple[Callable[[Ward, dict[str, Any]], None], str]] = {
    "a further field, which would stand in clear": (
        corrupt_header(lambda h: h.update(title="fièvre")),
        "item",
    ),
    "another suite": (corrupt_header(lambda h: h.update(suite="colloque/v0")), "item"),
    "another compartment": (corrupt_header(lambda h: h.update(compartment="identity")), "item"),
    "another epoch": (corrupt_header(lambda h: h.update(epoch=1)), "item"),
    "a kind of another compartment": (corrupt_header(lambda h: h.update(kind="identity")), "item"),
    "version zero": (corrupt_header(lambda h: h.update(version=0)), "item"),
    "a time of another form": (corrupt_header(lambda h: h.update(at="2026-11-24 09:00")), "item"),
    "another's name": (corrupt_header(lambda h: h["author"].update(person=new_id())), "signature"),
    "an altered header": (corrupt_header(lambda h: h.update(item=new_id())), "signature"),
    "a length that is not padded": (cut_ciphertext, "item"),
    "an altered ciphertext": (flip_ciphertext, "signature"),
    "no item": (drop_item, "item"),
    "an item twice": (same_item_twice, "item"),
    "another's manifest": (manifest_of_another_device, "signature"),
    "a manifest of other items": (manifest_of_other_items, "manifest"),
    "a counter that skips": (counter_too_high, "manifest"),
    "an item of another record": (item_of_another_record, "item"),
    "an item that another device signed": (item_signed_by_another, "signature"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_wrong_does_not_land(ward: Ward, what: str) -> None:
    body = ward.alice.prepare(ward.file, "background", ("background", {"text": "asthme"}))
    change, word = BROKEN[what]
    change(ward, body)
    status, told = ward.alice.post(f"records/{ward.file}/background", body)
    assert told["error"] == word
    assert 400 <= status < 500
    assert not Item.objects.filter(compartment__record=ward.file).exists()
    assert ward.alice.fetch(ward.file, "background")["manifest"] is None


def test_a_write_that_is_too_long_is_refused_before_it_is_read(ward: Ward) -> None:
    status, told = ward.alice.post(f"records/{ward.file}/background", {"items": ["x" * 1_100_000]})
    assert (status, told["error"]) == (413, "too-large")


def test_a_revoked_device_writes_nothing_more(ward: Ward) -> None:
    from colloque.accounts.models import Device
    from colloque.kernel.clock import now

    body = ward.alice.prepare(ward.file, "background", ("background", {"text": "asthme"}))
    Device.objects.filter(id=ward.alice.device).update(revoked_at=now())
    status, told = ward.alice.post(f"records/{ward.file}/background", body)
    assert (status, told["error"]) == (403, "signature")


def test_a_practitioner_does_not_change_what_the_patient_wrote(ward: Ward) -> None:
    consultation = ward.draft()
    ward.alice.write(consultation, "exchange", ("message", {"text": "bonjour", "documents": []}))
    ward.alice.act("request", consultation, practice=ward.cabinet.id)
    assert ward.bose.act("take", consultation)[0] == 200
    bose, key = ward.bose, ward.bose.content_key(consultation, "exchange")
    item = json.loads(bose.fetch(consultation, "exchange")["items"][0]["header"])["item"]
    forged = bose.seal(key, "message", {"text": "adieu", "documents": []}, item=item, version=2)
    body = {"items": [forged], "manifest": bose.sign_list(key, [forged], 2)}
    status, told = bose.post(f"records/{consultation}/exchange", body)
    assert (status, told["error"]) == (409, "closed")


def test_two_people_keep_a_file_together(ward: Ward) -> None:
    ward.alice.write(ward.file, "background", ("background", {"text": "asthme"}))
    ward.taken()
    bose, key = ward.bose, ward.bose.content_key(ward.file, "background")
    item = json.loads(bose.fetch(ward.file, "background")["items"][0]["header"])["item"]
    added = bose.seal(key, "background", {"text": "asthme, pollen"}, item=item, version=2)
    bose.ok(
        f"records/{ward.file}/background", {"items": [added], "manifest": bose.sign_list(key, [added], 2)}
    )
    assert ward.alice.read(ward.file, "background") == [{"text": "asthme, pollen"}]


def test_each_write_and_each_fetch_leaves_its_line_once(
    ward: Ward, care: RunningVault, check_log: Callable[[], Report]
) -> None:
    ward.alice.write(ward.file, "background", ("background", {"text": "asthme"}))
    flush_lines()
    before = care.lines(record=ward.file, compartment="background")
    ward.alice.fetch(ward.file, "background")
    assert flush_lines() == 1
    assert flush_lines() == 0
    told = care.lines(record=ward.file, compartment="background")[len(before) :]
    assert [(line["kind"], line["actor"], line["device"], line["purpose"]) for line in told] == [
        ("item-served", ward.alice.person, ward.alice.device, "own")
    ]
    assert [line["purpose"] for line in before if line["kind"] == "item-written"] == ["own"]
    assert check_log() is not None


def test_lines_told_twice_are_one_line(ward: Ward, care: RunningVault) -> None:
    """The vault wrote them, and the web died before it could forget them."""
    from colloque.records.models import Line

    ward.alice.fetch(ward.file, "background")
    held = list(Line.objects.all())
    flush_lines()
    Line.objects.bulk_create(held)
    flush_lines()
    assert len(care.lines(record=ward.file, compartment="background", kind="item-served")) == 1


def outsider_paths(record: str) -> list[str]:
    return [
        f"records/{record}",
        f"records/{record}/identity",
        f"records/{record}/background",
        f"records/{record}/nir",
    ]


def test_outsiders_find_nothing(ward: Ward) -> None:
    ward.alice.write(ward.file, "identity", ("identity", IDENTITY))
    for who in [*ward.outsiders(), ward.bose]:
        for path in outsider_paths(ward.file):
            assert who.get(path)[0] == 404, (who.name, path)
        if who.kind == "patient":
            status, told = who.post(f"records/{ward.file}/identity", {"items": [], "manifest": {}})
            assert (status, told["error"]) == (404, "not-found")


def test_a_stranger_is_asked_to_sign_in(ward: Ward) -> None:
    ward.alice.client.cookies.clear()
    for path in ["records", *outsider_paths(ward.file)]:
        assert ward.alice.get(path)[0] == 401, path
        assert ward.alice.post(path)[0] in (401, 405), path


def test_an_unknown_compartment_is_not_there(ward: Ward) -> None:
    assert ward.alice.get(f"records/{ward.file}/care")[0] == 404
    assert ward.alice.get(f"records/{ward.file}/../identity")[0] == 404
    assert ward.alice.get("records/not-an-id/identity")[0] == 404


class TestMaking:
    def test_a_retry_with_the_same_statement_is_the_same_record(self, ward: Ward) -> None:
        body = ward.alice.new_record("person")
        first = ward.alice.ok("records", body)
        assert ward.alice.ok("records", body) == first
        assert [one["kind"] for one in ward.alice.get("records")[1]] == ["file", "person"]

    def test_there_is_one_file_for_a_patient_and_a_practice(self, ward: Ward) -> None:
        status, told = ward.alice.post("records", ward.alice.new_record("file", ward.cabinet))
        assert (status, told["error"]) == (409, "exists")

    def test_nobody_makes_a_record_about_another(self, ward: Ward) -> None:
        body = ward.alice.new_record("file", ward.cabinet)
        assert ward.zoe.post("records", body)[0] == 400

    def test_a_record_that_the_vault_refuses_is_not_kept(self, ward: Ward) -> None:
        zoe = ward.zoe
        held, zoe.device_key = zoe.device_key, ward.alice.device_key
        status, told = zoe.post("records", zoe.new_record("person"))
        zoe.device_key = held
        assert (status, told["error"]) == (403, "signature")
        assert not Record.objects.filter(subject=zoe.person).exists()

    def test_sealed_keys_are_those_of_the_statement(self, ward: Ward) -> None:
        body = ward.zoe.new_record("file", ward.cabinet)
        assert (
            ward.zoe.post("records", {**body, "sealed_keys": body["sealed_keys"][:1]})[1]["error"]
            == "sealed-key"
        )
        moved = [dict(key, about=new_id()) for key in body["sealed_keys"]]
        assert ward.zoe.post("records", {**body, "sealed_keys": moved})[1]["error"] == "sealed-key"
        assert ward.zoe.post("records", body)[0] == 201

    def test_a_copy_for_an_old_key_of_the_practice_is_refused(self, ward: Ward) -> None:
        from colloque.accounts.models import Practice

        body = ward.zoe.new_record("file", ward.cabinet)
        Practice.objects.filter(id=ward.cabinet.id).update(generation=1, kem_key_id="0" * 32)
        assert ward.zoe.post("records", body)[1]["error"] == "old-generation"

    def test_the_asker_gets_the_copies_that_are_theirs_to_open(self, ward: Ward) -> None:
        def recipients(who: Someone) -> list[str]:
            return [key["recipient"] for key in who.get(f"records/{ward.file}")[1]["sealed_keys"]]

        ward.taken()
        assert recipients(ward.alice) == [ward.alice.person]
        assert recipients(ward.bose) == [ward.cabinet.id]


def test_the_header_says_who_wrote(ward: Ward) -> None:
    ward.alice.write(ward.file, "identity", ("identity", IDENTITY))
    header = json.loads(ward.alice.fetch(ward.file, "identity")["items"][0]["header"])
    assert Author(**header["author"]) == ward.alice.author
