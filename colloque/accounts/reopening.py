"""A practice that nobody can get into any more is opened again with its recovery sheet: asked for, told to everyone who is
a member, in force after the vault's delay, and no to it is one click of a manager or practitioner.

The server checks that the sheet signed before it shows whose it is or makes an account; the vault checks again before anyone
becomes a manager.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from colloque.accounts import invitations, limits, reading, sign_up
from colloque.accounts.access import get_membership
from colloque.accounts.errors import LinkEnded, MissingName, WrongPerson
from colloque.accounts.models import (
    PROFESSIONAL,
    Account,
    Membership,
    Practice,
    Professional,
    Reopening,
    SealedSeed,
    Session,
)
from colloque.accounts.network import network_of
from colloque.accounts.queries import name_of
from colloque.accounts.telling import tell_members
from colloque.accounts.vault_door import vault
from colloque.kernel import dsse
from colloque.kernel.clock import from_wire, now, to_wire
from colloque.kernel.encoding import b64u_decode
from colloque.kernel.errors import Malformed, NotFound
from colloque.kernel.ids import is_id

LETTER = "reopening"
WINDOW_SECONDS = 600


def find(request: HttpRequest, data: Mapping[str, Any]) -> dict[str, Any]:
    """Whose sheet this is, to who shows that they hold it; remembered in the session. Raises LinkEnded."""
    limits.check(limits.TOKENS_PER_NETWORK, network_of(request))
    practice = _practice_of_sheet(data)
    request.session["sheet_of"] = str(practice.id)
    waiting = {one["person"]: one["not_before"] for one in waiting_for(str(practice.id))}
    return {
        "practice": {"id": str(practice.id), "name": practice.name, "city": practice.city},
        "recovery": practice.recovery,
        "not_before": waiting.get(request.session.get("person", "")),
    }


def make_account(request: HttpRequest, data: Mapping[str, Any]) -> Session:
    """A professional's account for who holds the sheet of a practice: it is a member of nothing yet."""
    practice = _found_practice(request)
    profile = {
        name: reading.text_of(data, name, most=invitations.NAME, usual="")
        for name in ("given", "family", "profession")
    }
    if not profile["given"] or not profile["family"]:
        raise MissingName
    with transaction.atomic():
        account, session = sign_up.finish(request, data, kind=PROFESSIONAL)
        _, says = reading.statement_of(data, "person_statement", "person")
        Professional.objects.create(account=account, kem_key=str(says.get("kem_key", "")), **profile)
    request.session["sheet_of"] = str(practice.id)  # signing in began a new session
    return session


def ask(request: HttpRequest, person: str, data: Mapping[str, Any]) -> Reopening:
    """Ask to be the manager: told to every member, old address or new, before it takes effect."""
    practice, statement, says = _said(request, person, data, step="ask")
    try:
        not_before = from_wire(str(says.get("not_before")))
    except ValueError as error:
        raise Malformed("not_before") from error
    with transaction.atomic():
        asked, _ = Reopening.objects.update_or_create(
            practice=practice,
            account_id=person,
            defaults={"not_before": not_before, "cancelled_at": None, "entered_at": None},
        )
        tell_members(practice.id, LETTER, leave_out=person)
        vault().state(statement, network=network_of(request))
    return asked


def enter(request: HttpRequest, person: str, data: Mapping[str, Any]) -> None:
    """Become the manager once the time has come: the vault says whether it has, the seed comes sealed to the person."""
    practice, statement, _ = _said(request, person, data, step="enter")
    with transaction.atomic():
        asked = (
            Reopening.objects.select_for_update()
            .filter(practice=practice, account_id=person, cancelled_at=None, entered_at=None)
            .first()
        )
        if asked is None:
            raise NotFound("reopening")
        seed = reading.sealed_key_of(
            data.get("seed"), purpose="practice-seed", about=str(practice.id), recipient=person
        )
        SealedSeed.objects.update_or_create(
            practice=practice, purpose=seed["purpose"], recipient=person, generation=seed["generation"],
            defaults={"wire": seed},
        )  # fmt: skip
        member, _ = Membership.objects.get_or_create(
            practice=practice, account_id=person, defaults={"roles": []}
        )
        member.roles = sorted({"manager", *(member.roles if member.ended_at is None else [])})
        member.confirmed_at, member.ended_at = now(), None
        member.save()
        asked.entered_at = now()
        asked.save(update_fields=["entered_at"])
        tell_members(practice.id, LETTER, leave_out=person)
        vault().state(statement, network=network_of(request))


def cancel(request: HttpRequest, practice_id: str, person: str, data: Mapping[str, Any]) -> None:
    """Say no: somebody is still here. Only denies, so a signature is enough."""
    get_membership(practice_id, person, "manager", "practitioner")
    statement, says = reading.statement_of(data, "statement", "reopen-cancel")
    target = reading.id_of(says, "target")
    if says.get("practice") != practice_id or says.get("person") != person:
        raise WrongPerson
    with transaction.atomic():
        asked = (
            Reopening.objects.select_for_update()
            .filter(practice_id=practice_id, account_id=target, entered_at=None)
            .first()
        )
        if asked is None:
            raise NotFound("reopening")
        asked.cancelled_at = asked.cancelled_at or now()
        asked.save(update_fields=["cancelled_at"])
        vault().state(statement, network=network_of(request))


def waiting_for(practice_id: str) -> list[dict[str, Any]]:
    """Who has asked, for members to see."""
    found = Reopening.objects.filter(
        practice_id=practice_id, cancelled_at=None, entered_at=None
    ).select_related("account__professional")
    return [{**name_of(one.account.professional), "not_before": to_wire(one.not_before)} for one in found]


def list_for(practice_id: str, person: str) -> list[dict[str, Any]]:
    get_membership(practice_id, person)
    return waiting_for(practice_id)


def _practice_of_sheet(data: Mapping[str, Any]) -> Practice:
    """The practice whose newest sheet signed this a moment ago."""
    envelope = reading.object_of(data, "statement")
    try:
        said = dsse.parse(envelope)
        key = b64u_decode(str(said.body.get("sheet_key")), length=32)
        age = abs((now() - from_wire(str(said.body.get("at")))).total_seconds())
    except ValueError as error:
        raise Malformed("statement") from error
    found = Practice.objects.filter(sheet_key=key.hex()).first()
    is_signed = said.kind == "sheet-find" and said.is_signed_by_identity(
        f"sheet:{said.body.get('sheet_key')}", key
    )
    if found is None or not is_signed or age > WINDOW_SECONDS:
        raise LinkEnded
    return found


def _found_practice(request: HttpRequest) -> Practice:
    found = request.session.get("sheet_of", "")
    practice = Practice.objects.filter(id=found).first() if is_id(found) else None
    if practice is None:
        raise LinkEnded
    return practice


def _said(
    request: HttpRequest, person: str, data: Mapping[str, Any], *, step: str
) -> tuple[Practice, Mapping[str, Any], Mapping[str, Any]]:
    practice = _found_practice(request)
    if not Account.objects.filter(id=person, kind=PROFESSIONAL, closed_at=None).exists():
        raise WrongPerson
    statement, says = reading.statement_of(data, "statement", "reopen")
    if (says.get("practice"), says.get("person"), says.get("step")) != (str(practice.id), person, step):
        raise WrongPerson
    return practice, statement, says
