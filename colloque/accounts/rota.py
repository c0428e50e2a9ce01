"""Who is on duty, who is away and who stands in, as managers signed it: doors follow it here, relations in the vault.

A rota only narrows: an hour that nobody's duty covers is everyone's, and a practice without a rota has its whole queue open
to each of its practitioners.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest

from colloque.accounts import reading
from colloque.accounts.access import get_membership, has_role
from colloque.accounts.errors import WrongPerson
from colloque.accounts.models import Absence, Duty
from colloque.accounts.network import network_of
from colloque.accounts.queries import current_memberships
from colloque.accounts.vault_door import vault
from colloque.kernel.clock import from_wire, now, to_wire
from colloque.kernel.errors import Conflict, Malformed, NotFound

KINDS = frozenset({"rota", "absence", "rota-end"})
MOST = 1000


@dataclass(frozen=True)
class Standing:
    """How a member stands in a practice at a moment."""

    is_absent: bool = False
    is_off_duty: bool = False
    replaces: tuple[str, ...] = ()

    def answers_for(self, person: str) -> frozenset[str]:
        """Whose patients are theirs now: their own unless they are away, and those in whose place they stand."""
        return frozenset(self.replaces) | (frozenset() if self.is_absent else frozenset({person}))


@dataclass(frozen=True)
class Entries:
    """A practice's rota and absences that are in force."""

    on_duty: frozenset[str]
    away: Mapping[str, frozenset[str]]  # who is away, and who stands in for them

    def standing(self, person: str) -> Standing:
        return Standing(
            is_absent=person in self.away,
            is_off_duty=bool(self.on_duty) and person not in self.on_duty,
            replaces=tuple(sorted(who for who, others in self.away.items() if person in others)),
        )


@dataclass(frozen=True)
class Statement:
    """What a member says, and the envelope that goes to the vault as it came."""

    kind: str
    body: Mapping[str, Any]
    envelope: Mapping[str, Any]


def entries_of(practice: str | UUID, at: datetime) -> Entries:
    in_force = Q(practice_id=practice, ended_at=None, starts_at__lte=at, ends_at__gt=at)
    away: dict[str, frozenset[str]] = {}
    for one in Absence.objects.filter(in_force):
        others = frozenset() if one.replacement_id is None else frozenset({str(one.replacement_id)})
        away[str(one.person_id)] = away.get(str(one.person_id), frozenset()) | others
    on_duty = Duty.objects.filter(in_force).values_list("person_id", flat=True)
    return Entries(frozenset(str(one) for one in on_duty), away)


def standing_of(practice: str | UUID, person: str, at: datetime | None = None) -> Standing:
    return entries_of(practice, at or now()).standing(person)


def on_duty_in(practice: str | UUID, at: datetime) -> frozenset[str]:
    """Practitioners who said that they are there, are not away, and whom the rota, if there is one, does not leave out."""
    entries = entries_of(practice, at)
    there = current_memberships(practice).filter(
        roles__contains=["practitioner"], on_duty_since__isnull=False
    )
    people = (str(one) for one in there.values_list("account_id", flat=True))
    standings = {one: entries.standing(one) for one in people}
    return frozenset(one for one, how in standings.items() if not (how.is_absent or how.is_off_duty))


def say(request: HttpRequest, practice_id: str, person: str, data: Mapping[str, Any]) -> str:
    """Write an entry down, or end one, as a statement says: in the vault and here, or in neither. Returns the entry's id.

    The same statement again, after a lost answer, finds what it did.
    """
    said = reading.signed_of(data, "statement")
    says = said.body
    get_membership(practice_id, person)
    if said.kind not in KINDS:
        raise Malformed("kind")
    if says.get("practice") != practice_id or says.get("person") != person:
        raise WrongPerson
    told = Statement(said.kind, says, reading.object_of(data, "statement"))
    if said.kind == "rota-end":
        return _end(request, practice_id, person, told)
    try:
        return _begin(request, practice_id, person, told)
    except IntegrityError as error:
        raise Conflict("the same statement twice at once") from error


def list_for(practice_id: str, person: str, first: datetime) -> dict[str, Any]:
    """What is in force or to come, from `first` on, for any member."""
    membership = get_membership(practice_id, person)
    ahead = Q(practice_id=practice_id, ended_at=None, ends_at__gt=first)
    return {
        "manages": "manager" in membership.roles,
        "rota": [_describe(one) for one in Duty.objects.filter(ahead).order_by("starts_at")[:MOST]],
        "absences": [
            {**_describe(one), "replacement": one.replacement_id and str(one.replacement_id)}
            for one in Absence.objects.filter(ahead).order_by("starts_at")[:MOST]
        ],
    }


def leave(practice_id: str | UUID, person: str) -> None:
    """Take who leaves off rotas and out of absences, as the vault does in the same act."""
    at = now()
    for found in (
        Duty.objects.filter(practice_id=practice_id, person__id=person),
        Absence.objects.filter(practice_id=practice_id, person__id=person),
    ):
        found.filter(ended_at=None).update(ended_at=at)
    Absence.objects.filter(practice_id=practice_id, replacement__id=person, ended_at=None).update(
        replacement=None
    )


def _begin(request: HttpRequest, practice_id: str, person: str, said: Statement) -> str:
    says = said.body
    id_, member = reading.id_of(says, "id"), reading.id_of(says, "member")
    is_own = said.kind == "absence" and member == person
    get_membership(practice_id, person, "practitioner" if is_own else "manager")
    starts_at, ends_at = _span(says)
    entry: Duty | Absence = Duty(id=id_) if said.kind == "rota" else Absence(id=id_)
    if (known := _find(id_)) is not None:
        if str(known.by_id) != person:
            raise Conflict("the id of another statement")
        return id_
    people = [member]
    if isinstance(entry, Absence) and says.get("replacement") is not None:
        people.append(reading.id_of(says, "replacement"))
        entry.replacement_id = UUID(people[1])
    if not all(has_role(practice_id, one, "practitioner") for one in people):
        raise NotFound
    entry.practice_id, entry.person_id, entry.by_id = UUID(practice_id), UUID(member), UUID(person)
    entry.starts_at, entry.ends_at = starts_at, ends_at
    with transaction.atomic():
        entry.save(force_insert=True)
        # The vault has the last word: it refuses a word that would let its author in.
        vault().state(said.envelope, network=network_of(request))
        return id_


def _end(request: HttpRequest, practice_id: str, person: str, said: Statement) -> str:
    get_membership(practice_id, person, "manager")
    id_ = reading.id_of(said.body, "entry")
    with transaction.atomic():
        entry = _find(id_, lock=True)
        if entry is None or str(entry.practice_id) != practice_id:
            raise NotFound
        if entry.ended_at is None:
            entry.ended_at = now()
            entry.save(update_fields=["ended_at"])
            vault().state(said.envelope, network=network_of(request))
        return id_


def _find(id_: str, *, lock: bool = False) -> Duty | Absence | None:
    duties, absences = Duty.objects.all(), Absence.objects.all()
    if lock:
        duties, absences = duties.select_for_update(), absences.select_for_update()
    return duties.filter(id=id_).first() or absences.filter(id=id_).first()


def _span(says: Mapping[str, Any]) -> tuple[datetime, datetime]:
    try:
        return from_wire(str(says.get("starts_at"))), from_wire(str(says.get("ends_at")))
    except ValueError as error:
        raise Malformed("starts_at or ends_at") from error


def _describe(one: Duty | Absence) -> dict[str, Any]:
    return {
        "entry": str(one.id),
        "member": str(one.person_id),
        "starts_at": to_wire(one.starts_at),
        "ends_at": to_wire(one.ends_at),
    }
