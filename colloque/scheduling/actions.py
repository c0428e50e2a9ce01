"""Coming on duty and leaving it."""

from django.db import transaction

from colloque.accounts.access import get_membership
from colloque.accounts.models import Membership
from colloque.consultations.announce import queue_group_of
from colloque.kernel.clock import now
from colloque.records.news import tell


def set_duty(person: str, practice: str, *, is_on: bool) -> Membership:
    """Put a practitioner on duty in a practice, or off; said twice, it stays as it was."""
    membership = get_membership(practice, person, "practitioner")
    with transaction.atomic():
        row = Membership.objects.select_for_update().get(pk=membership.pk)
        if (row.on_duty_since is not None) != is_on:
            row.on_duty_since = now() if is_on else None
            row.save(update_fields=["on_duty_since"])
            # The estimate of everyone who waits depends on who is there.
            tell(queue_group_of(practice), {"type": "queue.changed"})
        return row
