"""Lines for the ledger, through an outbox: written with the fact, told to the vault soon after, at least
once."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from colloque.accounts.vault_door import vault
from colloque.kernel.clock import now
from colloque.kernel.jobs import defer
from colloque.records.asking import Asker
from colloque.records.models import Line

BATCH = 500
FLUSH_JOB = "records.flush_lines"


def leave_line(kind: str, asker: Asker, **fields: Any) -> None:
    """Write a line down in the caller's transaction; the worker tells the vault as soon as this is
    committed."""
    body = {
        "kind": kind,
        "actor": asker.person,
        "device": asker.device,
        "session": asker.session,
        "network": asker.network,
        **fields,
    }
    Line.objects.create(body={name: value for name, value in body.items() if value not in (None, "")})
    # One waiting job is enough for any number of lines: it takes all there are when it starts.
    defer(FLUSH_JOB, once=FLUSH_JOB)


def flush_lines() -> int:
    """Tell the vault what is waiting; return how many lines. Raises what the vault refuses, and keeps the
    lines then.

    A crash after the vault has written them and before this commits tells them again: it knows them by their
    ids.
    """
    told = 0
    while True:
        with transaction.atomic():
            lines = list(Line.objects.select_for_update(skip_locked=True).order_by("created_at")[:BATCH])
            if not lines:
                return told
            vault().item_lines([{"id": str(line.id), **line.body} for line in lines])
            Line.objects.filter(id__in=[line.id for line in lines]).delete()
        told += len(lines)


def oldest_age() -> timedelta | None:
    """Tell how long the oldest line has been waiting; None when none waits."""
    oldest = Line.objects.order_by("created_at").first()
    return None if oldest is None else now() - oldest.created_at
