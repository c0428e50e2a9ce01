"""Practices: opened by their first manager, joined and left; their seeds are stored sealed and never read here.

Each act checks its own state, hands the signed statement to the vault, and commits only if the vault agreed.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from colloque.accounts import agreements, invitations, reading, reopening, rota, sessions
from colloque.accounts.access import get_membership
from colloque.accounts.errors import LinkEnded, WrongPerson, WrongRpps
from colloque.accounts.models import Account, Membership, Practice, SealedSeed
from colloque.accounts.network import network_of
from colloque.accounts.queries import name_of
from colloque.accounts.vault_door import vault
from colloque.kernel.clock import now, to_wire
from colloque.kernel.encoding import key_id
from colloque.kernel.errors import Conflict, Malformed, NotFound

MOST_MEMBERS = 500


def open_practice(request: HttpRequest, person: str, data: Mapping[str, Any]) -> Practice:
    """The first manager's act: the practice's key, generation 0, and its recovery sheet. Uses the link up.

    Sent again with the same key and sheet, after a lost answer, it finds the practice as it opened it.
    """
    statement, says = reading.statement_of(data, "practice_statement", "practice")
    opened = _opened_before(person, says)
    if opened and opened.recovery == data.get("recovery"):
        return opened
    with transaction.atomic():
        invitation = invitations.find(request, reading.text_of(data, "token", most=100), lock=True)
        practice = Practice.objects.select_for_update().get(id=invitation.practice_id)
        if not invitation.is_first_manager or str(invitation.accepted_by_id) != person or practice.opened_at:
            raise LinkEnded
        _check_said(says, practice=str(practice.id), person=person)
        about = str(practice.id)
        seed = reading.sealed_key_of(data.get("seed"), purpose="practice-seed", about=about, recipient=person)
        practice.recovery = _read_sheet(data.get("recovery"), about, says)
        practice.sheet_key = _sheet_key(says)
        practice.opened_at = now()
        practice.kem_key_id = _kem_key_id(says)
        practice.save(update_fields=["recovery", "sheet_key", "opened_at", "kem_key_id"])
        _store_seed(practice, seed, generation=0)
        Membership.objects.create(practice=practice, account_id=person, roles=["manager"], confirmed_at=now())
        invitation.used_at = now()
        invitation.save(update_fields=["used_at"])
        vault().state(statement, network=network_of(request))
    return practice


def _opened_before(person: str, says: Mapping[str, Any]) -> Practice | None:
    """Find the practice that this manager has opened with this very key."""
    return Practice.objects.filter(
        id=reading.id_of(says, "practice"),
        generation=0,
        kem_key_id=_kem_key_id(says),
        opened_at__isnull=False,
        memberships__account_id=person,
        memberships__confirmed_at__isnull=False,
        memberships__ended_at=None,
    ).first()


def confirm_member(request: HttpRequest, practice_id: str, manager: str, data: Mapping[str, Any]) -> None:
    """Confirm who was invited, or change a member's roles; the seed comes sealed to the key that was compared."""
    statement, says = reading.statement_of(data, "statement", "member")
    with transaction.atomic():
        practice = get_membership(practice_id, manager, "manager").practice
        _check_said(says, practice=practice_id, person=manager)
        member = _lock_member(practice, reading.id_of(says, "member"))
        roles = invitations.read_roles(says)
        if "practitioner" in roles:
            _take_rpps(member, data)
        if member.confirmed_at is None or data.get("seed") is not None:
            recipient = str(member.account_id)
            about = str(practice.id)
            seed = reading.sealed_key_of(
                data.get("seed"), purpose="practice-seed", about=about, recipient=recipient
            )
            _store_seed(practice, seed, generation=practice.generation)
        member.roles = roles
        member.confirmed_at = member.confirmed_at or now()
        if "practitioner" not in roles:
            member.on_duty_since = None
        member.save()
        vault().state(statement, network=network_of(request))


def end_member(request: HttpRequest, practice_id: str, person: str, data: Mapping[str, Any]) -> None:
    """End a membership, by a manager or by the member: in the vault and here, or in neither. Ended already, it is ended."""
    statement, says = reading.statement_of(data, "statement", "member-end")
    member_id = reading.id_of(says, "member")
    with transaction.atomic():
        if member_id != person:
            get_membership(practice_id, person, "manager")
        _check_said(says, practice=practice_id, person=person)
        practice = Practice.objects.select_for_update().filter(id=practice_id).first()
        if practice is None:
            raise NotFound("practice")
        member = _lock_member(practice, member_id, may_have_ended=True)
        if member.ended_at is not None:
            return
        was_confirmed = member.confirmed_at is not None
        member.ended_at, member.on_duty_since = now(), None
        member.save(update_fields=["ended_at", "on_duty_since"])
        SealedSeed.objects.filter(practice=practice, purpose="practice-seed", recipient=member_id).delete()
        if was_confirmed:
            practice.needs_generation = True
            practice.save(update_fields=["needs_generation"])
            vault().state(statement, network=network_of(request))
            rota.leave(practice_id, member_id)
            _end_browsers(member.account)


def _end_browsers(account: Account) -> None:
    """Do as the vault just did with one who is a member nowhere any more: their browsers count no more, and sessions end."""
    if account.memberships.exclude(confirmed_at=None).filter(ended_at=None).exists():
        return
    account.devices.filter(revoked_at=None).update(revoked_at=now())
    sessions.end_sessions(account.sessions.all())


def add_generation(request: HttpRequest, practice_id: str, person: str, data: Mapping[str, Any]) -> int:
    """Take a new practice key: sealed to every member who is still there, to the recovery sheet, over the one before."""
    statement, says = reading.statement_of(data, "statement", "generation")
    with transaction.atomic():
        get_membership(practice_id, person, "manager", "practitioner")
        practice = Practice.objects.select_for_update().get(id=practice_id)
        _check_said(says, practice=practice_id, person=person)
        generation = practice.generation + 1
        if says.get("generation") != generation:
            raise Conflict("generation")
        seeds = [
            reading.sealed_key_of(one, purpose="practice-seed", about=practice_id)
            for one in reading.list_of(data, "seeds", most=MOST_MEMBERS)
        ]
        recipients = [one["recipient"] for one in seeds]
        # The vault holds it to the members that it knows; whose account is closed here may still be one there.
        if not _current_members(practice) <= set(recipients) or len(recipients) != len(set(recipients)):
            raise Conflict("members changed")
        past = reading.sealed_key_of(
            data.get("past"), purpose="past-practice-seed", about=practice_id, recipient=practice_id
        )
        for seed in [*seeds, past]:
            _store_seed(practice, seed, generation=generation)
        if says.get("sheet_key_id") is not None:
            _reseal_recovery(practice, data)
        practice.generation, practice.needs_generation = generation, False
        practice.kem_key_id = _kem_key_id(says)
        practice.save(update_fields=["generation", "needs_generation", "recovery", "kem_key_id"])
        vault().state(statement, network=network_of(request))
    return generation


def change_sheet(request: HttpRequest, practice_id: str, person: str, data: Mapping[str, Any]) -> None:
    """Another recovery sheet in place of the one before: lost, seen by another, or from before sheets were published."""
    statement, says = reading.statement_of(data, "statement", "sheet")
    with transaction.atomic():
        get_membership(practice_id, person, "manager")
        practice = Practice.objects.select_for_update().get(id=practice_id)
        _check_said(says, practice=practice_id, person=person)
        practice.recovery = _read_sheet(data.get("recovery"), practice_id, says)
        practice.sheet_key = _sheet_key(says)
        if practice.recovery["sealed_root"]["generation"] != practice.generation:
            raise Conflict("generation")
        practice.save(update_fields=["recovery", "sheet_key"])
        vault().state(statement, network=network_of(request))


def renewal_of(practice_id: str, person: str) -> dict[str, Any]:
    """What a browser needs to make the next key, besides what the ledger says."""
    practice = get_membership(practice_id, person, "manager", "practitioner").practice
    return {
        "generation": practice.generation,
        "needs_generation": practice.needs_generation,
        "recovery": practice.recovery,
    }


def set_duty(practice_id: str, person: str, *, on: bool) -> None:
    with transaction.atomic():
        member = get_membership(practice_id, person, "practitioner")
        since = member.on_duty_since or now() if on else None
        Membership.objects.filter(id=member.id).update(on_duty_since=since)


def seeds_for(practice_id: str, person: str) -> list[dict[str, Any]]:
    """A member's own sealed seeds, and the chain to the generations before."""
    get_membership(practice_id, person)
    found = SealedSeed.objects.filter(practice_id=practice_id).order_by("-generation")
    return [one.wire for one in found if one.purpose == "past-practice-seed" or str(one.recipient) == person]


def list_members(practice_id: str, manager: str) -> dict[str, Any]:
    """For the manager: members, those who wait to be confirmed, and open invitations."""
    practice = get_membership(practice_id, manager, "manager").practice
    members = (
        practice.memberships.filter(ended_at=None)
        .select_related("account__professional")
        .order_by("joined_at")
    )
    return {
        # One whose account is closed is a member still, for the vault: until a manager sends them away.
        "members": [_describe(one) for one in members if one.confirmed_at],
        "waiting": [_describe(one) for one in members if not one.confirmed_at and not one.account.closed_at],
        "invited": [
            {
                "id": str(one.id),
                "given": one.given,
                "family": one.family,
                "roles": one.roles,
                "expires_at": to_wire(one.expires_at),
            }
            for one in invitations.open_invitations(practice_id)
        ],
        "generation": practice.generation,
        "needs_generation": practice.needs_generation,
        "recovery": practice.recovery,
        "has_sheet": practice.sheet_key != "",
        "reopenings": reopening.waiting_for(practice_id),
        # What another manager has signed and waits for this one.
        "to_sign": agreements.open_agreements(practice_id).exclude(asked_by_id=UUID(manager)).count(),
    }


def _describe(member: Membership) -> dict[str, Any]:
    account = member.account
    device = account.devices.filter(revoked_at=None).order_by("-last_seen_at").first()
    return {
        **name_of(account.professional),
        "rpps": account.professional.rpps,
        "roles": member.roles,
        "kem_key": account.professional.kem_key,
        "joined_at": to_wire(member.joined_at),
        "last_seen_at": to_wire(device.last_seen_at) if device else None,
        "on_duty": member.on_duty_since is not None,
    }


def _members(practice: Practice) -> QuerySet[Membership]:
    return Membership.objects.filter(practice=practice, ended_at=None, account__closed_at=None)


def _current_members(practice: Practice) -> set[str]:
    confirmed = _members(practice).exclude(confirmed_at=None)
    return {str(one) for one in confirmed.values_list("account_id", flat=True)}


def _lock_member(practice: Practice, person: str, *, may_have_ended: bool = False) -> Membership:
    member = Membership.objects.select_for_update().filter(practice=practice, account_id=person).first()
    if member is None or (member.ended_at is not None and not may_have_ended):
        raise NotFound("member")
    return member


def _take_rpps(member: Membership, data: Mapping[str, Any]) -> None:
    professional = member.account.professional
    if professional.rpps:
        return
    professional.rpps = invitations.read_rpps(data, needed=True)
    if not professional.rpps:
        raise WrongRpps
    professional.save(update_fields=["rpps"])


def _check_said(says: Mapping[str, Any], *, practice: str, person: str) -> None:
    if says.get("practice") != practice or says.get("person") != person:
        raise WrongPerson


def _kem_key_id(says: Mapping[str, Any]) -> str:
    """New records are sealed to this key, and to none before it."""
    return key_id(reading.bytes_of(says, "kem_key", length=1216))


def _store_seed(practice: Practice, wire: Mapping[str, Any], *, generation: int) -> None:
    if wire["generation"] != generation:
        raise Conflict("generation")
    # A member confirmed again gets a copy that they can open in place of the one before.
    SealedSeed.objects.update_or_create(
        practice=practice,
        purpose=wire["purpose"],
        recipient=wire["recipient"],
        generation=generation,
        defaults={"wire": dict(wire)},
    )


def _read_sheet(value: object, practice: str, says: Mapping[str, Any]) -> dict[str, Any]:
    """A sheet's method. The ledger publishes its key, so that whoever renews the practice's key holds this server to it."""
    method = reading.method_of(value, owner=practice, purpose="practice-recovery")
    said = says.get("sheet")
    public = reading.bytes_of(method, "public_key", length=1216)
    if method["kind"] != "recovery" or not isinstance(said, dict) or said.get("kem_key_id") != key_id(public):
        raise Malformed("sheet")
    return method


def _sheet_key(says: Mapping[str, Any]) -> str:
    return reading.bytes_of(says["sheet"], "signing_key", length=32).hex()


def _reseal_recovery(practice: Practice, data: Mapping[str, Any]) -> None:
    about = str(practice.id)
    recovery = reading.method_of(data.get("recovery"), owner=about, purpose="practice-recovery")
    kept = practice.recovery or {}
    # The sheet stays the same: only what is sealed to it is new. Another sheet would be another act.
    if any(recovery[name] != kept.get(name) for name in ("id", "kind", "public_key", "wrapped_seed")):
        raise Malformed("recovery")
    practice.recovery = recovery
