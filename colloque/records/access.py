"""The gate to sealed records: what a person may fetch and write. Deny by default.

This is about ciphertext. Who gets a key is the vault's decision, made from the same signed statements.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from colloque.accounts.queries import current_memberships
from colloque.accounts.rota import Standing, standing_of
from colloque.kernel.clock import now
from colloque.kernel.errors import NotFound
from colloque.kernel.ids import is_id
from colloque.records.kinds import COMPARTMENTS
from colloque.records.models import Door, Grant, Record
from colloque.vault.errors import Erased

BREAK_GLASS = "break-glass"


@dataclass(frozen=True)
class Way:
    """One reason to be let in, and what it lets one read (compartments) and write (kinds of item)."""

    relation: str
    reads: frozenset[str]
    writes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Entry:
    """A record that this person may know of, with the ways in, nearest first."""

    record: Record
    person: str
    ways: tuple[Way, ...]

    @property
    def is_own(self) -> bool:
        return self.ways[0].relation == "own"

    def relation_for(self, compartment: str) -> str | None:
        """Name the nearest way by which this compartment may be read; None when there is none."""
        return next((way.relation for way in self.ways if compartment in way.reads), None)

    def may_write(self, kind: str) -> bool:
        return any(kind in way.writes for way in self.ways)


def roles_in(person: str, practice: str | UUID | None) -> frozenset[str]:
    """Return the roles that a person has now in a practice: confirmed, and not ended."""
    if practice is None:
        return frozenset()
    row = current_memberships(practice).filter(account__id=person).first()
    return frozenset(row.roles) if row else frozenset()


def get_record_for(person: str, record_id: str, *, purpose: str = "") -> Entry:
    """Return a record with what this person may do; NotFound for everyone else.

    With purpose "break-glass" a practitioner of the record's practice may fetch any of its compartments: the
    line says so, the patient is told, and without the vault's leave, which takes a written reason, it stays
    sealed.
    """
    record = Record.objects.filter(id=record_id).first() if is_id(record_id) else None
    if record is None:
        raise NotFound
    ways = tuple(_own(person, record)) or tuple(_by_practice(person, record, purpose))
    if not ways:
        raise NotFound
    # An expired draft is empty; what was erased for good is said to be, to those who would have been let in.
    if record.erased_at is not None and record.erasings.filter(outcome="erased").exists():
        raise Erased
    return Entry(record, person, ways)


def is_subject(person: str, record: Record) -> bool:
    """Tell whether a record is this person's own: they are its subject, or it was re-sealed to them."""
    return (
        str(record.subject_id) == person
        or Grant.objects.filter(
            record=record, to__id=person, cancelled_at=None, not_before__lte=now()
        ).exists()
    )


def _own(person: str, record: Record) -> Iterable[Way]:
    if is_subject(person, record):
        yield Way("own", frozenset(COMPARTMENTS[record.kind]), frozenset(record.subject_writes))


def _by_practice(person: str, record: Record, purpose: str) -> Iterable[Way]:
    if record.practice_id is None:
        return
    roles = roles_in(person, record.practice_id)
    if not roles:
        return
    standing = standing_of(record.practice_id, person)
    for door in doors_now().filter(record=record, practice=record.practice_id).order_by("id"):
        relation = _relation_by(door, person, standing)
        if relation is not None and not roles.isdisjoint(door.roles):
            yield Way(relation, frozenset(door.reads), frozenset(door.writes))
    # A draft has not been shown to anyone yet: its record has no door and breaks no glass.
    if purpose == BREAK_GLASS and "practitioner" in roles and was_shown(record):
        yield Way(BREAK_GLASS, frozenset(COMPARTMENTS[record.kind]))


def _relation_by(door: Door, person: str, standing: Standing) -> str | None:
    """What relates a member by this door, as the vault has it: away, off duty, or in somebody's place."""
    whose = None if door.person_id is None else str(door.person_id)
    if "practitioner" not in door.roles:
        return door.relation
    if whose == person and door.relation == "assigned":
        return door.relation  # what was begun before an absence may be ended
    if whose is None:
        return None if standing.is_absent or standing.is_off_duty else door.relation
    if whose not in standing.answers_for(person):
        return None
    return door.relation if whose == person or door.relation == "linked" else "replacement"


def doors_now() -> QuerySet[Door]:
    """Those that stand open at this moment."""
    at = now()
    return Door.objects.filter(Q(since=None) | Q(since__lte=at), Q(until=None) | Q(until__gt=at))


def was_shown(record: Record) -> bool:
    """Tell whether a door to the record ever opened for its practice."""
    return (
        record.erased_at is None
        and Door.objects.filter(cause__practice=record.practice_id, record=record).exists()
    )
