"""People who lost every way in and started again: which records of theirs the practice can seal to the new key."""

from typing import Any
from uuid import UUID

from colloque.accounts.access import get_membership
from colloque.accounts.models import Account
from colloque.kernel.clock import to_wire
from colloque.kernel.errors import NotFound
from colloque.kernel.ids import is_id
from colloque.records.access import Entry, Way
from colloque.records.models import Grant, Record
from colloque.records.queries import sealed_keys_for

RESEALS = Way("re-seal", frozenset())
MOST_TIMES = 20


def list_returning(person: str, practice: str) -> list[dict[str, Any]]:
    """For a manager or practitioner: new accounts, the old ones' records here, and the practice's copy of each key."""
    if not is_id(practice):
        raise NotFound
    get_membership(practice, person, "manager", "practitioner")
    found = Account.objects.filter(replaces__isnull=False, closed_at=None).order_by("created_at")
    rows = [_describe(account, person, UUID(practice)) for account in found.select_related("replaces")]
    return [row for row in rows if row["records"]]


def _describe(account: Account, person: str, practice: UUID) -> dict[str, Any]:
    records = Record.objects.filter(
        subject__in=_before(account), practice__id=practice, kind__in=("file", "consultation"), erased_at=None
    )
    granted = set(Grant.objects.filter(to=account, cancelled_at=None).values_list("record_id", flat=True))
    listed = []
    for record in records.order_by("created_at"):
        copies = sealed_keys_for(Entry(record, person, (RESEALS,)))
        if copies:
            told = {"record": str(record.id), "kind": record.kind, "granted": record.id in granted}
            listed.append({**told, "sealed_key": copies[-1]})
    return {"person": str(account.id), "since": to_wire(account.created_at), "records": listed}


def _before(account: Account) -> list[Account]:
    """The accounts that this one replaces, one after the other: who loses everything twice has records under both."""
    found: list[Account] = []
    before = account.replaces
    while before is not None and len(found) < MOST_TIMES:
        found.append(before)
        before = before.replaces
    return found
