"""A case: its timeline, evidence, decisions and tasks. Rows are added and never changed; a task is done once."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from colloque.incidents.errors import NeedsReason
from colloque.incidents.models import Decision, Event, Evidence, Incident, Officer, Task
from colloque.kernel.clock import now
from colloque.kernel.errors import Conflict, Malformed, NotFound


def get_incident(incident_id: str | UUID) -> Incident:
    found = Incident.objects.filter(id=incident_id).first()
    if found is None:
        raise NotFound("incident")
    return found


def add_event(
    incident: Incident, officer: Officer, *, at: str, zone: str, source: str, text: str, in_summary: bool
) -> None:
    """Add to the timeline; `at` is a local time of `zone`, as a form writes it."""
    Event.objects.create(
        incident=_open(incident), by=officer.account, at=_local(at, zone), zone=zone,
        source=_words(source, 80), text=_words(text, 1000), in_summary=in_summary,
    )  # fmt: skip


def add_evidence(
    incident: Incident, officer: Officer, *, label: str, kept: str, chunks: Iterable[bytes]
) -> Evidence:
    """Write down a file's SHA-256 and where it is kept; the file itself is read once and not stored."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    if not size:
        raise NeedsReason
    return Evidence.objects.create(
        incident=_open(incident), by=officer.account, label=_words(label, 160), kept=kept.strip()[:160],
        sha256=digest.hexdigest(), size=size,
    )  # fmt: skip


def decide(incident: Incident, officer: Officer, text: str) -> None:
    Decision.objects.create(incident=_open(incident), by=officer.account, text=_words(text, 1000))


def add_task(incident: Incident, officer: Officer, text: str, hours: str) -> None:
    if not (hours.isascii() and hours.isdigit() and 0 < int(hours) <= 24 * 60):
        raise Malformed("hours")
    due = now() + timedelta(hours=int(hours))
    Task.objects.create(incident=_open(incident), by=officer.account, text=_words(text, 400), due_at=due)


def finish_task(incident: Incident, officer: Officer, task_id: str) -> None:
    if not task_id.isdigit() or not incident.tasks.filter(id=task_id).exists():
        raise NotFound("task")
    incident.tasks.filter(id=task_id, done_at=None).update(done_by=officer.account, done_at=now())


def close(incident: Incident, officer: Officer) -> None:
    decide(incident, officer, "closed")
    Incident.objects.filter(id=incident.id).update(closed_at=now())


def _open(incident: Incident) -> Incident:
    if incident.closed_at:
        raise Conflict("closed")
    return incident


def _words(text: str, most: int) -> str:
    words = text.strip()
    if len(words) < 3:
        raise NeedsReason
    return words[:most]


def _local(text: str, zone: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise Malformed("time") from error
