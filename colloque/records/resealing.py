"""Care keys of records that were handed on, sealed anew to the successor: by the former practice, which can open its copy,
or by the patient. Nothing is opened by it alone: the turn is the vault's, and it asks whose the record is.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from colloque.accounts.access import get_membership
from colloque.accounts.models import Practice
from colloque.kernel.errors import NotFound
from colloque.kernel.ids import is_id
from colloque.records.access import Entry, Way, is_subject, roles_in
from colloque.records.errors import WrongSealedKey
from colloque.records.models import Record, SealedKey
from colloque.records.queries import sealed_keys_for, to_wire_key
from colloque.records.sealed_keys import read_sealed_key
from colloque.vault.errors import OldGeneration

RESEALS = Way("own", frozenset())
HOLDERS = ("manager", "practitioner")
MOST_AT_ONCE = 100


def list_for(practice_id: str, person: str) -> list[dict[str, Any]]:
    """For a manager or practitioner: what their practice handed on and its new one cannot open yet, a hundred at a time."""
    get_membership(practice_id, person, *HOLDERS)
    found = _unsealed().filter(former__id=practice_id)
    return _described(
        (
            one,
            [
                to_wire_key(key)
                for key in one.sealed_keys.filter(recipient=practice_id).order_by("generation")
            ],
        )
        for one in found[:MOST_AT_ONCE]
    )


def list_own(person: str) -> list[dict[str, Any]]:
    """One's own that were handed on and the new practice cannot open yet."""
    found = _unsealed().filter(subject__id=person)
    return _described((one, sealed_keys_for(Entry(one, person, (RESEALS,)))) for one in found[:MOST_AT_ONCE])


def count_own(person: str) -> int:
    return _unsealed().filter(subject__id=person).count()


def add_copy(person: str, record_id: str, source: object) -> None:
    """Keep a copy for the practice that has the record now. The first stays, but for her own, which replaces another's."""
    record = (
        Record.objects.select_related("practice").filter(id=record_id).first() if is_id(record_id) else None
    )
    if record is None or record.former_id is None or record.practice is None:
        raise NotFound
    is_own = is_subject(person, record)
    if not is_own and roles_in(person, record.former_id).isdisjoint(HOLDERS):
        raise NotFound
    key = read_sealed_key(source, purpose="care-key", about=record_id)
    if key.recipient != str(record.practice_id):
        raise WrongSealedKey("recipient")
    if (key.key_id, key.generation) != (record.practice.kem_key_id, record.practice.generation):
        raise OldGeneration
    which: dict[str, Any] = {"record": record, "recipient": key.recipient, "key_id": key.key_id}
    values: dict[str, Any] = {"generation": key.generation, "sealed": key.sealed}
    if is_own:
        SealedKey.objects.update_or_create(**which, defaults=values)
    else:
        SealedKey.objects.get_or_create(**which, defaults=values)


def _unsealed() -> QuerySet[Record]:
    copies = SealedKey.objects.filter(record=OuterRef("pk"), recipient=OuterRef("practice_id"))
    handed_on = Record.objects.filter(erased_at=None).exclude(former=None).exclude(practice=F("former"))
    return handed_on.filter(~Exists(copies)).select_related("practice").order_by("created_at", "id")


def _described(found: Iterable[tuple[Record, list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    return [
        {"record": str(one.id), "kind": one.kind, "practice": _to(one.practice), "sealed_key": copies[-1]}
        for one, copies in found
        if copies
    ]


def _to(practice: Practice | None) -> str:
    assert practice is not None  # what was handed on is some practice's
    return str(practice.id)
