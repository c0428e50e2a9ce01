"""Consultations as pages and sockets see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from colloque.accounts.models import Account
from colloque.accounts.queries import current_memberships, name_of
from colloque.accounts.rota import standing_of
from colloque.consultations.models import Consultation, Seen
from colloque.consultations.parts import describe_parts
from colloque.consultations.presence import Seen as SeenAt
from colloque.consultations.presence import state_of
from colloque.consultations.state import DRAFT_LIFE
from colloque.kernel.clock import now, to_wire
from colloque.records.access import roles_in
from colloque.records.queries import counters

MOST_LISTED = 200
ROLES = ("patient", "practitioner")


def describe(consultation: Consultation) -> dict[str, Any]:
    at = now()
    seen = seen_in(consultation)
    return {
        **summarise(consultation),
        "transferred": consultation.state == "waiting" and consultation.takings.exists(),
        "presence": {role: state_of(seen.get(role), at) for role in ROLES},
        "counters": counters(consultation.record),
        **describe_parts(consultation, at),
    }


def summarise(consultation: Consultation) -> dict[str, Any]:
    """The columns of a consultation, for lists."""
    is_draft = consultation.state == "draft"
    return {
        "id": str(consultation.id),
        "state": consultation.state,
        "practice": {"id": str(consultation.practice_id), "name": consultation.practice.name},
        "practitioner": person_of(consultation.practitioner),
        "wished": person_of(consultation.wished),
        "patient": str(consultation.patient_id),
        "file": str(consultation.file_id),
        "created_at": to_wire(consultation.created_at),
        "requested_at": time_of(consultation.requested_at),
        "taken_at": time_of(consultation.taken_at),
        "closed_at": time_of(consultation.closed_at),
        "starts_at": time_of(consultation.starts_at),
        "ends_at": time_of(consultation.ends_at),
        "expires_at": time_of(consultation.created_at + DRAFT_LIFE if is_draft else None),
    }


def person_of(account: Account | None) -> dict[str, Any] | None:
    professional = getattr(account, "professional", None)
    return None if professional is None else name_of(professional)


def time_of(at: datetime | None) -> str | None:
    return None if at is None else to_wire(at)


def seen_in(consultation: Consultation) -> Mapping[str, SeenAt]:
    return {
        row.role: SeenAt(row.here_since, row.seen_at)
        for row in Seen.objects.filter(consultation=consultation)
    }


def list_for(person: str, practice: str = "") -> list[dict[str, Any]]:
    """A person's own consultations as patient, and those they took; `practice` narrows to those of one
    practice.

    A practitioner who names the practice also gets what waits there for anyone or for them.
    """
    mine = Q(patient=person) | Q(
        record__grants__to=person, record__grants__cancelled_at=None, record__grants__not_before__lte=now()
    )
    ended = Q(takings__practitioner=person, state__in=("closed", "cancelled", "refused"))
    taken = Q(practitioner=person) | ended
    wanted = mine | (taken & Q(practice__in=practices_of(person)))
    if practice:
        if "practitioner" in roles_in(person, practice):
            standing = standing_of(practice, person)
            for_them = Q(wished__in=standing.answers_for(person))
            if not (standing.is_absent or standing.is_off_duty):
                for_them |= Q(wished=None)
            wanted |= Q(state="waiting") & for_them
        wanted &= Q(practice=practice)
    people = ("practice", "practitioner__professional", "wished__professional")
    found = Consultation.objects.filter(wanted).exclude(state="expired").select_related(*people)
    return [summarise(one) for one in found.distinct().order_by("-created_at")[:MOST_LISTED]]


def practices_of(person: str) -> list[Any]:
    """Practices where a person practises now: what one took elsewhere before stays there."""
    found = current_memberships().filter(account__id=person, roles__contains=["practitioner"])
    return list(found.values_list("practice_id", flat=True))
