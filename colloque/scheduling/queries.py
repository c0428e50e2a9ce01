"""The queue of a practice, and the place of one who waits in it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from colloque.accounts.rota import on_duty_in, standing_of
from colloque.consultations.models import Consultation, Seen
from colloque.consultations.presence import Seen as SeenAt
from colloque.consultations.presence import since, state_of
from colloque.consultations.queries import time_of
from colloque.kernel.clock import to_wire
from colloque.scheduling.queue_order import (
    RECENT_DURATIONS,
    Desk,
    Waiting,
    ahead_of,
    estimate_minutes,
    order_for,
)

RECENT = timedelta(days=30)
NOTHING: dict[str, Any] = {"place": None, "position": None, "ahead": None, "estimate_minutes": None}


def describe_place(consultation: Consultation, now: datetime) -> dict[str, Any]:
    """Tell where one who waits stands; nothing is invented for one who does not."""
    desks = desks_of(consultation.practice_id, now)
    wished = _text(consultation.wished_id)
    on_duty = sum(1 for desk in desks if consultation.state != "waiting" or wished in (None, desk.person))
    if consultation.state != "waiting" or consultation.requested_at is None:
        return {**NOTHING, "on_duty": on_duty}
    ahead = ahead_of(waiting_of(consultation), waiting_in(consultation.practice_id))
    return {
        "place": "practitioner" if wished else "queue",
        "position": ahead + 1,
        "ahead": ahead,
        "estimate_minutes": estimate_minutes(
            ahead=ahead,
            wished=wished,
            desks=desks,
            durations=recent_durations(consultation.practice_id, now),
            now=now,
        ),
        "on_duty": on_duty,
    }


def queue_for(person: str, practice: str, now: datetime) -> list[dict[str, Any]]:
    """What a practitioner may take, in order. Who has left the page stays in the queue, and is shown as
    gone."""
    waiting = Consultation.objects.filter(practice__id=practice, state="waiting", requested_at__isnull=False)
    rows = {str(one.id): one for one in waiting}
    seen = seen_of_patients(rows)
    standing = standing_of(practice, person, now)
    theirs = standing.answers_for(person)
    is_on_duty = not (standing.is_absent or standing.is_off_duty)
    return [
        {
            "id": w.id,
            "patient": str(rows[w.id].patient_id),
            "file": str(rows[w.id].file_id),
            "for_me": w.wished is not None,
            "waiting_since": to_wire(w.requested_at),
            "presence": state_of(seen.get(w.id), now),
            "presence_since": time_of(since(seen.get(w.id), now)),
        }
        for w in order_for(theirs, [waiting_of(one) for one in rows.values()], is_on_duty=is_on_duty)
    ]


def seen_of_patients(consultations: Iterable[str]) -> dict[str, SeenAt]:
    rows = Seen.objects.filter(consultation__in=list(consultations), role="patient")
    return {str(row.consultation_id): SeenAt(row.here_since, row.seen_at) for row in rows}


def waiting_in(practice: UUID) -> list[Waiting]:
    found = Consultation.objects.filter(practice__id=practice, state="waiting", requested_at__isnull=False)
    return [waiting_of(one) for one in found]


def waiting_of(consultation: Consultation) -> Waiting:
    at = consultation.requested_at
    if at is None:
        raise ValueError("who has not asked is not waiting")
    return Waiting(str(consultation.id), at, _text(consultation.wished_id))


def desks_of(practice: UUID, now: datetime) -> list[Desk]:
    """Practitioners on duty, and since when those who have someone have them."""
    busy: dict[str, datetime] = {
        str(practitioner): taken_at
        for practitioner, taken_at in Consultation.objects.filter(practice__id=practice, state="taken")
        .order_by("taken_at")
        .values_list("practitioner_id", "taken_at")
        if taken_at is not None
    }
    return [Desk(one, busy.get(one)) for one in sorted(on_duty_in(practice, now))]


def recent_durations(practice: UUID, now: datetime) -> list[timedelta]:
    """How long the practice's last consultations took, newest first."""
    closed = (
        Consultation.objects.filter(
            practice__id=practice, state="closed", closed_at__gt=now - RECENT, taken_at__isnull=False
        )
        .annotate(took=F("closed_at") - F("taken_at"))
        .order_by("-closed_at")
    )
    return list(closed.values_list("took", flat=True)[: 2 * RECENT_DURATIONS])


def _text(id_: object) -> str | None:
    return None if id_ is None else str(id_)
