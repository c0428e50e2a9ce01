"""What two managers decide together of their practice's budgets: the first signature waits here until the second one comes.

The web only keeps it, and can lose it: it can neither make nor change an agreement. The vault checks both signatures, that
they are two managers', and that it isn't too late (docs/adr/0014-lifting.md).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from colloque.accounts import reading
from colloque.accounts.access import get_membership
from colloque.accounts.errors import NeedsOther, WrongPerson
from colloque.accounts.models import Agreement
from colloque.accounts.network import network_of
from colloque.accounts.queries import managers_of
from colloque.accounts.vault_door import vault
from colloque.kernel import dsse
from colloque.kernel.clock import from_wire, now, to_wire
from colloque.kernel.errors import Conflict, Malformed, NotFound
from colloque.kernel.jobs import defer

KINDS = frozenset({"capacity", "quota"})
LETTER = "agreement"
MOST_OPEN = 20


def propose(practice_id: str, manager: str, data: Mapping[str, Any]) -> Agreement:
    """Keep what a manager has signed, and write to the others. Nothing of it is in force."""
    with transaction.atomic():
        practice = get_membership(practice_id, manager, "manager").practice
        said = reading.signed_of(data, "statement")
        if said.kind not in KINDS or len(said.signatures) != 1:
            raise Malformed("statement")
        if said.body.get("practice") != practice_id or said.body.get("person") != manager:
            raise WrongPerson
        until = _until(said.body)
        if open_agreements(practice_id).count() >= MOST_OPEN:
            raise Conflict("too many wait")
        agreement = Agreement.objects.create(
            practice=practice, kind=said.kind, asked_by_id=manager, until=until, statement=data["statement"]
        )
        for other in managers_of(practice_id):
            if other != manager:
                defer("notifications.notify", person=other, letter=LETTER)
        return agreement


def sign(request: HttpRequest, practice_id: str, manager: str, data: Mapping[str, Any]) -> None:
    """Hand both signatures to the vault. Raises what it refuses, and the agreement then still waits.

    A crash after the vault has taken it leaves an agreement that is shown as waiting and is in force: signed again, the
    same statement gets the same answer.
    """
    with transaction.atomic():
        agreement = _lock(practice_id, manager, data)
        if str(agreement.asked_by_id) == manager:
            raise NeedsOther
        said, kept = reading.signed_of(data, "statement"), dsse.parse(agreement.statement)
        if said.payload != kept.payload or said.kind != kept.kind:
            raise Conflict("another statement")
        vault().state(data["statement"], network=network_of(request))
        _settle(agreement, manager, is_agreed=True)


def decline(practice_id: str, manager: str, data: Mapping[str, Any]) -> None:
    """Send it away, or take one's own back: that only denies, so a session is enough."""
    with transaction.atomic():
        _settle(_lock(practice_id, manager, data), manager, is_agreed=False)


def list_for(practice_id: str, manager: str) -> list[dict[str, Any]]:
    """What waits for a second manager. What it says, the signed bytes say: the browser reads them."""
    get_membership(practice_id, manager, "manager")
    return [
        {
            "id": str(one.id),
            "asked_by": str(one.asked_by_id),
            "asked_at": to_wire(one.asked_at),
            "statement": one.statement,
        }
        for one in open_agreements(practice_id).order_by("asked_at")
    ]


def open_agreements(practice_id: str) -> QuerySet[Agreement]:
    return Agreement.objects.filter(practice_id=practice_id, settled_at=None, until__gt=now())


def _lock(practice_id: str, manager: str, data: Mapping[str, Any]) -> Agreement:
    get_membership(practice_id, manager, "manager")
    found = (
        open_agreements(practice_id).select_for_update().filter(id=reading.id_of(data, "agreement")).first()
    )
    if found is None:
        raise NotFound("agreement")
    return found


def _settle(agreement: Agreement, manager: str, *, is_agreed: bool) -> None:
    agreement.settled_by_id, agreement.settled_at, agreement.is_agreed = manager, now(), is_agreed
    agreement.save(update_fields=["settled_by", "settled_at", "is_agreed"])


def _until(says: Mapping[str, Any]) -> datetime:
    try:
        until: datetime = from_wire(str(says.get("until")))
    except ValueError as error:
        raise Malformed("until") from error
    if until <= now():
        raise Malformed("until")
    return until
