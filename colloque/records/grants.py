"""Records re-sealed to the new key of a person who lost everything: told to the old one, in force after a delay, and
cancelled by any device that the old one still has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from colloque.accounts import limits
from colloque.accounts.models import Account
from colloque.accounts.vault_door import vault
from colloque.kernel.clock import from_wire, now
from colloque.kernel.dsse import MalformedStatement, parse
from colloque.kernel.errors import Conflict, Malformed, NotFound
from colloque.kernel.ids import is_id
from colloque.kernel.jobs import defer
from colloque.records.access import roles_in
from colloque.records.asking import Asker
from colloque.records.create import as_mapping, read_statement
from colloque.records.device_keys import public_key
from colloque.records.errors import NotYours, WrongSealedKey
from colloque.records.models import Grant, Record
from colloque.records.sealed_keys import read_sealed_key

ASKED_WITHIN = timedelta(minutes=10)


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


def cancel_grant(grant_id: str, envelope: object, *, network: str) -> Grant:
    """Let the old key say no: nobody lost anything, someone else asked. A signature is enough, from any device of the
    subject's that the vault still knows: who started again has closed the account whose sessions could have said it."""
    with transaction.atomic():
        grant = Grant.objects.select_for_update().filter(id=grant_id).first() if is_id(grant_id) else None
        if grant is None:
            raise NotFound
        subject = str(grant.record.subject_id)
        said = read_statement(envelope, kind="grant-cancel", person=subject).body
        if (said.get("record"), said.get("to")) != (str(grant.record_id), str(grant.to_id)):
            raise Malformed("grant-cancel")
        if grant.cancelled_at is None:
            grant.cancelled_at = now()
            grant.save(update_fields=["cancelled_at"])
            vault().state(as_mapping(envelope), network=network)
        return grant


def grants_about(envelope: object, *, network: str) -> list[Grant]:
    """What is to open to another account and can still be refused, for who signs as a device of the subject's. No session
    is asked for: who starts again with an address ends those of the account before."""
    limits.check(limits.TOKENS_PER_NETWORK, network)
    try:
        said = parse(envelope)
        at = from_wire(str(said.body.get("at")))
    except (MalformedStatement, ValueError) as error:
        raise Malformed("statement") from error
    person, device = str(said.body.get("person")), str(said.body.get("device"))
    if said.kind != "grants" or not (is_id(person) and is_id(device)) or abs(now() - at) > ASKED_WITHIN:
        raise Malformed("statement")
    found = list(
        Grant.objects.filter(record__subject__id=person, cancelled_at=None, not_before__gt=now()).order_by(
            "created_at"
        )
    )
    if found and not said.is_signed_by_device(device, public_key(person, device)):
        raise NotYours("device")
    return found


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
