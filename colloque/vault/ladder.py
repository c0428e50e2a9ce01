"""What each freeze shuts, and what goes on (docs/spec/key-release.md, "Freezes"). Pure.

    device → person → history → practice          one device, one person; a practice's past; a practice
    read-only → consult-only → off                the platform: its accounts and rights; its past; everything

What goes on is listed and the rest is shut, so that a relation or a kind of statement that is added later is shut until
somebody has thought about it.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from colloque.vault.errors import Frozen, HistoryShut, NotAllowed, PlatformOff, RightsShut, VaultError

OF_ONE = frozenset({"device", "person"})
OF_PRACTICE = frozenset({"history", "practice"})
OF_PLATFORM = frozenset({"read-only", "consult-only", "off"})
SCOPES = OF_ONE | OF_PRACTICE | OF_PLATFORM
# What a platform freeze stands under, in the table and in lines: an id like any other, and nobody's.
PLATFORM = "00000000-0000-4000-8000-000000000000"

# Relations that the present explains: one's own, what is asked, booked or written to this person, an open consultation.
PRESENT = frozenset({"own", "service", "assigned", "queue", "appointment", "message", "replacement"})
# Those that reach into the past, and go on for whoever was seen today.
RECENT = frozenset({"linked", "reception"})
# A consultation that is open is never hidden from whoever has it, whatever is done to the practice.
UNDER_WAY = frozenset({"own", "service", "assigned"})

# What only denies, or lifts: said even by one who is frozen, and while everything is off.
DENYING = frozenset(
    {
        "freeze",
        "device-revoke",
        "grant-cancel",
        "reopen-cancel",
        "erase-withdraw",
        "archive-cancel",
        "custody-cancel",
        "custody-refuse",
    }
)
# Goes before whatever waits for the log: each moment that it waits, someone may still open what it shuts.
AT_ONCE = DENYING | {"member-end"}
# Signing in, without which no officer could lift anything, and the web's word of what happened.
STAYS = DENYING | {
    "unfreeze",
    "officer",
    "member-end",
    "sign-in",
    "item-lines",
    "blind-index",
    "unlock",
    "factors-end",
}
# A consultation's way from request to end; new people of care come by it.
CARE = frozenset(
    {
        "record",
        "request",
        "take",
        "transfer",
        "refuse",
        "close",
        "cancel",
        "appointment",
        "message",
        "messages-read",
    }
)


@dataclass(frozen=True)
class Lifter:
    """One who signed that a freeze be lifted."""

    is_officer: bool = False
    is_manager: bool = False
    is_target: bool = False


def refuse_opening(scopes: AbstractSet[str], why: str, *, is_today: bool) -> VaultError | None:
    """Say why an opening by this relation is shut; `is_today`: a consultation of the file waits, is open, or ended today."""
    if "off" in scopes:
        return PlatformOff()
    if "practice" in scopes and why not in UNDER_WAY:
        return Frozen()
    if scopes & {"history", "consult-only"} and why not in PRESENT and not (why in RECENT and is_today):
        return HistoryShut()
    return None


def refuse_statement(scopes: AbstractSet[str], kind: str, *, is_officer: bool = False) -> VaultError | None:
    """Say why a statement is not taken meanwhile; an officer still enrols the device they lift with."""
    if kind in STAYS or (kind == "device" and is_officer):
        return None
    if "off" in scopes:
        return PlatformOff()
    return RightsShut() if "read-only" in scopes and kind not in CARE else None


def takes_two(scope: str, lifters: Sequence[Lifter]) -> bool:
    """Whether lifting needs a second person: always, but for a device or an account that a manager answers for."""
    return not (scope in OF_ONE and all(one.is_manager for one in lifters))


def check_lifters(scope: str, lifters: Sequence[Lifter], *, needs_officer: bool) -> None:
    """Refuse who may not lift: the frozen themselves, strangers, and managers alone where an officer must be."""
    if any(one.is_target or not (one.is_officer or one.is_manager) for one in lifters):
        raise NotAllowed
    if scope in OF_PRACTICE and needs_officer and not any(one.is_officer for one in lifters):
        raise NotAllowed
