"""What changes a record: writing sealed items, opening and shutting doors, erasing a draft's content."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from colloque.kernel.clock import now
from colloque.kernel.errors import NotFound, TooLarge
from colloque.kernel.jobs import defer
from colloque.records import news
from colloque.records.access import Entry, get_record_for
from colloque.records.asking import Asker
from colloque.records.device_keys import author_of
from colloque.records.errors import (
    CounterTaken,
    NotWritable,
    VersionTaken,
    WrongItem,
    WrongManifest,
)
from colloque.records.kinds import SHARED
from colloque.records.models import Compartment, Door, Item, PastHash, Record
from colloque.records.outbox import leave_line
from colloque.records.sealed_items import MOST_ITEMS, Place, SealedItem, covers, read_item, read_manifest

MOST_ITEMS_KEPT = 2_000
WRITTEN_JOB = "messaging.tell_of_writing"
NOTICE_AFTER = timedelta(minutes=1)


def write_items(asker: Asker, record_id: str, compartment: str, items: object, manifest: object) -> int:
    """Accept items and their manifest together or not at all; return the new counter.

    Raises CounterTaken when someone wrote in between: read again, append, sign again. Sent again after a lost
    answer, the same manifest is answered as the first time.
    """
    entry = get_record_for(asker.person, record_id)
    relation = entry.relation_for(compartment)
    if relation is None:
        raise NotFound
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        raise WrongItem("list")
    with transaction.atomic():
        row = _lock_compartment(entry.record, compartment)
        if row.manifest is not None and row.manifest == manifest:
            return row.counter
        place = Place(record_id, compartment, row.epoch)
        author = author_of(asker.person, asker.device)
        sealed = [read_item(source, place=place, author=author) for source in items]
        signed = read_manifest(manifest, place=place, author=author)
        if signed.counter != row.counter + 1:
            raise CounterTaken if signed.counter <= row.counter else WrongManifest("counter")
        _check_writable(entry, sealed)
        _put(row, sealed, asker.person)
        if not covers(
            signed, [bytes(h) for h in row.items.order_by("position").values_list("hash", flat=True)]
        ):
            raise WrongManifest("root")
        row.counter, row.manifest = signed.counter, manifest
        row.save(update_fields=["counter", "manifest"])
        leave_line(
            "item-written",
            asker,
            record=record_id,
            compartment=compartment,
            epoch=row.epoch,
            purpose=relation,
        )
        news.tell_written(record_id, compartment, row.counter)
        if compartment == "exchange":
            _tell_writing_later(entry.record, asker.person)
        return row.counter


def open_doors(cause: Record, doors: Iterable[Door]) -> None:
    """Replace the doors that this cause had opened, on its own record and on its file, by these; with none, shut them."""
    before, opened = Door.objects.filter(cause=cause), list(doors)
    if opened:
        before.delete()
        Door.objects.bulk_create(opened)
    else:
        shut(before)


def shut(doors: QuerySet[Door]) -> None:
    """Shut, and kept as what shows that the practice was once shown the record (`access.was_shown`)."""
    doors.filter(Q(until=None) | Q(until__gt=now())).update(until=now())


def let_subject_write(record: Record, kinds: Iterable[str]) -> None:
    Record.objects.filter(id=record.id).update(subject_writes=sorted(kinds))


def erase_content(record: Record) -> None:
    """Erase the sealed items of a record that came to nothing. Ids, hashes and the statement stay."""
    Item.objects.filter(compartment__record=record).delete()
    Compartment.objects.filter(record=record).update(manifest=None)
    record.sealed_keys.all().delete()
    Record.objects.filter(id=record.id).update(erased_at=now(), subject_writes=[])


def _lock_compartment(record: Record, name: str) -> Compartment:
    """Lock the compartment's row, made by its first writer; two first writers meet on the unique
    constraint."""
    Compartment.objects.bulk_create([Compartment(record=record, name=name)], ignore_conflicts=True)
    return Compartment.objects.select_for_update().get(record=record, name=name)


def _check_writable(entry: Entry, sealed: Sequence[SealedItem]) -> None:
    if not all(entry.may_write(item.kind) for item in sealed):
        raise NotWritable
    if len({item.item for item in sealed}) != len(sealed):
        raise WrongItem("the same item twice")


def _put(row: Compartment, sealed: Sequence[SealedItem], person: str) -> None:
    known = {str(held.item): held for held in row.items.filter(item__in=[item.item for item in sealed])}
    position = row.items.count()
    for item in sealed:
        held = known.get(item.item)
        if held is None:
            held = Item(compartment=row, item=item.item, position=position, kind=item.kind, author=person)
            position += 1
        elif held.kind != item.kind or (str(held.author) != person and item.kind not in SHARED):
            raise NotWritable
        elif item.version <= held.version:
            raise VersionTaken
        held.version, held.author, held.written_at = item.version, person, now()
        held.header, held.ciphertext, held.signature, held.hash = (
            item.header, item.ciphertext, item.signature, item.hash,
        )  # fmt: skip
        held.save()
    if position > MOST_ITEMS_KEPT:
        raise TooLarge("items of a compartment")
    PastHash.objects.bulk_create(
        PastHash(compartment=row, item=item.item, version=item.version, hash=item.hash) for item in sealed
    )


def _tell_writing_later(record: Record, author: str) -> None:
    """Have the worker look, in a minute, whether the other side has seen what was written; else it writes to
    them."""
    once = f"{WRITTEN_JOB}:{record.id}:{author}"
    defer(WRITTEN_JOB, once=once, at=now() + NOTICE_AFTER, consultation=str(record.id), author=author)
