"""Who is an officer, and what is a canary: said on the command line by the operator, never in a page."""

from contextlib import suppress
from typing import Any

from colloque.accounts.access import get_account
from colloque.accounts.models import Account
from colloque.accounts.queries import current_memberships
from colloque.incidents.errors import HasPatients
from colloque.incidents.models import Canary, Officer
from colloque.kernel.clock import now
from colloque.kernel.errors import NotFound
from colloque.kernel.ids import is_id
from colloque.vault.client import VaultClient
from colloque.vault.errors import Conflict as InTheVaultAlready


def appoint(person: str, office: str, operator: VaultClient | None = None) -> str:
    """Refused to whoever has a role in a practice: an officer sees who is whose patient, and must open nothing.

    With the operator's client the vault is told too: only then do they count when a freeze is lifted.
    """
    account = _account(person)
    if current_memberships().filter(account=account).exists():
        raise HasPatients
    if operator:
        tell_vault(operator, person, "begin")
    told: dict[str, Any] = {"office": office, "since": now(), "ended_at": None}
    Officer.objects.update_or_create(account=account, defaults=told)
    lifts = (
        "They count for lifting freezes once COLLOQUE_OFFICE_DELAY has passed."
        if operator
        else "They look and stop; to lift freezes too, appoint them again with --key."
    )
    return f"{person} is an officer ({office}). Their pages: /officer. {lifts}"


def end(person: str, operator: VaultClient | None = None) -> str:
    if operator:
        tell_vault(operator, person, "end")
    if not Officer.objects.filter(account=_account(person), ended_at=None).update(ended_at=now()):
        raise NotFound("officer")
    return f"{person} is no officer any more."


def tell_vault(operator: VaultClient, person: str, what: str) -> None:
    """Said again, it stays as it is: the web's own row may be what is missing."""
    with suppress(InTheVaultAlready):
        operator.appoint(person, what)


def add_canary(account: str, kind: str, label: str) -> str:
    told = {"kind": kind, "label": label[:80]}
    Canary.objects.update_or_create(account=_account(account), defaults=told)
    return f"{account} is a canary. The worker knows with its next reading."


def canaries_told() -> list[str]:
    found = Canary.objects.order_by("kind", "label")
    return [f"{one.kind:10} {one.account_id}  {one.label}" for one in found] or ["There is no canary."]


def _account(person: str) -> Account:
    if not is_id(person):
        raise NotFound("account")
    return get_account(person)
