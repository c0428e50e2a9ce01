"""A practice that ends hands its records to another (docs/adr/0021-custody.md): the web's half.

The vault decides, and its lines say what was decided: asked, cancelled, refused and moved are followed from the ledger too,
so that what was said to the vault alone, or was lost on its way back, is told to patients and seen in doors all the same.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from colloque.accounts.access import get_membership, has_role
from colloque.accounts.errors import NeedsOther
from colloque.accounts.models import Practice
from colloque.accounts.queries import current_memberships, managers_of
from colloque.accounts.vault_door import vault
from colloque.kernel.clock import from_wire, now, to_wire
from colloque.kernel.dsse import MalformedStatement, Statement, parse
from colloque.kernel.errors import ColloqueError, Conflict, Malformed, NotFound
from colloque.kernel.ids import is_id
from colloque.kernel.jobs import defer
from colloque.records.actions import shut
from colloque.records.asking import Asker
from colloque.records.create import as_mapping, read_statement
from colloque.records.models import Custody, Door, Grant, Record

TELL_JOB = "records.tell_of_custody"
ANSWERABLE = ("manager", "practitioner")
MOST_TURNS = 200  # of a hundred files each, in one run of the worker


def propose(asker: Asker, practice_id: str, envelope: object) -> Custody:
    """Keep what a manager of the practice has signed, and write to the successor's. Nothing of it is in force.

    Said again it finds what was kept; another one takes the place of one that nobody has agreed to.
    """
    get_membership(practice_id, asker.person, "manager")
    said = read_statement(envelope, kind="custody", person=asker.person)
    to, body = said.body.get("to"), said.body
    if (body.get("practice"), body.get("step")) != (practice_id, "ask") or len(said.signatures) != 1:
        raise Malformed("custody")
    if not is_id(to) or to == practice_id:
        raise Malformed("to")
    until, not_before = _time(body, "until"), _time(body, "not_before")
    if until <= now():
        raise Malformed("until")
    if not Practice.objects.filter(id=to).exclude(opened_at=None).exists():
        raise NotFound
    with transaction.atomic():
        Practice.objects.select_for_update().get(id=practice_id)
        known = Custody.objects.filter(id=body["id"], practice_id=practice_id).first()
        if known is not None:
            return known
        held = Custody.objects.filter(practice_id=practice_id, ended_at=None).first()
        if held is not None:
            if held.agreed_at is not None:
                raise Conflict
            _end(held)
        row = Custody.objects.create(
            id=body["id"], practice_id=practice_id, to_id=to, asked_by_id=asker.person,
            statement=envelope, until=until, not_before=not_before,
        )  # fmt: skip
        for manager in managers_of(to):
            defer("notifications.notify", person=manager, letter="custody-proposed")
        return row


def agree(asker: Asker, custody_id: str, envelope: object) -> Custody:
    """Hand both signatures to the vault, by a manager of the successor; everybody concerned is written to.

    A crash after the vault's yes leaves a proposal that is in force: agreed to again it gets the same answer, and the
    vault's line is followed meanwhile.
    """
    with transaction.atomic():
        row = _lock(custody_id)
        get_membership(row.to_id, asker.person, "manager")
        said, kept = _parse(envelope), _parse(row.statement)
        if (said.payload, said.kind) != (kept.payload, kept.kind):
            raise Conflict("another statement")
        if row.agreed_at is not None:
            return row
        if str(row.asked_by_id) == asker.person:
            raise NeedsOther
        if row.ended_at is not None:
            raise Conflict
        vault().state(as_mapping(envelope), network=asker.network)
        _begin(row, asker.person)
        return row


def cancel(asker: Asker, custody_id: str, envelope: object) -> None:
    """End it: by a manager or practitioner of the practice, or a manager of the successor. Before two have agreed, a session
    is enough; afterwards a device says it to the vault. Ended already, it is ended."""
    with transaction.atomic():
        row = _lock(custody_id)
        of_practice = has_role(row.practice_id, asker.person, *ANSWERABLE)
        if not of_practice and not has_role(row.to_id, asker.person, "manager"):
            raise NotFound
        if row.ended_at is not None:
            return
        if row.agreed_at is not None:
            said = read_statement(envelope, kind="custody-cancel", person=asker.person)
            if said.body.get("practice") != str(row.practice_id):
                raise Malformed("custody-cancel")
            vault().state(as_mapping(envelope), network=asker.network)
        _end(row)


def refuse(asker: Asker, record_id: str, envelope: object) -> None:
    """Her word: this file of hers stays where it is, with its consultations."""
    if not is_id(record_id):
        raise NotFound
    with transaction.atomic():
        hers = Record.objects.select_for_update().filter(kind="file", subject__id=asker.person)
        file = hers.filter(id=record_id).first()
        if file is None:
            raise NotFound
        said = read_statement(envelope, kind="custody-refuse", person=asker.person)
        if said.body.get("record") != record_id:
            raise Malformed("custody-refuse")
        if file.kept_at is None:
            vault().state(as_mapping(envelope), network=asker.network)
            Record.objects.filter(id=record_id).update(kept_at=now())


def carry_out_due() -> int:
    """Have the vault move what is due; return how many records were. Its lines move them here (`follow_move`).

    What the vault refuses, frozen or too soon, waits for the next time; so does what waits or is open.
    """
    moved = 0
    for row in Custody.objects.filter(ended_at=None, not_before__lte=now()).exclude(agreed_at=None):
        if not left_of(row.practice_id).exists():
            continue
        try:
            for _ in range(MOST_TURNS):
                records = vault().carry_out_custody(str(row.practice_id))
                moved += records
                if not records:
                    break
        except ColloqueError:
            continue
    return moved


def follow_ask(line: Mapping[str, Any]) -> None:
    """What the vault wrote down is in force, whoever told it and whatever came of the answer."""
    practice, to = line["practice"], line["detail"]["to"]
    if Practice.objects.filter(id__in=[practice, to]).count() < 2:
        return
    with transaction.atomic():
        Practice.objects.select_for_update().get(id=practice)
        row = Custody.objects.filter(id=line["id"]).first() or Custody(
            id=line["id"], practice_id=practice, to_id=to, not_before=from_wire(line["detail"]["not_before"])
        )
        if row.agreed_at is not None:
            return
        for held in Custody.objects.filter(practice_id=practice, ended_at=None).exclude(id=row.id):
            # Asked again it never comes sooner, as the vault has it.
            row.not_before = max(row.not_before, held.not_before) if held.agreed_at else row.not_before
            _end(held, is_told=False)
        # One that was taken back here, and said to the vault all the same, is in force too.
        row.ended_at = None
        _begin(row, None)


def follow_cancel(line: Mapping[str, Any]) -> None:
    before = Q(practice_id=line["practice"], ended_at=None, agreed_at__lte=from_wire(line["time"]))
    for row in Custody.objects.select_for_update().filter(before):
        _end(row)


def follow_refusal(line: Mapping[str, Any]) -> None:
    Record.objects.filter(id=line["record"], kept_at=None).update(kept_at=from_wire(line["time"]))


def follow_move(line: Mapping[str, Any]) -> Record | None:
    """The record is the successor's, and its doors are shut: nothing relates anyone to it yet. None where it was already."""
    former, to = line["detail"]["from"], line["practice"]
    if not Practice.objects.filter(id=to).exists():
        return None
    if not Record.objects.filter(id=line["record"], practice_id=former).update(
        practice_id=to, former_id=former
    ):
        return None
    record = Record.objects.get(id=line["record"])
    shut(Door.objects.filter(record=record))  # should it ever come back
    if record.kind == "file":
        for person in _concerned(Record.objects.filter(id=record.id)):
            defer("notifications.notify", person=person, letter="custody-moved")
    return record


def tell(practice: str, to: str, letter: str) -> None:
    """Write to each patient concerned, and to those of both practices who may end it."""
    patients = _concerned(left_of(practice))
    members = {
        str(one.account_id)
        for one in current_memberships(practice)
        if not set(one.roles).isdisjoint(ANSWERABLE)
    }
    theirs = "custody-of-practice" if letter == "custody-asked" else letter
    with transaction.atomic():
        for person in sorted(patients):
            defer("notifications.notify", person=person, letter=letter)
        for person in sorted(members | set(managers_of(to))):
            defer("notifications.notify", person=person, letter=theirs)


def left_of(practice: str | UUID) -> QuerySet[Record]:
    """Files that would go: neither kept out by their patient, nor erased."""
    return Record.objects.filter(practice_id=practice, kind="file", erased_at=None, kept_at=None)


def list_for(practice_id: str, person: str) -> dict[str, Any]:
    """For managers and practitioners: what the practice hands on, and what it is asked to take or takes."""
    get_membership(practice_id, person, *ANSWERABLE)
    open_ = (
        Custody.objects.filter(ended_at=None).exclude(agreed_at=None, until__lte=now()).order_by("asked_at")
    )
    given = open_.filter(practice_id=practice_id).first()
    return {
        "files": left_of(practice_id).count(),
        "given": given and describe(given),
        "taken": [describe(one) for one in open_.filter(to__id=practice_id)[:50]],
    }


def list_own(person: str) -> list[dict[str, Any]]:
    """Her files that are to be handed on, to whom and when; and those that she keeps out of it."""
    files = Record.objects.filter(subject__id=person, kind="file", erased_at=None)
    agreed = Custody.objects.filter(ended_at=None, practice__records__in=files).exclude(agreed_at=None)
    return [
        {
            "record": str(file.id),
            "practice": _practice(row.practice),
            "to": _practice(row.to),
            "not_before": to_wire(row.not_before),
            "is_kept": file.kept_at is not None,
        }
        for row in agreed.select_related("practice", "to").distinct().order_by("not_before")
        for file in files.filter(practice_id=row.practice_id).order_by("created_at")
    ]


def describe(row: Custody) -> dict[str, Any]:
    files = Record.objects.filter(kind="file", erased_at=None)
    here, left = files.filter(practice_id=row.practice_id).count(), left_of(row.practice_id).count()
    return {
        "id": str(row.id),
        "practice": _practice(row.practice),
        "to": _practice(row.to),
        "asked_by": row.asked_by_id and str(row.asked_by_id),
        "agreed_by": row.agreed_by_id and str(row.agreed_by_id),
        "is_agreed": row.agreed_at is not None,
        "not_before": to_wire(row.not_before),
        "until": row.until and to_wire(row.until),
        "statement": row.statement if row.agreed_at is None else None,
        "left": left,
        "kept": here - left,
        "moved": files.filter(practice_id=row.to_id, former_id=row.practice_id).count(),
        "ended_at": row.ended_at and to_wire(row.ended_at),
    }


def _begin(row: Custody, by: str | None) -> None:
    row.agreed_at, row.agreed_by_id = now(), by
    row.save()
    defer(TELL_JOB, practice=str(row.practice_id), to=str(row.to_id), letter="custody-asked")


def _end(row: Custody, *, is_told: bool = True) -> None:
    row.ended_at = now()
    row.save(update_fields=["ended_at"])
    # Of what nobody had agreed to, nobody was told.
    if row.agreed_at is not None and is_told:
        defer(TELL_JOB, practice=str(row.practice_id), to=str(row.to_id), letter="custody-cancelled")


def _concerned(files: QuerySet[Record]) -> set[str]:
    """Their patients, on every account that they open to."""
    granted = Grant.objects.filter(record__in=files, cancelled_at=None, not_before__lte=now())
    return {
        str(one)
        for one in [*files.values_list("subject_id", flat=True), *granted.values_list("to_id", flat=True)]
    }


def _lock(custody_id: str) -> Custody:
    row = (
        Custody.objects.select_for_update(of=("self",))
        .select_related("practice", "to")
        .filter(id=custody_id)
        .first()
    )
    if row is None:
        raise NotFound
    return row


def _parse(envelope: object) -> Statement:
    try:
        return parse(envelope)
    except MalformedStatement as error:
        raise Malformed("statement") from error


def _time(body: Mapping[str, Any], name: str) -> datetime:
    try:
        return from_wire(str(body.get(name)))
    except ValueError as error:
        raise Malformed(name) from error


def _practice(practice: Practice) -> dict[str, str]:
    return {"id": str(practice.id), "name": practice.name, "city": practice.city}
