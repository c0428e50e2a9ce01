"""A patient objects to an opening; the practice's manager answers."""

import json
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from colloque.accounts.access import get_membership
from colloque.accounts.queries import managers_of
from colloque.kernel.clock import now
from colloque.kernel.errors import Conflict, Malformed, NotFound
from colloque.kernel.ids import is_id
from colloque.kernel.jobs import defer
from colloque.records.access import is_subject
from colloque.records.asking import Asker
from colloque.records.errors import NoPractice
from colloque.records.models import Objection, Record
from colloque.records.outbox import leave_line
from colloque.records.sealed_keys import read_sealed_key

REASONS = frozenset({"unknown-person", "no-appointment", "not-needed", "other"})
MOST_LINE = 4096
ANSWERS = frozenset({"explained", "corrected", "incident"})


def object_to(
    asker: Asker, *, seq: object, record_id: object, reason: object, note: object, line: object = None
) -> Objection:
    """File an objection to one line about one's own record; the same line again returns the first."""
    record = Record.objects.filter(id=record_id).first() if is_id(record_id) else None
    if record is None or not is_subject(asker.person, record):
        raise NotFound
    if record.practice_id is None:
        raise NoPractice
    if type(seq) is not int or not 0 <= seq < 2**53 or reason not in REASONS:
        raise Malformed("objection")
    text = _read_line(line, seq=seq, record=str(record.id))
    if note is not None:
        key = read_sealed_key(note, purpose="note", about=str(record.practice_id))
        if key.recipient != key.about:
            raise Malformed("note")
        note = key.to_json()
    known = Objection.objects.filter(person__id=asker.person, seq=seq).first()
    about = {"seq": seq, "line": text, "reason": str(reason), "note": note}
    return known or _file(asker, record, record.practice_id, about)


def _read_line(line: object, *, seq: int, record: str) -> str:
    """Return the text of a ledger line about this; that it stands in the ledger, the manager's browser checks."""
    if line is None:
        return ""
    try:
        said = json.loads(line) if isinstance(line, str) and len(line) <= MOST_LINE else None
    except ValueError:
        said = None
    if not isinstance(said, dict) or said.get("seq") != seq or said.get("record") != record:
        raise Malformed("line")
    return str(line)


def _file(asker: Asker, record: Record, practice: UUID, about: dict[str, Any]) -> Objection:
    try:
        with transaction.atomic():
            objection = Objection.objects.create(
                record=record,
                practice_id=practice,
                person_id=asker.person,
                **about,
            )
            leave_line("objection", asker, record=str(record.id), purpose=about["reason"])
            for manager in managers_of(practice):
                defer("notifications.notify", person=manager, letter="objection")
            return objection
    except IntegrityError as error:
        raise Conflict("the same line twice at once") from error


def objections_for_manager(person: str, practice: str) -> list[Objection]:
    if not is_id(practice):
        raise NotFound
    get_membership(practice, person, "manager")
    return list(Objection.objects.filter(practice__id=practice).order_by("-created_at")[:500])


def answer_objection(person: str, objection_id: str, answer: object) -> Objection:
    objection = Objection.objects.filter(id=objection_id).first() if is_id(objection_id) else None
    if objection is None:
        raise NotFound
    get_membership(objection.practice_id, person, "manager")
    if answer not in ANSWERS:
        raise Malformed("answer")
    with transaction.atomic():
        objection.answer, objection.answered_by_id, objection.answered_at = str(answer), person, now()
        objection.save(update_fields=["answer", "answered_by", "answered_at"])
        defer("notifications.notify", person=str(objection.person_id), letter="objection-answered")
    return objection
