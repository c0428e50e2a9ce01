"""The week of a practice: appointments, offers that wait for an answer, and the patients to whom a date can be offered."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q

from colloque.accounts.access import get_membership
from colloque.accounts.rota import standing_of
from colloque.consultations.models import Consultation
from colloque.consultations.queries import person_of, time_of
from colloque.kernel.clock import from_wire, now, to_wire
from colloque.kernel.errors import Malformed
from colloque.records.access import doors_now
from colloque.scheduling.models import Offer
from colloque.scheduling.offers import OFFERING, open_offers

LONGEST = timedelta(days=42)
MOST = 500


def agenda_for(person: str, practice: str, first: str, last: str) -> dict[str, Any]:
    """Answer a member: a practitioner is told of their own, who keeps the agenda of everybody's."""
    membership = get_membership(practice, person, *OFFERING)
    since, until = _span(first, last)
    keeps = not {"secretary", "manager"}.isdisjoint(membership.roles)
    at_once = Q(practice__id=practice, starts_at__lt=until, ends_at__gt=since)
    booked = Consultation.objects.filter(at_once, state__in=("booked", "waiting", "taken"))
    offered = open_offers(now()).filter(at_once)
    if not keeps:
        theirs = standing_of(practice, person).answers_for(person)
        booked, offered = booked.filter(wished__id__in=theirs), offered.filter(practitioner__id__in=theirs)
    return {
        "keeps": keeps,
        "appointments": [
            _appointment(one)
            for one in booked.select_related("wished__professional").order_by("starts_at")[:MOST]
        ],
        "offers": [
            describe_offer(one)
            for one in offered.select_related("practice", "practitioner__professional").order_by("starts_at")[
                :MOST
            ]
        ],
        "patients": patients_of(person, practice, membership.roles),
    }


def patients_of(person: str, practice: str, roles: list[str]) -> list[dict[str, Any]]:
    """Files that this member may open now, and when their patient was last here. No name: it is sealed."""
    standing = standing_of(practice, person)
    for_them = Q(person__id__in=standing.answers_for(person))
    for_anyone = Q(person=None)
    if standing.is_absent or standing.is_off_duty:
        for_anyone &= ~Q(relation="queue")
    doors = doors_now().filter(
        for_them | for_anyone,
        practice__id=practice,
        record__kind="file",
        roles__overlap=roles,
        record__subject__closed_at=None,
    )
    found = (
        doors.values("record", "record__subject")
        .annotate(last=Max("cause__consultation__created_at"))
        .order_by("-last")
    )
    return [
        {"file": str(one["record"]), "patient": str(one["record__subject"]), "last": time_of(one["last"])}
        for one in found[:MOST]
    ]


def offers_to(person: str) -> list[dict[str, Any]]:
    """What was offered to a patient and waits for her answer."""
    found = open_offers(now()).filter(patient__id=person, starts_at__gt=now())
    people = found.select_related("practice", "practitioner__professional", "consultation")
    return [describe_offer(one) for one in people.order_by("starts_at")]


def describe_offer(one: Offer) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "practice": {"id": str(one.practice_id), "name": one.practice.name},
        "practitioner": person_of(one.practitioner),
        "file": str(one.file_id),
        "patient": str(one.patient_id),
        "starts_at": to_wire(one.starts_at),
        "ends_at": to_wire(one.ends_at),
        "moves": str(one.consultation_id) if one.moves else None,
    }


def _appointment(one: Consultation) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "state": one.state,
        "practitioner": person_of(one.wished),
        "file": str(one.file_id),
        "patient": str(one.patient_id),
        "starts_at": time_of(one.starts_at),
        "ends_at": time_of(one.ends_at),
    }


def _span(first: str, last: str) -> tuple[datetime, datetime]:
    try:
        since, until = from_wire(first), from_wire(last)
    except ValueError as error:
        raise Malformed("from or to") from error
    if not since < until <= since + LONGEST:
        raise Malformed("from or to")
    return since, until
