"""People and practices, for display. Patients' names are not the server's to give."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from colloque.accounts.models import Account, Agreement, Membership, Practice, Professional, Reopening
from colloque.kernel.clock import now


def current_memberships(practice: str | UUID | None = None) -> QuerySet[Membership]:
    """Confirmed memberships of open accounts, of one practice or of all."""
    found = Membership.objects.filter(ended_at=None, account__closed_at=None).exclude(confirmed_at=None)
    return found if practice is None else found.filter(practice_id=practice)


def list_practices() -> list[dict[str, Any]]:
    """Practices where someone practises: one that has nobody to take a request is not offered."""
    practise = Q(
        memberships__ended_at=None,
        memberships__confirmed_at__isnull=False,
        memberships__roles__contains=["practitioner"],
    )
    on_duty = practise & Q(memberships__on_duty_since__isnull=False)
    found = Practice.objects.exclude(opened_at=None).annotate(
        practitioners=Count("memberships", filter=practise), on_duty=Count("memberships", filter=on_duty)
    )
    return [
        {"id": str(one.id), "name": one.name, "city": one.city, "on_duty": one.on_duty}
        for one in found.filter(practitioners__gt=0).order_by("name", "city")
    ]


def practitioners_of(practice: str | UUID) -> list[dict[str, Any]]:
    memberships = (
        current_memberships(practice)
        .filter(roles__contains=["practitioner"])
        .select_related("account__professional")
        .order_by("account__professional__family", "account__professional__given")
    )
    return [
        {
            **name_of(one.account.professional),
            "rpps": one.account.professional.rpps,
            "on_duty": one.on_duty_since is not None,
        }
        for one in memberships
    ]


def name_of(professional: Professional) -> dict[str, Any]:
    return {
        "person": str(professional.account_id),
        "given": professional.given,
        "family": professional.family,
        "profession": professional.profession,
    }


def names_of(people: Iterable[str]) -> list[dict[str, Any]]:
    """Names of professionals among `people`, with the practice they belong to or last belonged to."""
    found = Professional.objects.filter(account__in=list(people)).prefetch_related(
        "account__memberships__practice"
    )
    return [{**name_of(one), **_practice_of(one)} for one in found]


def memberships_of(person: str) -> list[dict[str, Any]]:
    found = (
        Membership.objects.filter(account_id=person, ended_at=None)
        .select_related("practice")
        .order_by("joined_at")
    )
    asked_for = set(
        Reopening.objects.filter(
            cancelled_at=None, entered_at=None, practice__memberships__in=found
        ).values_list("practice_id", flat=True)
    )
    erasures = Agreement.objects.filter(
        kind="erase", settled_at=None, until__gt=now(), practice__memberships__in=found
    )
    to_sign = Counter(erasures.exclude(asked_by_id=UUID(person)).values_list("practice_id", flat=True))
    return [
        {
            "practice": str(one.practice_id),
            "name": one.practice.name,
            "roles": one.roles,
            "confirmed": one.confirmed_at is not None,
            "on_duty": one.on_duty_since is not None,
            "needs_generation": one.practice.needs_generation,
            "is_asked_for": one.practice_id in asked_for,
            # What another member has signed to erase waits for a second signature.
            "erasures_to_sign": to_sign[one.practice_id],
        }
        for one in found
    ]


def managers_of(practice: str | UUID) -> list[str]:
    return members_as(practice, "manager")


def members_as(practice: str | UUID, *roles: str) -> list[str]:
    """Who has one of the roles in a practice now."""
    found = current_memberships(practice).filter(roles__overlap=list(roles))
    return [str(one) for one in found.values_list("account_id", flat=True)]


def language_of(person: str) -> str:
    """The language a person is written to in; French for who is not known."""
    return Account.objects.filter(id=person).values_list("language", flat=True).first() or "fr"


def _practice_of(professional: Professional) -> dict[str, Any]:
    memberships = [one for one in professional.account.memberships.all() if one.confirmed_at]
    memberships.sort(key=lambda one: (one.ended_at is None, one.joined_at))
    last = memberships[-1] if memberships else None
    return {
        "practice": last.practice.name if last else None,
        "practice_id": str(last.practice_id) if last else None,
        "roles": last.roles if last else [],
    }
