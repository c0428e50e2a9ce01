"""The encounter's states, and who may move it from one to the next. Pure.

draft ──request──▶ waiting ──take──▶ taken ──close──▶ closed
  │                 │  ▲              │
  └─ (7 days) ▶     │  └──transfer────┘
    expired         ├──cancel──▶ cancelled
                    └──refuse──▶ refused
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["draft", "waiting", "taken", "closed", "cancelled", "refused", "expired"]
Act = Literal["request", "cancel", "take", "refuse", "transfer", "close"]
Role = Literal["patient", "practitioner"]

STATES: tuple[State, ...] = ("draft", "waiting", "taken", "closed", "cancelled", "refused", "expired")
ACTS: tuple[Act, ...] = ("request", "cancel", "take", "refuse", "transfer", "close")
OPEN: frozenset[State] = frozenset({"waiting", "taken"})
FROM: dict[Act, State] = {
    "request": "draft",
    "cancel": "waiting",
    "take": "waiting",
    "refuse": "waiting",
    "transfer": "taken",
    "close": "taken",
}
DRAFT_LIFE = timedelta(days=7)
LINKED_LIFE = timedelta(days=30)


@dataclass(frozen=True)
class Encounter:
    """A consultation as it stands, as values."""

    state: State
    patient: str
    practitioner: str | None = None
    wished: str | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts: `practises` is true for a practitioner of this practice, now."""

    person: str
    practises: bool


@dataclass(frozen=True)
class Refused:
    """Why not: `stranger` (answered as if the thing did not exist), `for-another`, `not-assigned`, `passed`,
    `taken`."""

    reason: Literal["stranger", "for-another", "not-assigned", "passed", "taken"]


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
    if encounter.state != FROM[act]:
        # The one who already did it hears of it as done by the retry of the same statement, not here.
        return Refused("taken" if act in ("take", "refuse") and encounter.state == "taken" else "passed")
    if act in ("take", "refuse") and encounter.wished not in (None, actor.person):
        return Refused("for-another")
    if act in ("transfer", "close") and encounter.practitioner != actor.person:
        return Refused("not-assigned")
    return _step(encounter, act, actor, to)


def _may_know(encounter: Encounter, act: Act, actor: Actor) -> bool:
    """Tell whether this is a patient's act by the patient, or a practitioner's by another who practises."""
    if act in ("request", "cancel"):
        return actor.person == encounter.patient
    return actor.practises and actor.person != encounter.patient and encounter.state != "draft"


def _step(encounter: Encounter, act: Act, actor: Actor, to: str | None) -> Step:
    if act == "request":
        return Step("waiting", None, to)
    if act == "take":
        return Step("taken", actor.person, encounter.wished)
    if act == "transfer":
        return Step("waiting", None, to)
    if act == "close":
        return Step("closed", actor.person, encounter.wished)
    return Step("cancelled" if act == "cancel" else "refused", None, encounter.wished)


def has_expired(state: State, *, created_at: datetime, now: datetime) -> bool:
    return state == "draft" and now - created_at >= DRAFT_LIFE
