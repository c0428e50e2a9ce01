"""Lifting a freeze: an officer signs that it be lifted and why, another one signs the same bytes, and the vault checks both.

The web only keeps the first signature until the second comes. It can lose it; it can lift nothing.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction

from colloque.accounts.vault_door import vault
from colloque.incidents.errors import NeedsReason, SamePerson
from colloque.incidents.models import Officer, Pull
from colloque.incidents.pulling import tell
from colloque.kernel import dsse
from colloque.kernel.clock import from_wire, now
from colloque.kernel.errors import Conflict, Malformed, NotFound
from colloque.vault.errors import Conflict as NotFrozen
from colloque.vault.ladder import OF_PLATFORM


def get_pull(pull_id: str) -> Pull:
    found = Pull.objects.filter(id=pull_id).first()
    if found is None:
        raise NotFound("pull")
    return found


def take_statement(pull_id: str, officer: Officer, envelope: object) -> bool:
    """Keep the first officer's statement, or hand both to the vault; return whether the freeze is lifted.

    Raises what the vault refuses. A crash after the vault has lifted it leaves a freeze that is shown and is none: said
    again, the same statement gets the same answer.
    """
    with transaction.atomic():
        pulled = Pull.objects.select_for_update().filter(id=pull_id).first()
        if pulled is None:
            raise NotFound("pull")
        if pulled.undone_at:
            raise Conflict("undone")
        said = _read(envelope, pulled)
        if len(said.signatures) == 1:
            _ask(pulled, officer, said.body, envelope)
            return False
        _agree(pulled, officer, envelope)
        return True


def decline(pull_id: str, officer: Officer) -> None:
    """Send a request to lift away, or take one's own back: that only denies, so a session is enough."""
    with transaction.atomic():
        pulled = Pull.objects.select_for_update().filter(id=pull_id, undone_at=None).first()
        if pulled is None or pulled.undo_asked_by_id is None:
            raise Conflict("undone")
        pulled.undo_asked_by = pulled.undo_asked_at = pulled.undo_statement = None
        pulled.save()
        tell(pulled, officer.account, "undo declined")


def asked_of(pulled: Pull) -> dict[str, Any] | None:
    """Why the first officer asks and until when the second may agree; None when nobody asks, or it has ended."""
    if pulled.undo_statement is None:
        return None
    body = dsse.parse(pulled.undo_statement).body
    until = from_wire(body["until"])
    return {"why": body["why"], "until": until} if until > now() else None


def _ask(pulled: Pull, officer: Officer, body: Mapping[str, Any], envelope: object) -> None:
    if asked_of(pulled):
        if pulled.undo_asked_by_id == officer.account_id:
            raise SamePerson
        raise Conflict("asked")
    if body.get("person") != str(officer.account_id):
        raise Malformed("person")
    pulled.undo_asked_by, pulled.undo_asked_at, pulled.undo_statement = officer.account, now(), envelope
    pulled.save()
    tell(pulled, officer.account, "undo asked")


def _agree(pulled: Pull, officer: Officer, envelope: object) -> None:
    first = pulled.undo_statement
    assert isinstance(envelope, Mapping)
    if first is None or first["payload"] != envelope["payload"]:
        raise Conflict("asked")
    if pulled.undo_asked_by_id == officer.account_id:
        raise SamePerson
    with suppress(NotFrozen):  # lifted meanwhile by its manager: what both asked for is so
        vault().state(envelope)
    pulled.undo_agreed_by, pulled.undo_agreed_at, pulled.undone_at = officer.account, now(), now()
    pulled.save()
    tell(pulled, officer.account, "undone")


def _read(envelope: object, pulled: Pull) -> dsse.Statement:
    """What is signed must be about this freeze and say why: the second officer is shown these very words."""
    try:
        said = dsse.parse(envelope)
        until: datetime = from_wire(str(said.body.get("until")))
    except ValueError as error:
        raise Malformed("statement") from error
    about = None if pulled.lever in OF_PLATFORM else str(pulled.target)
    if (said.kind, said.body.get("scope"), said.body.get("target")) != ("unfreeze", pulled.lever, about):
        raise Malformed("statement")
    why = said.body.get("why")
    if not isinstance(why, str) or len(why.strip()) < 3 or len(why) > 400:
        raise NeedsReason
    if until <= now():
        raise Malformed("until")
    return said
