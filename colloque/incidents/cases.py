"""A case: its timeline, evidence, decisions and tasks. Rows are added and never changed; a task is done once."""

import hashlib
import json
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.db.models import QuerySet

from colloque.detection.rule import LEVELS
from colloque.incidents.errors import NeedsReason
from colloque.incidents.models import Decision, Event, Evidence, Incident, Officer, ScopeRun, Task
from colloque.kernel.clock import now
from colloque.kernel.errors import Conflict, Malformed, NotFound


def get_incident(incident_id: str | UUID) -> Incident:
    found = Incident.objects.filter(id=incident_id).first()
    if found is None:
        raise NotFound("incident")
    return found


def open_by_hand(officer: Officer, title: str, level: str) -> Incident:
    """A case that no rule has noticed: a call, a letter, a lost backup."""
    if level not in LEVELS:
        raise Malformed("level")
    incident = Incident.objects.create(
        title=_words(title, 160), level=level, opened_by=officer.account, opened_at=now()
    )
    Event.objects.create(
        incident=incident, by=officer.account, at=incident.opened_at, source="officer", text=incident.title,
        in_summary=True,
    )  # fmt: skip
    return incident


def open_cases() -> QuerySet[Incident]:
    return Incident.objects.filter(closed_at=None).order_by("-opened_at")


def add_answer(incident: Incident, officer: Officer, run: ScopeRun) -> Evidence:
    """Put an answer of the scope into the case, as evidence: whoever asks again offline holds theirs against its SHA-256."""
    _open(incident)
    if run.document is None:
        raise NotFound("answer")
    data = zlib.decompress(bytes(run.document))
    sha256 = hashlib.sha256(data).hexdigest()
    if found := incident.evidence.filter(sha256=sha256).first():
        return found
    with transaction.atomic():
        ScopeRun.objects.filter(id=run.id).update(incident=incident)
        persons = json.loads(data)["counts"]["persons"]
        Event.objects.create(
            incident=incident, by=officer.account, at=run.done_at or now(), source="scope", in_summary=True,
            text=f"consulted {persons['consulted']}, reachable {persons['reachable']}, untouched {persons['untouched']}",
        )  # fmt: skip
        return Evidence.objects.create(
            incident=incident, by=officer.account, label=label_of(run), sha256=sha256, size=len(data),
            kept=f"/officer/scope/{run.id}/json",
        )  # fmt: skip


def label_of(run: ScopeRun) -> str:
    return f"scope-{str(run.id)[:8]}.json"


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
