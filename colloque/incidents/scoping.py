"""Whose data, from the officer's pages: what is asked is kept, and answered by the worker (answering.py)."""

import json
import zlib
from datetime import timedelta
from typing import Any

from django.db import transaction

from colloque.incidents import supposing
from colloque.incidents.models import DONE, WAITING, Finding, Incident, Officer, ScopeRun
from colloque.incidents.supposing import Supposed
from colloque.kernel.clock import now
from colloque.kernel.errors import NotFound
from colloque.kernel.jobs import defer
from colloque.scope import answer

JOB = "incidents.scope"
LATE = timedelta(minutes=10)  # past it, a run that waits has been lost with its worker


def ask(
    supposed: Supposed, officer: Officer, *, finding: Finding | None = None, incident: Incident | None = None
) -> ScopeRun:
    """Keep the hypothesis, and have the worker answer it. The latest answer is what it will be set against."""
    previous = ScopeRun.objects.filter(state=DONE).order_by("-at").first()
    with transaction.atomic():
        run = ScopeRun.objects.create(
            by=officer.account, asked=supposed.to_json(), hypothesis=supposed.text, previous=previous,
            incident=incident or (finding.incident if finding else None),
        )  # fmt: skip
        defer(JOB, run=str(run.id))
    return run


def get_run(run_id: str) -> ScopeRun:
    found = ScopeRun.objects.filter(id=run_id).first()
    if found is None:
        raise NotFound("scope")
    return found


def document_of(run: ScopeRun) -> dict[str, Any]:
    if run.document is None:
        raise NotFound("answer")
    return dict(json.loads(zlib.decompress(bytes(run.document))))


def hash_if_signed(document: dict[str, Any]) -> str:
    """What the same answer's hash is where each line's signature was checked too, and holds: nothing else differs."""
    return answer.digest({**document, "ledger": {**document["ledger"], "signatures": "checked"}})


def is_lost(run: ScopeRun) -> bool:
    return run.state == WAITING and now() - run.at > LATE


def suppose_for(finding: Finding) -> dict[str, str]:
    begin = finding.first_at - timedelta(hours=1)
    return supposing.for_finding(finding.person, finding.device, begin, now())
