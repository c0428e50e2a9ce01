"""Make a record: check the statement against what it says, write it down, let the vault make its secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from colloque.accounts.models import Practice
from colloque.accounts.vault_door import vault
from colloque.kernel.dsse import MalformedStatement, Statement, parse
from colloque.kernel.errors import Malformed, NotFound
from colloque.kernel.ids import is_id
from colloque.records.asking import Asker
from colloque.records.errors import RecordExists, WrongSealedKey
from colloque.records.kinds import COMPARTMENTS, usual_writes
from colloque.records.models import Record, SealedKey
from colloque.records.sealed_keys import SealedKeyText, read_sealed_key
from colloque.vault.errors import OldGeneration

MOST_KEYS = 10


@dataclass(frozen=True)
class NewRecord:
    """What a `record` statement says."""

    statement_id: str
    id: str
    kind: str
    practice: str | None
    file: str | None
    recipients: frozenset[tuple[str, str]]


def read_statement(envelope: object, *, kind: str, person: str) -> Statement:
    """Parse a statement of this kind that says to be this person's. The vault checks the signature."""
    try:
        statement = parse(envelope)
    except MalformedStatement as error:
        raise Malformed(str(error)) from error
    body = statement.body
    if statement.kind != kind or not is_id(body.get("id")) or body.get("person") != person:
        raise Malformed("statement")
    return statement


def create_record(
    asker: Asker, envelope: object, sealed_keys: object, *, kinds: Sequence[str] = ("person", "file")
) -> Record:
    """Write a record and its sealed keys, and have the vault make its secret, all or nothing.

    A retry with the same statement returns the record. A crash after the vault agreed and before the commit
    leaves a secret that belongs to nothing; the retry finds it there and completes.
    """
    new = read_new_record(envelope, person=asker.person)
    if new.kind not in kinds:
        raise Malformed("kind of record")
    known = Record.objects.filter(statement_id=new.statement_id, subject__id=asker.person).first()
    if known is not None:
        return known
    keys = read_sealed_keys(sealed_keys, new)
    _check_practice(new, keys)
    _check_file(new, asker.person)
    try:
        with transaction.atomic():
            record = _insert(new, keys, asker.person, envelope)
            vault().state(as_mapping(envelope), network=asker.network)
            return record
    except IntegrityError as error:
        raise RecordExists from error


def read_new_record(envelope: object, *, person: str) -> NewRecord:
    body = read_statement(envelope, kind="record", person=person).body
    kind, practice, file = body.get("kind"), body.get("practice"), body.get("file")
    if kind not in COMPARTMENTS or body.get("subject") != person or not is_id(body.get("record")):
        raise Malformed("record")
    if (practice is None) != (kind == "person") or (file is None) != (kind != "consultation"):
        raise Malformed("practice or file")
    if not all(part is None or is_id(part) for part in (practice, file)):
        raise Malformed("practice or file")
    return NewRecord(
        body["id"], body["record"], str(kind), practice, file, _read_recipients(body.get("recipients"))
    )


def read_sealed_keys(source: object, new: NewRecord) -> list[SealedKeyText]:
    """Check that the sealed keys are those that the statement names, to the subject and the practice and no
    other."""
    if not isinstance(source, list) or len(source) > MOST_KEYS:
        raise WrongSealedKey("list")
    keys = [read_sealed_key(entry, purpose="care-key", about=new.id) for entry in source]
    if len(keys) != len(new.recipients) or {(k.recipient, k.key_id) for k in keys} != new.recipients:
        raise WrongSealedKey("recipients")
    return keys


def _read_recipients(source: object) -> frozenset[tuple[str, str]]:
    if not isinstance(source, list) or len(source) > MOST_KEYS:
        raise Malformed("recipients")
    found = set()
    for entry in source:
        if (
            not isinstance(entry, dict)
            or not is_id(entry.get("id"))
            or not isinstance(entry.get("key_id"), str)
        ):
            raise Malformed("recipients")
        found.add((entry["id"], entry["key_id"]))
    return frozenset(found)


def _check_practice(new: NewRecord, keys: Sequence[SealedKeyText]) -> None:
    if new.practice is None:
        return
    practice = Practice.objects.filter(id=new.practice, opened_at__isnull=False).first()
    if practice is None:
        raise NotFound
    if not any(
        (key.recipient, key.key_id, key.generation)
        == (new.practice, practice.kem_key_id, practice.generation)
        for key in keys
    ):
        raise OldGeneration


def _check_file(new: NewRecord, person: str) -> None:
    if new.file is None:
        return
    files = Record.objects.filter(
        kind="file", subject__id=person, practice__id=str(new.practice), erased_at=None
    )
    if not files.filter(id=new.file).exists():
        raise NotFound


def _insert(new: NewRecord, keys: Sequence[SealedKeyText], person: str, envelope: object) -> Record:
    allowed = {person} if new.practice is None else {person, new.practice}
    recipients = {key.recipient for key in keys}
    # The person record's care key is empty: it needs no copy. Every other has one for each of its people.
    if not recipients <= allowed or (new.kind != "person" and recipients != allowed):
        raise WrongSealedKey("recipients")
    record = Record.objects.create(
        id=new.id,
        kind=new.kind,
        subject_id=person,
        practice_id=new.practice,
        file_id=new.file,
        statement_id=new.statement_id,
        statement=envelope,
        subject_writes=sorted(usual_writes(new.kind)),
    )
    SealedKey.objects.bulk_create(
        SealedKey(
            record=record,
            recipient=key.recipient,
            key_id=key.key_id,
            generation=key.generation,
            sealed=key.sealed,
        )
        for key in keys
    )
    return record


def as_mapping(envelope: object) -> Mapping[str, Any]:
    if not isinstance(envelope, Mapping):
        raise Malformed("statement")
    return envelope
