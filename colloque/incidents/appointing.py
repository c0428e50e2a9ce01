"""Who is an officer, and what is a canary: said on the command line by the operator, never in a page."""

from typing import Any

from colloque.accounts.access import get_account
from colloque.accounts.models import Account
from colloque.accounts.queries import current_memberships
from colloque.incidents.errors import HasPatients
from colloque.incidents.models import Canary, Officer
from colloque.kernel.clock import now
from colloque.kernel.errors import NotFound
from colloque.kernel.ids import is_id


def appoint(person: str, office: str) -> str:
    """Refused to whoever has a role in a practice: an officer sees who is whose patient, and must open nothing."""
    account = _account(person)
    if current_memberships().filter(account=account).exists():
        raise HasPatients
    told: dict[str, Any] = {"office": office, "since": now(), "ended_at": None}
    Officer.objects.update_or_create(account=account, defaults=told)
    return f"{person} is an officer ({office}). Their pages: /officer"


def end(person: str) -> str:
    if not Officer.objects.filter(account=_account(person), ended_at=None).update(ended_at=now()):
        raise NotFound("officer")
    return f"{person} is no officer any more."


def add_canary(account: str, kind: str, label: str) -> str:
    told = {"kind": kind, "label": label[:80]}
    Canary.objects.update_or_create(account=_account(account), defaults=told)
    return f"{account} is a canary. The worker knows with its next reading."


def _account(person: str) -> Account:
    if not is_id(person):
        raise NotFound("account")
    return get_account(person)
