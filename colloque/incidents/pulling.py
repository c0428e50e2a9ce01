"""Levers, pulled and undone. To pull needs one officer; to undo, two, and the operator's key that no web process holds."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from colloque.accounts.models import Device
from colloque.accounts.queries import current_memberships
from colloque.accounts.vault_door import vault
from colloque.consultations.models import Consultation
from colloque.incidents.errors import NotUndone, SamePerson
from colloque.incidents.levers import LEVERS, CareNow, Preview, preview
from colloque.incidents.models import Event, Finding, Incident, Officer, Pull
from colloque.kernel.clock import now
from colloque.kernel.errors import Conflict, NotFound
from colloque.vault.client import VaultClient


def preview_of(lever: str, target: str | UUID) -> Preview:
    if lever not in LEVERS:
        raise NotFound("lever")
    return preview(lever, care_now(lever, target))


def care_now(lever: str, target: str | UUID) -> CareNow:
    """Count what is under way: of the person behind a device or an account, or of the practice."""
    if lever in ("device", "person"):
        person = Device.objects.filter(id=target).values_list("account_id", flat=True).first() or target
        whose, practitioners = Q(practitioner_id=person), 1
    else:
        whose = Q(practice_id=target)
        practitioners = current_memberships(target).filter(roles__contains=["practitioner"]).count()
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    of_it = Consultation.objects.filter(whose)
    return CareNow(
        practitioners=practitioners,
        calls=of_it.filter(state="taken").count(),
        waiting=of_it.filter(state="waiting").count(),
        today=of_it.filter(Q(requested_at__gte=midnight) | Q(taken_at__gte=midnight)).count(),
    )


def pull(
    lever: str,
    target: str,
    *,
    by: Officer | None,
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
                "by": by.account if by else None, "finding": finding, "at": now(),
                "incident": incident or (finding.incident if finding else None),
            },
        )  # fmt: skip
        if is_new:
            # Inside: a freeze that the vault did not take must not be shown as pulled. The other way round, a crash
            # leaves a freeze without its row: the ledger has the line, and pulling again makes the row.
            vault().freeze(lever, target)
            if pulled.incident and by:
                _tell(pulled, by, "pulled")
    return pulled


def ask_undo(pull_id: str, officer: Officer) -> Pull:
    """The first officer asks; another one agrees. The same one twice is refused."""
    with transaction.atomic():
        pulled = Pull.objects.select_for_update().filter(id=pull_id).first()
        if pulled is None:
            raise NotFound("pull")
        if pulled.undone_at or pulled.undo_agreed_by_id:
            raise Conflict("undone")
        if pulled.undo_asked_by_id is None:
            pulled.undo_asked_by, pulled.undo_asked_at = officer.account, now()
        elif pulled.undo_asked_by_id == officer.account_id:
            raise SamePerson
        else:
            pulled.undo_agreed_by, pulled.undo_agreed_at = officer.account, now()
        pulled.save()
        if pulled.incident:
            _tell(pulled, officer, "undo agreed" if pulled.undo_agreed_by_id else "undo asked")
    return pulled


def thaw(pull_id: str, operator: VaultClient) -> Pull:
    """Lift a freeze that two officers agreed to lift, with the operator's key. Run beside that key, never in the web."""
    with transaction.atomic():
        pulled = Pull.objects.select_for_update().filter(id=pull_id).first()
        if pulled is None:
            raise NotFound("pull")
        if pulled.undone_at:
            raise Conflict("undone")
        if not pulled.undo_agreed_by_id or pulled.undo_agreed_by_id == pulled.undo_asked_by_id:
            raise NotUndone
        operator.unfreeze(pulled.lever, str(pulled.target))
        pulled.undone_at = now()
        pulled.save()
    return pulled


def _tell(pulled: Pull, officer: Officer, what: str) -> None:
    assert pulled.incident is not None
    Event.objects.create(
        incident=pulled.incident, at=now(), source="levers", by=officer.account,
        text=f"{what}: {pulled.lever} {pulled.target}", in_summary=True,
    )  # fmt: skip
