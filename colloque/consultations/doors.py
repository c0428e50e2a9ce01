"""Which doors a state opens to sealed records, as the vault's relations do (docs/spec/key-release.md).
Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from colloque.consultations.state import APPOINTMENT_MARGIN, LINKED_LIFE, State
from colloque.records.kinds import COMPARTMENTS, OF_CARE, OF_FILE, OF_REQUEST, OF_TALK

PRACTITIONER = ("practitioner",)
RECEPTION = ("secretary", "manager")
OF_CONSULTATION = COMPARTMENTS["consultation"]
CARE_FILE = ("identity", "background", "nir")
PREPARED: tuple[tuple[Literal["consultation", "file"], tuple[str, ...]], ...] = (
    ("consultation", ("request", "documents")),
    ("file", ("identity", "background")),
)


@dataclass(frozen=True)
class DoorPlan:
    """A door on the consultation's record or on its file, for one person or for all who have a role."""

    on: Literal["consultation", "file"]
    relation: str
    roles: tuple[str, ...]
    reads: tuple[str, ...]
    writes: frozenset[str] = frozenset()
    person: str | None = None
    until: datetime | None = None
    since: datetime | None = None


def plan_doors(
    state: State,
    *,
    practitioner: str | None,
    wished: str | None,
    takers: Sequence[str] = (),
    closed_at: datetime | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> list[DoorPlan]:
    """Return the doors that stand open in a state. A draft opens none; nor does what was refused or
    cancelled."""
    booked: list[DoorPlan] = []
    if wished and starts_at and ends_at:
        booked = _appointment(wished, starts_at - APPOINTMENT_MARGIN, ends_at + APPOINTMENT_MARGIN)
    if state == "booked" and ends_at is not None:
        return [*booked, _reception(ends_at + APPOINTMENT_MARGIN)]
    if state == "waiting":
        return [
            *booked,
            DoorPlan("consultation", "queue", PRACTITIONER, ("request",), frozenset({"refusal"}), wished),
            DoorPlan("file", "queue", PRACTITIONER, ("identity",), person=wished),
            _reception(None),
        ]
    if state == "taken" and practitioner is not None:
        return [*_care("assigned", practitioner, frozenset({"transfer"}), None), _reception(None)]
    if state == "closed" and closed_at is not None:
        until = closed_at + LINKED_LIFE
        linked: Iterable[DoorPlan] = (
            door for taker in dict.fromkeys(takers) for door in _care("linked", taker, frozenset(), until)
        )
        return [*linked, _reception(until)]
    return []


def subject_writes(state: State) -> frozenset[str]:
    """Return the kinds of item that the patient may write in a state."""
    if state in ("draft", "booked", "waiting", "taken"):
        return OF_REQUEST | OF_TALK
    return OF_TALK if state == "closed" else frozenset()


def _appointment(person: str, since: datetime, until: datetime) -> list[DoorPlan]:
    """What was prepared for the day, and no more: the rest opens with the consultation."""
    return [
        DoorPlan(on, "appointment", PRACTITIONER, reads, person=person, until=until, since=since)
        for on, reads in PREPARED
    ]


def _care(relation: str, person: str, more: frozenset[str], until: datetime | None) -> list[DoorPlan]:
    writes = OF_TALK | OF_CARE | more
    return [
        DoorPlan("consultation", relation, PRACTITIONER, OF_CONSULTATION, writes, person, until),
        DoorPlan("file", relation, PRACTITIONER, CARE_FILE, OF_FILE, person, until),
    ]


def _reception(until: datetime | None) -> DoorPlan:
    return DoorPlan("file", "reception", RECEPTION, ("identity",), until=until)
