"""Sealed files: up in chunks, down again, opened with real keys; and what is refused."""

import errno
import json
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from colloque.documents import chunks as disk
from colloque.documents.actions import sweep
from colloque.documents.models import Blob
from colloque.documents.upload import CHUNK_BYTES, MOST_BYTES
from colloque.envelope.file import Description, FileSealer, chunk_count, open_file, sealed_size
from colloque.envelope.item import open_item
from colloque.kernel import clock
from colloque.kernel.ids import new_id
from colloque.records.outbox import flush_lines
from tests.care import RunningVault
from tests.people import Someone, Ward

PHOTO = b"\xff\xd8 a photo of a rash " + secrets.token_bytes(3 * 2**20)


def begin(who: Someone, record: str, size: int) -> tuple[int, Any]:
    body = {
        "record": record,
        "compartment": "documents",
        "chunks": chunk_count(size),
        "size": sealed_size(size),
    }
    return who.post("blobs", body)


def put(who: Someone, blob: str, number: int, data: bytes, type_: str = "application/octet-stream") -> int:
    return who.client.put(f"/api/blobs/{blob}/{number}", data, content_type=type_).status_code


def fetch(who: Someone, blob: str, number: int) -> tuple[int, bytes]:
    response = who.client.get(f"/api/blobs/{blob}/{number}")
    return response.status_code, response.content


def upload(who: Someone, record: str, data: bytes) -> tuple[str, dict[str, Any]]:
    """Seal and send a file; return its blob, and the document item's content."""
    key, item = who.content_key(record, "documents"), new_id()
    status, told = begin(who, record, len(data))
    assert status == 201, told
    sealer = FileSealer(data, key, item=item)
    for number, chunk in enumerate(sealer.chunks()):
        assert put(who, told["blob"], number, chunk) == 204
    who.ok(f"blobs/{told['blob']}/complete")
    description = sealer.description(name="photo.jpg", type="image/jpeg", blob=told["blob"]).to_json()
    held = who.fetch(record, "documents")
    sealed = who.seal(key, "document", description, item=item)
    counter = len(held["items"]) + 1
    body = {"items": [sealed], "manifest": who.sign_list(key, [*held["items"], sealed], counter)}
    who.ok(f"records/{record}/documents", body)
    return str(told["blob"]), description


def test_a_file_goes_up_in_chunks_and_is_opened_on_the_other_side(ward: Ward, care: RunningVault) -> None:
    consultation = ward.taken()
    upload(ward.alice, consultation, PHOTO)
    key = ward.bose.content_key(consultation, "documents")
    (sealed,) = ward.bose.fetch(consultation, "documents")["items"]
    opened = open_item(sealed, key, ward.bose.author_key)
    description = Description.from_json(opened.json())
    pieces = [fetch(ward.bose, description.blob, n)[1] for n in range(description.chunks)]
    assert b"".join(open_file(pieces, key, description, item=opened.header.item)) == PHOTO
    flush_lines()
    served = [line for line in care.lines(record=consultation, kind="item-served") if line.get("target")]
    assert [(line["actor"], line["target"], line["purpose"]) for line in served] == [
        (ward.bose.person, description.blob, "assigned")
    ]


def test_what_lies_on_disk_is_ciphertext_only(ward: Ward) -> None:
    blob, _ = upload(ward.alice, ward.draft(), PHOTO)
    files = [path for path in Path(settings.COLLOQUE_BLOBS).rglob("*") if path.is_file()]
    assert sorted(path.name for path in files) == [str(n) for n in range(chunk_count(len(PHOTO)))]
    for path in files:
        data = path.read_bytes()
        assert b"photo" not in data
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.name == blob


def test_what_is_served_is_never_for_a_browser_to_interpret(ward: Ward) -> None:
    blob, _ = upload(ward.alice, ward.draft(), b"<script>alert(1)</script>")
    response = ward.alice.client.get(f"/api/blobs/{blob}/0")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"


def test_outsiders_find_no_file_and_send_none(ward: Ward) -> None:
    consultation = ward.taken()
    blob, _ = upload(ward.alice, consultation, b"x")
    for who in ward.outsiders():
        assert fetch(who, blob, 0)[0] == 404, who.name
        assert put(who, blob, 0, b"y" * 16) == 404
        assert begin(who, consultation, 1)[0] == 404
        assert who.post(f"blobs/{blob}/complete")[0] == 404
        assert who.client.delete(f"/api/blobs/{blob}", content_type="application/json").status_code == 404
    ward.alice.client.cookies.clear()
    assert fetch(ward.alice, blob, 0)[0] == 401
    assert put(ward.alice, blob, 0, b"y" * 16) == 401
    assert begin(ward.alice, consultation, 1)[0] == 401


def test_a_practitioner_of_the_queue_does_not_see_photos_yet(ward: Ward) -> None:
    consultation = ward.waiting()
    blob, _ = upload(ward.alice, consultation, b"x")
    assert fetch(ward.bose, blob, 0)[0] == 404
    ward.bose.act("take", consultation)
    assert fetch(ward.bose, blob, 0)[0] == 200


def test_a_file_over_twenty_mebibytes_is_refused_before_it_is_sent(ward: Ward) -> None:
    consultation = ward.draft()
    status, told = begin(ward.alice, consultation, 20 * 2**20 + 1)
    assert (status, told["error"]) == (413, "file-too-large")
    assert "20 Mo" in told["message"]
    assert begin(ward.alice, consultation, 20 * 2**20)[0] == 201
    body = {"record": consultation, "compartment": "documents", "chunks": 1, "size": MOST_BYTES}
    assert ward.alice.post("blobs", body)[0] == 400


def test_a_chunk_has_the_size_that_was_announced(ward: Ward) -> None:
    blob = begin(ward.alice, ward.draft(), 2**20 + 5)[1]["blob"]
    size = sealed_size(2**20 + 5) - CHUNK_BYTES
    assert put(ward.alice, blob, 1, b"y" * (size + 1)) == 400
    assert put(ward.alice, blob, 1, b"y" * (size - 1)) == 400
    assert put(ward.alice, blob, 2, b"y" * size) == 400
    assert put(ward.alice, blob, 0, b"y" * (CHUNK_BYTES + 1)) == 413
    assert put(ward.alice, blob, 1, b"y" * size, "text/html") == 400
    assert put(ward.alice, blob, 1, b"y" * size) == 204


def test_an_unfinished_file_is_neither_served_nor_completed(ward: Ward) -> None:
    blob = begin(ward.alice, ward.draft(), 2**20 + 5)[1]["blob"]
    assert put(ward.alice, blob, 0, b"y" * CHUNK_BYTES) == 204
    status, told = ward.alice.post(f"blobs/{blob}/complete")
    assert (status, told["error"]) == (409, "incomplete")
    assert fetch(ward.alice, blob, 0)[0] == 409
    assert put(ward.alice, blob, 1, b"y" * (sealed_size(2**20 + 5) - CHUNK_BYTES)) == 204
    assert ward.alice.post(f"blobs/{blob}/complete")[0] == 200
    assert ward.alice.post(f"blobs/{blob}/complete")[0] == 200


def test_a_file_that_was_sent_does_not_change_and_is_not_dropped(ward: Ward) -> None:
    blob, _ = upload(ward.alice, ward.waiting(), b"x")
    assert put(ward.alice, blob, 0, b"y" * 17) == 409
    assert ward.alice.client.delete(f"/api/blobs/{blob}", content_type="application/json").status_code == 409
    assert fetch(ward.alice, blob, 0)[0] == 200


def test_a_file_that_nobody_was_shown_is_taken_back(ward: Ward) -> None:
    consultation = ward.draft()
    blob, _ = upload(ward.alice, consultation, b"the wrong photo")
    assert ward.zoe.client.delete(f"/api/blobs/{blob}", content_type="application/json").status_code == 404
    assert ward.alice.client.delete(f"/api/blobs/{blob}", content_type="application/json").status_code == 204
    assert fetch(ward.alice, blob, 0)[0] == 404
    assert not [path for path in Path(settings.COLLOQUE_BLOBS).rglob("*") if path.is_file()]


def test_cancelling_leaves_nothing(ward: Ward) -> None:
    blob = begin(ward.alice, ward.draft(), 5)[1]["blob"]
    put(ward.alice, blob, 0, b"y" * sealed_size(5))
    assert ward.alice.client.delete(f"/api/blobs/{blob}", content_type="application/json").status_code == 204
    assert not disk.folder_of(blob).exists()
    assert fetch(ward.alice, blob, 0)[0] == 404


def test_uploads_left_in_the_middle_are_bounded(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colloque.documents.actions.MOST_UNFINISHED", 2)
    consultation = ward.draft()
    answers = [begin(ward.alice, consultation, 5) for _ in range(3)]
    assert [status for status, _ in answers] == [201, 201, 409]


def test_a_full_disk_is_told_and_leaves_no_half_chunk(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    blob = begin(ward.alice, ward.draft(), 5)[1]["blob"]

    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("colloque.documents.chunks.os.fsync", full)
        response = ward.alice.client.put(
            f"/api/blobs/{blob}/0", b"y" * sealed_size(5), content_type="application/octet-stream"
        )
    assert (response.status_code, json.loads(response.content)["error"]) == (503, "disk-full")
    assert list(disk.folder_of(blob).iterdir()) == []
    assert put(ward.alice, blob, 0, b"y" * sealed_size(5)) == 204


def test_the_sweep_takes_what_was_left_unfinished_for_a_day_and_nothing_else(ward: Ward) -> None:
    consultation = ward.draft()
    kept, _ = upload(ward.alice, consultation, b"x")
    left = begin(ward.alice, consultation, 5)[1]["blob"]
    put(ward.alice, left, 0, b"y" * sealed_size(5))
    orphan = new_id()
    disk.write_chunk(orphan, 0, b"y")
    assert sweep() == 0
    real = clock._source
    with clock.reading(lambda: real() + timedelta(days=1, minutes=1)):
        assert sweep() == 2
    assert disk.folder_of(kept).exists()
    assert not disk.folder_of(left).exists()
    assert not disk.folder_of(orphan).exists()
    assert [str(one.id) for one in Blob.objects.all()] == [kept]


def test_files_of_an_expired_draft_are_swept(ward: Ward) -> None:
    from colloque.records.actions import erase_content
    from colloque.records.models import Record

    consultation = ward.draft()
    blob, _ = upload(ward.alice, consultation, b"x")
    erase_content(Record.objects.get(id=consultation))
    assert sweep() == 1
    assert not disk.folder_of(blob).exists()
