"""Records to be erased for good: wished by their subject, decided by their practice, told to both, done by the worker.

The vault decides who may and when, and destroys its secret first; what is sealed here goes after it, and what a backup of
this database still has opens with nothing any more.
"""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from colloque.accounts import agreements, reading
from colloque.accounts.access import get_membership
from colloque.accounts.agreements import ERASING
from colloque.accounts.queries import managers_of
from colloque.accounts.vault_door import vault
from colloque.kernel import dsse
from colloque.kernel.clock import from_wire, now, to_wire
from colloque.kernel.errors import ColloqueError, Conflict, Malformed, NotFound
from colloque.kernel.ids import is_id
from colloque.kernel.jobs import defer
from colloque.records.access import is_subject, roles_in, was_shown
from colloque.records.actions import erase_content
from colloque.records.asking import Asker
from colloque.records.create import as_mapping, read_statement
from colloque.records.models import Erasing, Grant, Record
from colloque.vault.errors import Erased

CARRY_OUT_JOB = "records.carry_out_erasures"
ANSWERABLE = frozenset({"manager", "practitioner"})
# Why a practice erases what nobody asked it to, before its time: two members sign, and the vault sees that they do.
BY_TWO = frozenset({"mistake", "court"})


def ask(asker: Asker, record_id: str, envelope: object) -> dict[str, Any]:
    """Her wish, or the practice's decision; the vault says whether it is theirs to say."""
    record = _get_record(asker.person, record_id)
    body = read_statement(envelope, kind="erase", person=asker.person).body
    if (body.get("record"), body.get("step")) != (record_id, "ask"):
        raise Malformed("erase")
    with transaction.atomic():
        row, _ = Erasing.objects.select_for_update().get_or_create(record=record, ended_at=None)
        if is_subject(asker.person, record):
            row.wished_at = row.wished_at or now()
        if "not_before" in body and "reason" in body:
            row.reason, row.not_before = _decided(body, row.not_before)
        row.save()
        letter = "erase-asked" if row.not_before else "erase-wished"
        _tell(record, letter, leave_out=asker.person)
        vault().state(as_mapping(envelope), network=asker.network)
        return describe(row)


def withdraw(asker: Asker, record_id: str, envelope: object) -> dict[str, Any]:
    record = _get_record(asker.person, record_id)
    body = read_statement(envelope, kind="erase-withdraw", person=asker.person).body
    if body.get("record") != record_id:
        raise Malformed("erase-withdraw")
    with transaction.atomic():
        row = Erasing.objects.select_for_update().filter(record=record, ended_at=None).first()
        if row is None:
            raise NotFound
        # Why a practice keeps it, for whoever asked; the vault knows the words.
        row.ended_at, row.outcome = (
            now(),
            "withdrawn" if is_subject(asker.person, record) else str(body.get("reason"))[:16],
        )
        row.save()
        _tell(record, "erase-withdrawn", leave_out=asker.person)
        vault().state(as_mapping(envelope), network=asker.network)
        return describe(row)


def propose(asker: Asker, practice_id: str, data: Mapping[str, Any]) -> str:
    """Keep a manager's signature under erasing a record, for `mistake` or `court`; return the agreement's id."""
    get_membership(practice_id, asker.person, "manager")
    said = reading.signed_of(data, "statement")
    record = _get_record_of(practice_id, said.body)
    if said.body.get("step") != "ask" or said.body.get("reason") not in BY_TWO:
        raise Malformed("erase")
    _decided(said.body, None)
    if is_subject(asker.person, record):  # what a subject signs is her wish, whatever else it says
        raise Conflict("own record")
    if record.erased_at is not None:
        raise Erased
    return str(agreements.propose(practice_id, asker.person, data, ERASING).id)


def agree(asker: Asker, practice_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Hand both signatures to the vault: decided, as if one manager had done it for what a patient asked."""
    get_membership(practice_id, asker.person, *ERASING.seconds)
    said = reading.signed_of(data, "statement")
    record = _get_record_of(practice_id, said.body)
    with transaction.atomic():
        row, _ = Erasing.objects.select_for_update().get_or_create(record=record, ended_at=None)
        row.reason, row.not_before = _decided(said.body, row.not_before)
        row.save()
        _tell(record, "erase-asked", leave_out=asker.person)
        agreements.sign(practice_id, asker.person, data, ERASING, network=asker.network)
        return describe(row)


def decline(asker: Asker, practice_id: str, data: Mapping[str, Any]) -> None:
    agreements.decline(practice_id, asker.person, data, ERASING)


def list_proposed(practice_id: str, person: str) -> list[dict[str, Any]]:
    """What one member has signed, with what the record is: the signed bytes name it by its id alone."""
    waiting = agreements.list_for(practice_id, person, ERASING)
    named = {one["id"]: str(dsse.parse(one["statement"]).body["record"]) for one in waiting}
    records = Record.objects.filter(practice_id=practice_id, id__in=set(named.values()))
    found = {str(record.id): record for record in records}
    return [{**one, **_named(found[named[one["id"]]])} for one in waiting if named[one["id"]] in found]


def carry_out_due() -> int:
    """Erase what is due; return how many were. What the vault refuses, frozen or under way, waits for the next time."""
    due = Erasing.objects.filter(ended_at=None, not_before__lte=now()).order_by("not_before")
    done = 0
    for row_id in due.values_list("id", flat=True)[:200]:
        try:
            done += _carry_out(row_id)
        except ColloqueError:
            continue
    return done


def _carry_out(row_id: UUID) -> bool:
    with transaction.atomic():
        row = Erasing.objects.select_for_update().filter(id=row_id, ended_at=None).first()
        if row is None:
            return False
        # Erased already: we stopped after the vault had, and before this was written.
        with contextlib.suppress(Erased):
            vault().erase_record(str(row.record_id))
        erase_content(row.record)
        row.ended_at, row.outcome = now(), "erased"
        row.save()
        _tell(row.record, "erased")
        return True


def state_of(person: str, record_id: str) -> dict[str, Any]:
    """The newest word about erasing a record, for who may say one; to its practice, what goes with it too."""
    record = _get_record(person, record_id)
    row = Erasing.objects.filter(record=record).order_by("-created_at").first()
    told: dict[str, Any] = {"erasing": row and describe(row)}
    if not is_subject(person, record):
        told |= {"practice": str(record.practice_id), "records": _with_it(record)}
    return told


def list_own(person: str) -> list[dict[str, Any]]:
    granted = Q(record__grants__to=person, record__grants__cancelled_at=None)
    found = Erasing.objects.filter(Q(record__subject=person) | granted).distinct().order_by("-created_at")
    return [describe(one) for one in found[:200]]


def list_for(practice_id: str, person: str) -> list[dict[str, Any]]:
    """What was wished and is to be decided, and what was decided and waits."""
    if not is_id(practice_id):
        raise NotFound
    get_membership(practice_id, person, *ANSWERABLE)
    found = Erasing.objects.filter(record__practice__id=practice_id, ended_at=None).order_by("created_at")
    return [describe(one) for one in found[:500]]


def describe(row: Erasing) -> dict[str, Any]:
    return {
        "record": str(row.record_id),
        "kind": row.record.kind,
        "subject": str(row.record.subject_id),
        "wished_at": _wire(row.wished_at),
        "reason": row.reason or None,
        "not_before": _wire(row.not_before),
        "outcome": row.outcome or None,
        "ended_at": _wire(row.ended_at),
    }


def _get_record(person: str, record_id: str) -> Record:
    """A record that is this person's, or of whose practice they are a manager or practitioner."""
    record = Record.objects.filter(id=record_id).first() if is_id(record_id) else None
    if record is None or not (
        is_subject(person, record) or not roles_in(person, record.practice_id).isdisjoint(ANSWERABLE)
    ):
        raise NotFound
    return record


def _get_record_of(practice_id: str, body: Mapping[str, Any]) -> Record:
    """The record that a statement is about, which must be the practice's."""
    record = Record.objects.filter(id=reading.id_of(body, "record"), practice_id=practice_id).first()
    if record is None:
        raise NotFound
    return record


def _with_it(record: Record) -> list[dict[str, Any]]:
    """A file and its consultations, or one consultation alone: what was shown to the practice and not erased yet."""
    found = Record.objects.filter(Q(id=record.id) | Q(file=record), erased_at=None).order_by("created_at")
    return [{**_named(one), "created_at": to_wire(one.created_at)} for one in found if not _may_be_draft(one)]


def _may_be_draft(record: Record) -> bool:
    """A draft is hers alone: it was shown to nobody."""
    return record.kind == "consultation" and not was_shown(record)


def _named(record: Record) -> dict[str, Any]:
    return {"record": str(record.id), "kind": record.kind, "file": str(record.file_id or record.id)}


def _decided(body: Mapping[str, Any], before: datetime | None) -> tuple[str, datetime]:
    try:
        not_before = from_wire(str(body.get("not_before")))
    except ValueError as error:
        raise Malformed("not_before") from error
    # As the vault has it: asked again, never sooner.
    return str(body.get("reason"))[:16], max(not_before, before or not_before)


def _tell(record: Record, letter: str, *, leave_out: str = "") -> None:
    """Her, on every account that the record opens to, and whoever answers for the practice."""
    people = {str(record.subject_id), *_granted(record), *_managers(record)}
    for person in sorted(people - {leave_out}):
        defer("notifications.notify", person=person, letter=letter)


def _granted(record: Record) -> Iterable[str]:
    found = Grant.objects.filter(record=record, cancelled_at=None, not_before__lte=now())
    return (str(one) for one in found.values_list("to_id", flat=True))


def _managers(record: Record) -> Iterable[str]:
    return managers_of(record.practice_id) if record.practice_id else ()


def _wire(at: datetime | None) -> str | None:
    return None if at is None else to_wire(at)
