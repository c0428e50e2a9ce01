"""Uploading sealed files, serving them, sweeping what was left unfinished."""

from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from django.core.cache import cache
from django.db import transaction

from colloque.documents import chunks as disk
from colloque.documents.errors import AlreadyComplete, FileTooLarge, Incomplete, TooManyUploads, WrongChunk
from colloque.documents.models import Blob
from colloque.documents.upload import MOST_BYTES, MOST_CHUNKS, is_complete, is_possible, size_of
from colloque.kernel.clock import now
from colloque.kernel.errors import Malformed, NotFound
from colloque.kernel.ids import is_id
from colloque.records.access import get_record_for, was_shown
from colloque.records.asking import Asker
from colloque.records.errors import NotWritable
from colloque.records.outbox import leave_line

COMPARTMENT = "documents"
KIND = "document"
UNFINISHED_LIFE = timedelta(days=1)
MOST_UNFINISHED = 20
SERVED_SECONDS = 3600


def begin(asker: Asker, *, record_id: object, compartment: object, chunks: object, size: object) -> Blob:
    """Announce a file: how many chunks and bytes of ciphertext. Raises FileTooLarge before a byte is sent."""
    if not is_id(record_id):
        raise NotFound
    entry = get_record_for(asker.person, str(record_id))
    if compartment != COMPARTMENT or entry.relation_for(COMPARTMENT) is None:
        raise NotFound
    if not entry.may_write(KIND):
        raise NotWritable
    if type(chunks) is not int or type(size) is not int:
        raise Malformed("chunks or size")
    if size > MOST_BYTES or chunks > MOST_CHUNKS:
        raise FileTooLarge
    if not is_possible(chunks=chunks, size=size):
        raise Malformed("chunks or size")
    if Blob.objects.filter(by__id=asker.person, completed_at=None).count() >= MOST_UNFINISHED:
        raise TooManyUploads
    return Blob.objects.create(
        record=entry.record,
        compartment=COMPARTMENT,
        by_id=asker.person,
        chunks=chunks,
        size=size,
        arrived=[None] * chunks,
    )


def put_chunk(asker: Asker, blob_id: str, number: int, data: bytes) -> None:
    """Keep one sealed chunk; sent again, it replaces itself."""
    blob = own_upload(asker, blob_id)
    if not 0 <= number < blob.chunks or len(data) != size_of(number, chunks=blob.chunks, size=blob.size):
        raise WrongChunk
    disk.write_chunk(blob_id, number, data)
    with transaction.atomic():
        row = Blob.objects.select_for_update().filter(id=blob_id).first()
        if row is None:
            disk.remove(blob_id)  # cancelled while this chunk was on its way
            raise NotFound
        row.arrived[number] = len(data)
        row.save(update_fields=["arrived"])


def complete(asker: Asker, blob_id: str) -> Blob:
    """Seal the upload: from now on it can be read and no longer changed. Said twice, it is the same."""
    with transaction.atomic():
        blob = (
            Blob.objects.select_for_update().filter(id=blob_id, by__id=asker.person).first()
            if is_id(blob_id)
            else None
        )
        if blob is None:
            raise NotFound
        if blob.completed_at is None:
            if not is_complete(blob.arrived, size=blob.size):
                raise Incomplete
            blob.completed_at = now()
            blob.save(update_fields=["completed_at"])
            leave_line(
                "item-written",
                asker,
                record=str(blob.record_id),
                compartment=blob.compartment,
                epoch=0,
                target=blob_id,
            )
        return blob


def cancel(asker: Asker, blob_id: str) -> None:
    """Drop an upload that is not complete, or that nobody was shown. Nothing is left of it."""
    with transaction.atomic():
        blob = (
            Blob.objects.select_for_update().filter(id=blob_id, by__id=asker.person).first()
            if is_id(blob_id)
            else None
        )
        if blob is None:
            raise NotFound
        if blob.completed_at is not None and was_shown(blob.record):
            raise AlreadyComplete
        blob.delete()
    disk.remove(blob_id)


def open_chunk(asker: Asker, blob_id: str, number: int, *, purpose: str = "") -> BinaryIO:
    """Open one sealed chunk for reading; the first that this device asks for leaves the line that says it was served."""
    blob = Blob.objects.filter(id=blob_id).first() if is_id(blob_id) else None
    if blob is None or not 0 <= number < blob.chunks:
        raise NotFound
    entry = get_record_for(asker.person, str(blob.record_id), purpose=purpose)
    relation = entry.relation_for(blob.compartment)
    if relation is None:
        raise NotFound
    if blob.completed_at is None:
        raise Incomplete
    # Whoever begins in the middle is served as well. What this process forgets, or another does not know, is one line more.
    told = f"served:{asker.person}:{asker.device}:{asker.session}:{blob_id}"
    with transaction.atomic():
        if number == 0 or cache.get(told) is None:
            leave_line(
                "item-served", asker, record=str(blob.record_id), compartment=blob.compartment, epoch=0,
                purpose=relation, target=blob_id,
            )  # fmt: skip
        try:
            file = disk.open_chunk(blob_id, number)
        except FileNotFoundError as error:
            raise NotFound("a chunk is missing on disk") from error
    # Only once the line is committed: else one that was rolled back would count as left.
    cache.set(told, True, SERVED_SECONDS)
    return file


def own_upload(asker: Asker, blob_id: str) -> Blob:
    """Return one's own unfinished upload."""
    blob = Blob.objects.filter(id=blob_id, by__id=asker.person).first() if is_id(blob_id) else None
    if blob is None:
        raise NotFound
    if blob.completed_at is not None:
        raise AlreadyComplete
    return blob


def sweep() -> int:
    """Remove uploads left unfinished for a day, files of erased records, and folders that no row knows."""
    old = now() - UNFINISHED_LIFE
    doomed = Blob.objects.filter(completed_at=None, created_at__lt=old) | Blob.objects.filter(
        record__erased_at__isnull=False
    )
    swept = 0
    for blob_id in [str(id_) for id_ in doomed.values_list("id", flat=True)[:1000]]:
        # The row first: a crash in between leaves a folder that no row knows, and the next sweep takes it.
        Blob.objects.filter(id=blob_id).delete()
        disk.remove(blob_id)
        swept += 1
    return swept + _sweep_orphans(old)


def _sweep_orphans(old: datetime) -> int:
    orphans = [
        name for name, at in disk.all_on_disk() if is_id(name) and datetime.fromtimestamp(at, UTC) < old
    ]
    known = {str(id_) for id_ in Blob.objects.filter(id__in=orphans).values_list("id", flat=True)}
    for name in orphans:
        if name not in known:
            disk.remove(name)
    return len(set(orphans) - known)
