"""The encounter's states, and who may move it from one to the next. Pure.

draft ──request──▶ waiting ──take──▶ taken ──close──▶ closed
  │ │               │  ▲              │
  │ └─ (7 days) ▶   │  └──transfer────┘
  │   expired       ├──cancel──▶ cancelled
  │      ▲          └──refuse──▶ refused
  └─appointment──▶ booked ──request──▶ waiting, ──take, on the day──▶ taken, ──cancel──▶ cancelled
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["draft", "booked", "waiting", "taken", "closed", "cancelled", "refused", "expired"]
Act = Literal["appointment", "request", "cancel", "take", "refuse", "transfer", "close"]
Role = Literal["patient", "practitioner"]

STATES: tuple[State, ...] = (
    "draft",
    "booked",
    "waiting",
    "taken",
    "closed",
    "cancelled",
    "refused",
    "expired",
)
ACTS: tuple[Act, ...] = ("appointment", "request", "cancel", "take", "refuse", "transfer", "close")
OPEN: frozenset[State] = frozenset({"waiting", "taken"})
FROM: dict[Act, frozenset[State]] = {
    "appointment": frozenset({"draft", "booked"}),
    "request": frozenset({"draft", "booked"}),
    "cancel": frozenset({"waiting", "booked"}),
    "take": frozenset({"waiting", "booked"}),
    "refuse": frozenset({"waiting"}),
    "transfer": frozenset({"taken"}),
    "close": frozenset({"taken"}),
}
# An appointment opens what was prepared for it from so long before to so long after, as the vault has it.
APPOINTMENT_MARGIN = timedelta(hours=12)
DRAFT_LIFE = timedelta(days=7)
LINKED_LIFE = timedelta(days=30)


@dataclass(frozen=True)
class Encounter:
    """A consultation as it stands, as values."""

    state: State
    patient: str
    practitioner: str | None = None
    wished: str | None = None
    # Of an appointment: now is within its margin.
    is_of_day: bool = False


@dataclass(frozen=True)
class Actor:
    """Who acts: `practises` is true for a practitioner of this practice, now; `receives` for any member of it."""

    person: str
    practises: bool
    receives: bool = False
    # Whose requests and appointments they answer: their own, and those of whom they stand in for.
    answers_for: frozenset[str] | None = None
    # Away, or left out by the rota: what waits for anyone does not wait for them.
    is_off_duty: bool = False

    def why_not(self, wished: str | None) -> Literal["off-duty", "for-another"] | None:
        """Say why what waits for anyone, or for one that is wished for, does not wait for them."""
        if wished is None:
            return "off-duty" if self.is_off_duty else None
        theirs = {self.person} if self.answers_for is None else self.answers_for
        return None if wished in theirs else "for-another"


@dataclass(frozen=True)
class Refused:
    """Why not: `stranger` (answered as if the thing did not exist), `for-another`, `not-assigned`, `passed`,
    `taken`, `too-soon`, `off-duty`."""

    reason: Literal["stranger", "for-another", "not-assigned", "passed", "taken", "too-soon", "off-duty"]


@dataclass(frozen=True)
class Step:
    """What the encounter becomes."""

    state: State
    practitioner: str | None
    wished: str | None


def decide(encounter: Encounter, act: Act, actor: Actor, *, to: str | None = None) -> Step | Refused:
    """Return the next step, or why there is none. `to` is whom a request or a transfer names."""
    if not _may_know(encounter, act, actor):
        return Refused("stranger")
    if encounter.state not in FROM[act]:
        # The one who already did it hears of it as done by the retry of the same statement, not here.
        return Refused("taken" if act in ("take", "refuse") and encounter.state == "taken" else "passed")
    if act in ("take", "refuse") and (reason := actor.why_not(encounter.wished)):
        return Refused(reason)
    if act == "take" and encounter.state == "booked" and not encounter.is_of_day:
        return Refused("too-soon")
    if act in ("transfer", "close") and encounter.practitioner != actor.person:
        return Refused("not-assigned")
    return _step(encounter, act, actor, to)


def _may_know(encounter: Encounter, act: Act, actor: Actor) -> bool:
    """Tell whether this is a patient's act by the patient, or a practitioner's by another who practises."""
    is_theirs = actor.person == encounter.patient
    if act == "cancel" and encounter.state == "booked":
        return (
            is_theirs or actor.receives
        )  # taking an appointment back only denies: whoever keeps the agenda may
    if act in ("appointment", "request", "cancel"):
        return is_theirs
    return actor.practises and actor.person != encounter.patient and encounter.state != "draft"


def _step(encounter: Encounter, act: Act, actor: Actor, to: str | None) -> Step:
    if act == "appointment":
        return Step("booked", None, to)
    if act == "request":
        return Step("waiting", None, to)
    if act == "take":
        return Step("taken", actor.person, encounter.wished)
    if act == "transfer":
        return Step("waiting", None, to)
    if act == "close":
        return Step("closed", actor.person, encounter.wished)
    return Step("cancelled" if act == "cancel" else "refused", None, encounter.wished)


def is_of_day(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> bool:
    """Tell whether an appointment is near enough to open what was prepared for it."""
    return bool(starts_at and ends_at and starts_at - APPOINTMENT_MARGIN < now < ends_at + APPOINTMENT_MARGIN)


def has_expired(
    state: State, *, created_at: datetime, now: datetime, ends_at: datetime | None = None
) -> bool:
    """Tell whether what was prepared came to nothing: a draft, or an appointment to which nobody came."""
    since = ends_at if state == "booked" else created_at
    return state in ("draft", "booked") and since is not None and now - since >= DRAFT_LIFE
