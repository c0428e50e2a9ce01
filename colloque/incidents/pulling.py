"""Levers, and what pulling each costs in care now. To pull needs one officer and their session alone."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime

from colloque.accounts.models import Account, Device
from colloque.accounts.queries import current_memberships
from colloque.accounts.vault_door import vault
from colloque.consultations.models import Consultation
from colloque.incidents.levers import LEVERS, CareNow, Preview, preview
from colloque.incidents.models import Event, Finding, Incident, Pull
from colloque.kernel.clock import now
from colloque.kernel.errors import NotFound
from colloque.vault.ladder import OF_PLATFORM


def preview_of(lever: str, target: str | UUID) -> Preview:
    if lever not in LEVERS:
        raise NotFound("lever")
    return preview(lever, care_now(lever, target))


def care_now(lever: str, target: str | UUID) -> CareNow:
    """Count what is under way: of the person behind a device or an account, of the practice, or everywhere."""
    if lever in ("device", "person"):
        person = Device.objects.filter(id=target).values_list("account_id", flat=True).first() or target
        whose, practitioners = (
            Q(practitioner_id=person) | Q(wished_id=person, state__in=("waiting", "booked")),
            1,
        )
    else:
        whose = Q() if lever in OF_PLATFORM else Q(practice_id=target)
        where = None if lever in OF_PLATFORM else target
        practitioners = (
            current_memberships(where)
            .filter(roles__contains=["practitioner"])
            .values("account")
            .distinct()
            .count()
        )
    # The day is the practices' own: at one in the morning it is not yesterday any more.
    midnight = localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    day = (midnight, midnight + timedelta(days=1))
    of_it = Consultation.objects.filter(whose)
    return CareNow(
        practitioners=practitioners,
        calls=of_it.filter(state="taken").count(),
        waiting=of_it.filter(state="waiting").count(),
        booked=of_it.filter(state="booked", starts_at__range=day).count(),
        today=of_it.filter(
            Q(requested_at__gte=midnight)
            | Q(taken_at__gte=midnight)
            | Q(state="booked", starts_at__range=day)
        ).count(),
    )


def pull(
    lever: str,
    target: str,
    *,
    by: Account | None,
    finding: Finding | None = None,
    incident: Incident | None = None,
) -> Pull:
    """Freeze, and write down who did. Pulled already, it stays the pull that it was. Raises what the vault refuses."""
    if lever not in LEVERS:
        raise NotFound("lever")
    with transaction.atomic():
        pulled, is_new = Pull.objects.get_or_create(
            lever=lever, target=target, undone_at=None,
            defaults={
                "by": by, "finding": finding, "at": now(),
                "incident": incident or (finding.incident if finding else None),
            },
        )  # fmt: skip
        if is_new:
            # Inside: a freeze that the vault did not take must not be shown as pulled. The other way round, a crash
            # leaves a freeze without its row: the ledger has the line, and pulling again makes the row.
            vault().freeze(lever, target)
            if by:
                tell(pulled, by, "pulled")
    return pulled


def tell(pulled: Pull, account: Account, what: str) -> None:
    """Put it on the timeline of the case it belongs to, if there is one."""
    if pulled.incident is None:
        return
    Event.objects.create(
        incident=pulled.incident, at=now(), source="levers", by=account,
        text=f"{what}: {pulled.lever} {pulled.target}", in_summary=True,
    )  # fmt: skip
