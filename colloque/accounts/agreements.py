"""What two members of a practice decide together: the first signature, a manager's, waits here until the second one comes.

The web only keeps it, and can lose it: it can neither make nor change an agreement. The vault checks both signatures, whose
they may be, and that it isn't too late (docs/adr/0014-lifting.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from colloque.accounts import reading
from colloque.accounts.access import get_membership
from colloque.accounts.errors import NeedsOther, WrongPerson
from colloque.accounts.models import Agreement
from colloque.accounts.queries import members_as
from colloque.accounts.vault_door import vault
from colloque.kernel import dsse
from colloque.kernel.clock import from_wire, now, to_wire
from colloque.kernel.errors import Conflict, Malformed, NotFound
from colloque.kernel.jobs import defer

LETTER = "agreement"


@dataclass(frozen=True)
class Matter:
    """What may wait: kinds of statement, the roles of which whoever signs second has one, and how many at once."""

    kinds: frozenset[str]
    seconds: tuple[str, ...]
    most_open: int


BUDGETS = Matter(frozenset({"capacity", "quota"}), ("manager",), 20)
# A file and its consultations are erased one by one: what is one decision to its readers is many statements.
ERASING = Matter(frozenset({"erase"}), ("manager", "practitioner"), 200)


def propose(practice_id: str, manager: str, data: Mapping[str, Any], matter: Matter = BUDGETS) -> Agreement:
    """Keep what a manager has signed, and write to those who may sign it too. Nothing of it is in force."""
    with transaction.atomic():
        practice = get_membership(practice_id, manager, "manager").practice
        said = reading.signed_of(data, "statement")
        if said.kind not in matter.kinds or len(said.signatures) != 1:
            raise Malformed("statement")
        if said.body.get("practice") != practice_id or said.body.get("person") != manager:
            raise WrongPerson
        until = _until(said.body)
        if open_agreements(practice_id, matter).count() >= matter.most_open:
            raise Conflict("too many wait")
        agreement = Agreement.objects.create(
            practice=practice, kind=said.kind, asked_by_id=manager, until=until, statement=data["statement"]
        )
        for other in members_as(practice_id, *matter.seconds):
            if other != manager:
                once = f"{LETTER}:{practice_id}:{other}"
                defer("notifications.notify", once=once, person=other, letter=LETTER)
        return agreement


def sign(
    practice_id: str, member: str, data: Mapping[str, Any], matter: Matter = BUDGETS, *, network: str
) -> None:
    """Hand both signatures to the vault. Raises what it refuses, and the agreement then still waits.

    A crash after the vault has taken it leaves an agreement that is shown as waiting and is in force: signed again, the
    same statement gets the same answer.
    """
    with transaction.atomic():
        agreement = _lock(practice_id, member, data, matter)
        if str(agreement.asked_by_id) == member:
            raise NeedsOther
        said, kept = reading.signed_of(data, "statement"), dsse.parse(agreement.statement)
        if said.payload != kept.payload or said.kind != kept.kind:
            raise Conflict("another statement")
        vault().state(data["statement"], network=network)
        _settle(agreement, member, is_agreed=True)


def decline(practice_id: str, member: str, data: Mapping[str, Any], matter: Matter = BUDGETS) -> None:
    """Send it away, or take one's own back: that only denies, so a session is enough."""
    with transaction.atomic():
        _settle(_lock(practice_id, member, data, matter), member, is_agreed=False)


def list_for(practice_id: str, member: str, matter: Matter = BUDGETS) -> list[dict[str, Any]]:
    """What waits for a second member. What it says, the signed bytes say: the browser reads them."""
    get_membership(practice_id, member, *matter.seconds)
    return [
        {
            "id": str(one.id),
            "asked_by": str(one.asked_by_id),
            "asked_at": to_wire(one.asked_at),
            "statement": one.statement,
        }
        for one in open_agreements(practice_id, matter).order_by("asked_at")
    ]


def open_agreements(practice_id: str, matter: Matter = BUDGETS) -> QuerySet[Agreement]:
    waiting = Agreement.objects.filter(practice_id=practice_id, settled_at=None, until__gt=now())
    return waiting.filter(kind__in=matter.kinds)


def _lock(practice_id: str, member: str, data: Mapping[str, Any], matter: Matter) -> Agreement:
    get_membership(practice_id, member, *matter.seconds)
    waiting = open_agreements(practice_id, matter).select_for_update()
    found = waiting.filter(id=reading.id_of(data, "agreement")).first()
    if found is None:
        raise NotFound("agreement")
    return found


def _settle(agreement: Agreement, member: str, *, is_agreed: bool) -> None:
    agreement.settled_by_id, agreement.settled_at, agreement.is_agreed = member, now(), is_agreed
    agreement.save(update_fields=["settled_by", "settled_at", "is_agreed"])


def _until(says: Mapping[str, Any]) -> datetime:
    try:
        until: datetime = from_wire(str(says.get("until")))
    except ValueError as error:
        raise Malformed("until") from error
    if until <= now():
        raise Malformed("until")
    return until
