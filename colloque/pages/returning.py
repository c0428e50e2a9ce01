"""Patients of a practice who lost every way in and made another account: for the practice to give their records back."""

from typing import Any

from colloque.accounts.access import get_membership
from colloque.accounts.models import PATIENT, Account
from colloque.kernel.clock import to_wire
from colloque.kernel.http import JsonRequest, json_view
from colloque.records.models import Grant, Record, SealedKey
from colloque.records.sealed_keys import SealedKeyText

MOST_TIMES = 20


@json_view(methods=("GET",))
def returning(request: JsonRequest, practice_id: str) -> dict[str, Any]:
    """List accounts that replace one with records of this practice, with the practice's own copies of the care keys.

    The copies open nothing by themselves: every content key takes the vault's turn as well.
    """
    get_membership(practice_id, request.person_id, "manager", "practitioner")
    replacing = Account.objects.filter(kind=PATIENT, closed_at=None, replaces__isnull=False).order_by(
        "created_at"
    )
    told = [_describe(account, practice_id) for account in replacing.select_related("replaces")]
    return {"returning": [one for one in told if one["records"]]}


def _describe(account: Account, practice_id: str) -> dict[str, Any]:
    records = Record.objects.filter(subject__in=_before(account), practice_id=practice_id, erased_at=None)
    granted = set(
        Grant.objects.filter(record__in=records, to=account, cancelled_at=None).values_list(
            "record_id", flat=True
        )
    )
    return {
        "person": str(account.id),
        "since": to_wire(account.created_at),
        "records": [
            {
                "record": str(record.id),
                "kind": record.kind,
                "sealed_key": _to_json(key),
                "granted": record.id in granted,
            }
            for record in records.order_by("created_at")
            for key in record.sealed_keys.filter(recipient=practice_id)
        ],
    }


def _to_json(key: SealedKey) -> dict[str, object]:
    about, recipient = str(key.record_id), str(key.recipient)
    return SealedKeyText(
        "care-key", about, recipient, key.key_id, key.generation, bytes(key.sealed)
    ).to_json()


def _before(account: Account) -> list[Account]:
    """The accounts that this one replaces, one after the other."""
    found: list[Account] = []
    older = account.replaces
    while older is not None and len(found) < MOST_TIMES:
        found.append(older)
        older = older.replaces
    return found
