"""Write down that someone was heard on a consultation's socket."""

from datetime import datetime

from django.db import transaction

from colloque.consultations.models import Seen
from colloque.consultations.presence import Seen as SeenAt
from colloque.consultations.state import Role
from colloque.kernel.clock import now


def hear(consultation: str, role: Role) -> datetime:
    """Remember a ping. Two tabs may ping at once: the row is one, and only moves forward."""
    at = now()
    with transaction.atomic():
        row = Seen.objects.select_for_update().filter(consultation__id=consultation, role=role).first()
        if row is None:
            Seen.objects.bulk_create(
                [Seen(consultation_id=consultation, role=role, here_since=at, seen_at=at)],
                ignore_conflicts=True,
            )
        else:
            seen = SeenAt(row.here_since, row.seen_at).again(at)
            Seen.objects.filter(pk=row.pk).update(here_since=seen.here_since, seen_at=seen.seen_at)
    return at
