"""What changes a record: writing sealed items, opening and shutting doors, grants, erasing a draft's
content."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from colloque.accounts.models import Account
from colloque.accounts.vault_door import vault
from colloque.kernel.clock import from_wire, now
from colloque.kernel.errors import Conflict, Malformed, NotFound, TooLarge
from colloque.kernel.ids import is_id
from colloque.kernel.jobs import defer
from colloque.records import news
from colloque.records.access import Entry, get_record_for, is_subject, roles_in
from colloque.records.asking import Asker
from colloque.records.create import read_statement
from colloque.records.device_keys import author_of
from colloque.records.errors import (
    CounterTaken,
    NotWritable,
    VersionTaken,
    WrongItem,
    WrongManifest,
    WrongSealedKey,
)
from colloque.records.kinds import SHARED
from colloque.records.models import Compartment, Door, Grant, Item, PastHash, Record
from colloque.records.outbox import leave_line
from colloque.records.sealed_items import MOST_ITEMS, Place, SealedItem, covers, read_item, read_manifest
from colloque.records.sealed_keys import read_sealed_key

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
    """Replace the doors that this cause had opened, on its own record and on its file, by these."""
    Door.objects.filter(cause=cause).delete()
    Door.objects.bulk_create(doors)


def let_subject_write(record: Record, kinds: Iterable[str]) -> None:
    Record.objects.filter(id=record.id).update(subject_writes=sorted(kinds))


def erase_content(record: Record) -> None:
    """Erase the sealed items of a record that came to nothing. Ids, hashes and the statement stay."""
    Item.objects.filter(compartment__record=record).delete()
    Compartment.objects.filter(record=record).update(manifest=None)
    record.sealed_keys.all().delete()
    Record.objects.filter(id=record.id).update(erased_at=now(), subject_writes=[])


def grant_record(asker: Asker, record_id: str, envelope: object, sealed_key: object) -> Grant:
    """Re-seal a record to the new key of a person who lost everything; told to the old one, in force after a
    delay."""
    record = Record.objects.filter(id=record_id).first() if is_id(record_id) else None
    if record is None or roles_in(asker.person, record.practice_id).isdisjoint({"manager", "practitioner"}):
        raise NotFound
    told = _read_grant(asker, record_id, envelope)
    known = Grant.objects.filter(statement_id=told.statement_id, by__id=asker.person).first()
    if known is not None:
        return known
    others = Account.objects.filter(kind="patient", closed_at=None).exclude(id=record.subject_id)
    if not others.filter(id=told.to).exists():
        raise NotFound
    key = read_sealed_key(sealed_key, purpose="care-key", about=record_id)
    if key.recipient != told.to:
        raise WrongSealedKey("recipient")
    try:
        with transaction.atomic():
            grant = Grant.objects.create(
                record=record,
                to_id=told.to,
                by_id=asker.person,
                statement_id=told.statement_id,
                statement=envelope,
                sealed_key=key.to_json(),
                not_before=told.not_before,
            )
            vault().state(told.envelope, network=asker.network)
            defer("notifications.notify", person=str(record.subject_id), letter="grant")
            return grant
    except IntegrityError as error:
        raise Conflict("the same statement twice at once") from error


def cancel_grant(asker: Asker, grant_id: str) -> Grant:
    """Let the old key's holder say no: nobody lost anything, someone else asked."""
    with transaction.atomic():
        grant = Grant.objects.select_for_update().filter(id=grant_id).first() if is_id(grant_id) else None
        if grant is None or str(grant.to_id) == asker.person or not is_subject(asker.person, grant.record):
            raise NotFound
        if grant.cancelled_at is None:
            grant.cancelled_at = now()
            grant.save(update_fields=["cancelled_at"])
        return grant


@dataclass(frozen=True)
class _ToldGrant:
    statement_id: str
    to: str
    not_before: datetime
    envelope: Mapping[str, Any]


def _read_grant(asker: Asker, record_id: str, envelope: object) -> _ToldGrant:
    body = read_statement(envelope, kind="grant", person=asker.person).body
    if body.get("record") != record_id or not is_id(body.get("to")) or not isinstance(envelope, Mapping):
        raise Malformed("grant")
    try:
        return _ToldGrant(body["id"], body["to"], from_wire(str(body.get("not_before"))), envelope)
    except ValueError as error:
        raise Malformed("not_before") from error


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
