"""One-time links for professionals: made by a manager, or from the command line for a practice's first manager."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from colloque.accounts import limits, reading, sign_up
from colloque.accounts.access import get_membership
from colloque.accounts.errors import AlreadyMember, LinkEnded, MissingName, WrongPerson, WrongRpps
from colloque.accounts.models import (
    PROFESSIONAL,
    ROLES,
    Account,
    Invitation,
    Membership,
    Practice,
    Professional,
    Session,
)
from colloque.accounts.network import network_of
from colloque.accounts.rpps import parse_rpps
from colloque.kernel.clock import now, to_wire
from colloque.kernel.errors import Malformed, NotFound
from colloque.kernel.ids import new_id

LIFETIME = timedelta(days=7)
NAME = 80


def invite_first_manager(practice_name: str, city: str) -> str:
    """Make a practice without a key yet, and return the one-time link for who will be its first manager."""
    with transaction.atomic():
        practice = Practice.objects.create(name=practice_name.strip(), city=city.strip())
        return _make_link(Invitation(practice=practice, roles=["manager"], is_first_manager=True))


def invite(practice: str, manager: str, data: Mapping[str, Any]) -> str:
    """Invite a professional; return the link, which is shown once. The manager hands it over.

    Asked again under the `id` of one that is still open, it is that invitation, with another link: the answer that
    held the first one was lost.
    """
    membership = get_membership(practice, manager, "manager")
    roles = read_roles(data)
    given, family = (reading.text_of(data, name, most=NAME) for name in ("given", "family"))
    if not given or not family:
        raise MissingName
    says = {
        "roles": roles,
        "given": given,
        "family": family,
        "profession": reading.text_of(data, "profession", most=NAME, usual=""),
        "rpps": read_rpps(data, needed=False),
    }
    with transaction.atomic():
        invitation = _asked_before(membership, manager, data)
        for name, value in says.items():
            setattr(invitation, name, value)
        return _make_link(invitation)


def _asked_before(membership: Membership, manager: str, data: Mapping[str, Any]) -> Invitation:
    """The open invitation of this manager under this id; a new one where there is none."""
    id_ = reading.id_of(data, "id") if "id" in data else new_id()
    known = Invitation.objects.select_for_update(of=("self",)).filter(id=id_).first()
    if known is None:
        return Invitation(id=id_, practice=membership.practice, invited_by_id=manager)
    is_mine = known.practice_id == membership.practice_id and str(known.invited_by_id) == manager
    if not is_mine or known.accepted_by_id or known.used_at or known.withdrawn_at:
        raise Malformed("id")
    return known


def describe(request: HttpRequest, token: str) -> dict[str, Any]:
    """Tell the holder of a link what it invites to. Raises LinkEnded."""
    invitation = find(request, token)
    return {
        "practice": {
            "id": str(invitation.practice_id),
            "name": invitation.practice.name,
            "city": invitation.practice.city,
        },
        "roles": invitation.roles,
        "given": invitation.given,
        "family": invitation.family,
        "profession": invitation.profession,
        "rpps": invitation.rpps,
        "first": invitation.is_first_manager,
        "expires_at": to_wire(invitation.expires_at),
        "accepted": invitation.accepted_by_id is not None,
    }


def accept(request: HttpRequest, token: str, data: Mapping[str, Any]) -> tuple[Account, Session | None]:
    """Join, with a new account or with the one signed in; then the manager confirms. The link is used up."""
    with transaction.atomic():
        invitation = find(request, token, lock=True)
        if invitation.accepted_by_id is not None:
            raise LinkEnded
        person = request.session.get("person", "")
        session: Session | None = None
        if person:
            account = _signed_in_professional(person)
            _complete_profile(account.professional, invitation, data)
        else:
            profile = _read_profile(invitation, data)
            account, session = sign_up.finish(request, data, kind=PROFESSIONAL)
            Professional.objects.create(account=account, kem_key=_kem_key(data), **profile)
        if not invitation.is_first_manager:
            _wait_for_confirmation(invitation, account)
            invitation.used_at = now()
        invitation.accepted_by = account
        invitation.save(update_fields=["accepted_by", "used_at"])
    return account, session


def withdraw(practice: str, manager: str, invitation_id: str) -> None:
    get_membership(practice, manager, "manager")
    open_ones = Invitation.objects.filter(
        id=invitation_id, practice_id=practice, used_at=None, withdrawn_at=None
    )
    if not open_ones.update(withdrawn_at=now()):
        raise NotFound("invitation")


def find(request: HttpRequest, token: str, *, lock: bool = False) -> Invitation:
    """Find a link that is still good; one that never was and one that has ended are told the same."""
    limits.check(limits.TOKENS_PER_NETWORK, network_of(request))
    found = Invitation.objects.select_related("practice").filter(
        token_hash=hash_of(token), expires_at__gt=now(), used_at=None, withdrawn_at=None
    )
    invitation = (found.select_for_update(of=("self",)) if lock else found).first()
    if invitation is None:
        raise LinkEnded
    return invitation


def open_invitations(practice: str | UUID) -> list[Invitation]:
    current = Q(used_at=None, withdrawn_at=None, expires_at__gt=now(), is_first_manager=False)
    return list(Invitation.objects.filter(current, practice_id=practice).order_by("created_at"))


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def read_roles(data: Mapping[str, Any]) -> list[str]:
    roles = data.get("roles")
    if not isinstance(roles, list) or not roles or not all(one in ROLES for one in roles):
        raise Malformed("roles")
    return sorted(set(roles))


def read_rpps(data: Mapping[str, Any], *, needed: bool) -> str:
    text = reading.text_of(data, "rpps", most=20, usual="")
    if not text and not needed:
        return ""
    try:
        return parse_rpps(text)
    except ValueError as error:
        raise WrongRpps from error


def _make_link(invitation: Invitation) -> str:
    token = secrets.token_urlsafe(24)
    invitation.token_hash = hash_of(token)
    invitation.expires_at = now() + LIFETIME
    invitation.save()
    page = "first-manager" if invitation.is_first_manager else "join"
    # After the '#': browsers do not send it, so the token is in no server's log and in no Referer.
    return f"{settings.COLLOQUE_ORIGIN}/{page}#{token}"


def _read_profile(invitation: Invitation, data: Mapping[str, Any]) -> dict[str, str]:
    """What the manager wrote holds; what they left empty, the person says."""
    said = {
        name: reading.text_of(data, name, most=NAME, usual="") for name in ("given", "family", "profession")
    }
    profile = {name: getattr(invitation, name) or said[name] for name in said}
    if not profile["given"] or not profile["family"]:
        raise MissingName
    rpps = invitation.rpps or read_rpps(data, needed="practitioner" in invitation.roles)
    return {**profile, "rpps": rpps}


def _signed_in_professional(person: str) -> Account:
    account = Account.objects.filter(id=person, kind=PROFESSIONAL, closed_at=None).first()
    if account is None:
        raise WrongPerson("a patient's account does not join a practice")
    return account


def _kem_key(data: Mapping[str, Any]) -> str:
    _, says = reading.statement_of(data, "person_statement", "person")
    return str(says.get("kem_key", ""))


def _complete_profile(known: Professional, invitation: Invitation, data: Mapping[str, Any]) -> None:
    """A second practice does not rename someone; it may need the number that the first did not."""
    if known.rpps or "practitioner" not in invitation.roles:
        return
    known.rpps = invitation.rpps or read_rpps(data, needed=True)
    known.save(update_fields=["rpps"])


def _wait_for_confirmation(invitation: Invitation, account: Account) -> None:
    membership = Membership.objects.filter(practice=invitation.practice, account=account).first()
    if membership is None:
        Membership.objects.create(practice=invitation.practice, account=account, roles=invitation.roles)
        return
    if membership.ended_at is None:
        raise AlreadyMember
    membership.roles, membership.ended_at, membership.confirmed_at = invitation.roles, None, None
    membership.joined_at = now()
    membership.save()
