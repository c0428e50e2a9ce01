"""Rules of the signalling relay (docs/spec/signalling.md): who sits where, what passes, how much. Pure.

A call has two seats, `patient` and `practitioner`. The relay knows the seats, the size of a message and how
many came; what a message holds is the two browsers' business.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from colloque.kernel.errors import Malformed, TooLarge

Role = Literal["patient", "practitioner"]

MAX_BYTES = 64 * 1024
# A call needs some thirty messages; a restart of its network paths as many. What is above is not a call.
BURST = 300
PER_SECOND = 20.0
SILENCE_SECONDS = 8.0
MAX_PAGE = 64


@dataclass(frozen=True)
class Seat:
    consultation: str
    role: Role
    person: str

    @property
    def group(self) -> str:
        return f"signal.{self.consultation}.{self.role}"

    @property
    def other_group(self) -> str:
        other: Role = "practitioner" if self.role == "patient" else "patient"
        return f"signal.{self.consultation}.{other}"


def find_seat(*, consultation: str, person: str, role: Role | None, state: str) -> Seat | None:
    """Return the person's seat, or None. The patient may be early: already while the consultation waits."""
    if role == "patient" and state in ("waiting", "taken"):
        return Seat(consultation, role, person)
    if role == "practitioner" and state == "taken":
        return Seat(consultation, role, person)
    return None


def read_message(text: str | None) -> dict[str, Any]:
    """Return a client's message: a ping, or a signal whose data is an object. Size first, then the rest."""
    if text is None:
        raise Malformed("binary frame")
    if len(text) > MAX_BYTES or len(text.encode()) > MAX_BYTES:
        raise TooLarge
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("json") from error
    if not isinstance(message, dict) or message.get("type") not in ("ping", "signal"):
        raise Malformed("message type")
    if message["type"] == "signal" and not isinstance(message.get("data"), dict):
        raise Malformed("signal without data")
    return message


def read_page(text: str) -> str:
    """Return the page id that a client chose for this load of its page, or an empty string for an odd one."""
    is_plain = 0 < len(text) <= MAX_PAGE and text.isascii() and text.replace("-", "").isalnum()
    return text if is_plain else ""


@dataclass(frozen=True)
class Allowance:
    """How many more messages a socket may send: a bucket that fills by PER_SECOND, up to BURST."""

    left: float
    at: datetime

    @classmethod
    def full(cls, now: datetime) -> "Allowance":
        return cls(float(BURST), now)

    def spend(self, now: datetime) -> "Allowance | None":
        """Return what is left after one more message, or None when there is none for it."""
        filled = min(BURST, self.left + max(0.0, (now - self.at).total_seconds()) * PER_SECOND)
        return replace(self, left=filled - 1, at=now) if filled >= 1 else None


def is_silent(*, pinged_at: datetime | None, now: datetime) -> bool:
    """Tell whether a client that pings has stopped. One that never pinged is not held to it."""
    return pinged_at is not None and (now - pinged_at).total_seconds() > SILENCE_SECONDS
