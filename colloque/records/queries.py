"""Sealed records as they go to browsers."""

from typing import Any

from django.db import transaction
from django.db.models import F, Q

from colloque.kernel.clock import now, to_wire
from colloque.kernel.encoding import b64u_encode
from colloque.records.access import Entry
from colloque.records.asking import Asker
from colloque.records.models import Compartment, Grant, Objection, Record, SealedKey
from colloque.records.outbox import leave_line
from colloque.records.sealed_items import to_json
from colloque.records.sealed_keys import SUITE


def list_own(person: str) -> list[dict[str, Any]]:
    granted = Q(grants__to=person, grants__cancelled_at=None, grants__not_before__lte=now())
    found = Record.objects.filter(Q(subject=person) | granted).distinct()
    # What was handed on comes last: a practice's own file of hers is the one to go on with.
    found = found.order_by(F("former").asc(nulls_first=True), "created_at")
    return [
        {
            "record": str(one.id),
            "kind": one.kind,
            "practice": _text(one.practice_id),
            "file": _text(one.file_id),
            "created_at": to_wire(one.created_at),
            "erased_at": one.erased_at and to_wire(one.erased_at),
        }
        for one in found
    ]


def describe(entry: Entry) -> dict[str, Any]:
    record = entry.record
    return {
        "record": str(record.id),
        "kind": record.kind,
        "subject": str(record.subject_id),
        "practice": _text(record.practice_id),
        "file": _text(record.file_id),
        "statement": record.statement,
        "sealed_keys": sealed_keys_for(entry),
    }


def sealed_keys_for(entry: Entry) -> list[dict[str, Any]]:
    """Those copies of the care key that this person can open: their own, or their practice's."""
    recipient = entry.person if entry.is_own else str(entry.record.practice_id)
    held = entry.record.sealed_keys.filter(recipient=recipient).order_by("generation", "id")
    keys = [to_wire_key(key) for key in held]
    grants = Grant.objects.filter(
        record=entry.record, to__id=entry.person, cancelled_at=None, not_before__lte=now()
    )
    return keys + [grant.sealed_key for grant in grants]


def to_wire_key(key: SealedKey) -> dict[str, Any]:
    return {
        "suite": SUITE,
        "purpose": "care-key",
        "about": str(key.record_id),
        "recipient": str(key.recipient),
        "key_id": key.key_id,
        "generation": key.generation,
        "sealed": b64u_encode(bytes(key.sealed)),
    }


def serve_items(entry: Entry, asker: Asker, compartment: str) -> dict[str, Any]:
    """Return a compartment's items and manifest; the line that says so is committed before they leave."""
    with transaction.atomic():
        # Locked, so that items and manifest are of one write.
        row = (
            Compartment.objects.select_for_update(no_key=True)
            .filter(record=entry.record, name=compartment)
            .first()
        )
        epoch = row.epoch if row else 0
        leave_line(
            "item-served", asker, record=str(entry.record.id), compartment=compartment, epoch=epoch,
            purpose=entry.relation_for(compartment),
        )  # fmt: skip
        items = row.items.order_by("position") if row else []
        listed = [to_json(item.header, bytes(item.ciphertext), bytes(item.signature)) for item in items]
        return {"epoch": epoch, "items": listed, "manifest": row.manifest if row else None}


def counters(record: Record) -> dict[str, int]:
    """How often each compartment was written: what an open page compares with what it has seen."""
    return dict(Compartment.objects.filter(record=record).values_list("name", "counter"))


def describe_objection(objection: Objection) -> dict[str, Any]:
    return {
        "id": str(objection.id),
        "seq": objection.seq,
        "line": objection.line or None,
        "record": str(objection.record_id),
        "practice": str(objection.practice_id),
        "reason": objection.reason,
        "note": objection.note,
        "at": to_wire(objection.created_at),
        "answer": objection.answer or None,
        "answered_at": objection.answered_at and to_wire(objection.answered_at),
    }


def describe_grant(grant: Grant) -> dict[str, Any]:
    return {
        "id": str(grant.id),
        "record": str(grant.record_id),
        "to": str(grant.to_id),
        "by": str(grant.by_id),
        "not_before": to_wire(grant.not_before),
        "cancelled_at": grant.cancelled_at and to_wire(grant.cancelled_at),
    }


def _text(id_: object) -> str | None:
    return None if id_ is None else str(id_)
