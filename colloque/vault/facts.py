"""What the vault knows of an asker and of a record, as values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

COMPARTMENTS: Mapping[str, frozenset[str]] = {
    "person": frozenset({"contact"}),
    "file": frozenset({"identity", "nir", "background"}),
    "consultation": frozenset({"request", "exchange", "documents", "care"}),
}


@dataclass(frozen=True)
class Asker:
    """The person and device behind a signature, as they stand in this transaction."""

    kind: str
    is_revoked: bool
    is_frozen: bool
    service: str | None = None


@dataclass(frozen=True)
class Care:
    """What ties a person to a record. For a file, the consultations are those of the file."""

    record: str
    kind: str
    subject: str
    practice: str | None
    epoch: int
    secret: bytes
    is_own: bool = False
    roles: frozenset[str] = frozenset()
    service: str | None = None
    # Waits for anyone of the practice; waits for this person.
    is_waiting: bool = False
    is_asked: bool = False
    is_booked: bool = False
    is_assigned: bool = False
    # The patient's last message that nobody has read; the last time this person's care had to do with the record.
    unread_at: datetime | None = None
    contact_at: datetime | None = None
    # When anything was last done with it: made, closed, written into.
    touched_at: datetime | None = None
    # The practice was asked or promised something of it: what is a draft still, nobody there has a reason to open.
    is_shown: bool = False
    # A consultation of the file is booked, waits, is open, or ended not long ago.
    is_current: bool = False
    is_absent: bool = False
    is_off_duty: bool = False
    # Freezes above the account that stand over the record: of its practice, of the platform.
    frozen: frozenset[str] = frozenset()
    # Only told while something is frozen: a consultation of it is booked for now, waits, is open, or ended since a day ago.
    is_today: bool = False
    # Its secret was destroyed: there is nothing left to open.
    is_erased: bool = False


@dataclass(frozen=True)
class Standing:
    """How a member stands in a practice now: away, not on the rota, in whose place."""

    is_absent: bool = False
    is_off_duty: bool = False
    replaces: tuple[str, ...] = ()
