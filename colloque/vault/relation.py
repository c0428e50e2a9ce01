"""Why a person may open a compartment: a pure function of facts (docs/spec/key-release.md, "Relations").

Four classes: *expected* (own, and what the patient or the practice set in motion), *linked* (care not long ago),
*break-glass* and *none*. The words below are the kinds that a line names; `class_of` says which class each is of.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from colloque.vault.facts import Care

LINKED_DAYS = 30
REASON_CHARACTERS = 20
# "Today's" appointment, on a clock that knows no time zone: from the evening before to the evening after.
DAY = timedelta(hours=12)
EXPECTED = frozenset(
    {"own", "assigned", "queue", "appointment", "message", "replacement", "reception", "service"}
)
CARE_FILE = frozenset({"identity", "background", "nir"})
PREPARED = frozenset(
    {("consultation", "request"), ("consultation", "documents"), ("file", "identity"), ("file", "background")}
)
QUEUED = frozenset({("consultation", "request"), ("file", "identity")})
WRITTEN = frozenset({("consultation", "exchange"), ("file", "identity")})


def class_of(kind: str) -> str:
    return "expected" if kind in EXPECTED else kind


def find(
    care: Care, compartment: str, *, purpose: str, reason: str, now: datetime, replaced: Iterable[Care] = ()
) -> str:
    """Return the nearest relation, or "none". The compartment is one of the record's kind.

    `replaced` is what ties each absent colleague, in whose place this person stands now, to the same record.
    """
    if care.is_own:
        return "own"
    if care.service == "mailer" and (care.kind, compartment, purpose) == ("person", "contact", "notify"):
        return "service"
    # Everything below stands on a membership that has not ended.
    if "practitioner" in care.roles:
        return _of_practitioner(care, compartment, reason, now, replaced)
    return "reception" if _is_reception(care, compartment) else "none"


def _of_practitioner(
    care: Care, compartment: str, reason: str, now: datetime, replaced: Iterable[Care]
) -> str:
    if near := _of_care(care, compartment, now):
        return near
    # Who stands in has what the absent one would have if they were there.
    theirs = {_of_care(replace(other, is_absent=False), compartment, now) for other in replaced} - {None}
    if theirs:
        return "linked" if theirs == {"linked"} else "replacement"
    if _is_reception(care, compartment):
        return "reception"
    return "break-glass" if care.is_shown and len(reason.strip()) >= REASON_CHARACTERS else "none"


def _of_care(care: Care, compartment: str, now: datetime) -> str | None:
    place = (care.kind, compartment)
    in_care = care.kind == "consultation" or compartment in CARE_FILE
    if care.is_assigned and in_care:
        return "assigned"
    if care.is_absent:
        return None  # nobody is expected of one who is away; what they had begun, they may end
    if place in QUEUED and (care.is_asked or (care.is_waiting and not care.is_off_duty)):
        return "queue"
    if care.is_booked and place in PREPARED:
        return "appointment"
    if _is_recent(care.unread_at, now) and place in WRITTEN:
        return "message"
    return "linked" if in_care and _is_recent(care.contact_at, now) else None


def _is_recent(at: datetime | None, now: datetime) -> bool:
    return at is not None and at > now - timedelta(days=LINKED_DAYS)


def _is_reception(care: Care, compartment: str) -> bool:
    desk = not care.roles.isdisjoint({"secretary", "manager"})
    return desk and care.is_current and (care.kind, compartment) == ("file", "identity")
