"""What the vault knows of an asker and of a record, as values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

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
    is_waiting: bool = False
    is_assigned: bool = False
    is_linked: bool = False
    is_current: bool = False
    is_practice_frozen: bool = False
