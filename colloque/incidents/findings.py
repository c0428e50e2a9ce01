"""Hits become findings: grouped, counted, decided upon. A flood stays a handful of rows."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from colloque.accounts.vault_door import vault
from colloque.detection.drift import RULE as DRIFT
from colloque.detection.rule import Hit
from colloque.detection.score import RULE as SCORE
from colloque.incidents import pulling
from colloque.incidents.errors import NeedsReason
from colloque.incidents.following import follow, is_followed
from colloque.incidents.models import (
    CONFIRMED,
    DISMISSED,
    IN_CASE,
    OPEN,
    Event,
    Finding,
    Incident,
    Officer,
    Pull,
    Tail,
)
from colloque.incidents.tail import Watch, keep_mark, lines_from, size
from colloque.kernel.clock import from_wire, now, to_wire
from colloque.kernel.errors import Conflict, Malformed, NotFound, sentence
from colloque.vault.errors import VaultError

MOST_OPEN = 200  # of one rule; further groups are counted in one row, and their lines are in the ledger
MOST_LINES = 100
MOST_STOPS = 50  # by rules, within an hour; past it an officer decides
REST = "…"
OWN_TITLES = {
    DRIFT: sentence("Plus de dossiers clos relus que d’ordinaire"),
    SCORE: sentence("Une journée qui ne ressemble pas aux autres"),
    "ledger-gap": sentence("Le journal a un trou ou revient en arrière"),
}
MARK_EVERY = timedelta(minutes=30)
_watch = Watch()


def sweep(watch: Watch | None = None) -> int:
    """Read what is new in the ledger, note what rules find, pull what may be pulled; return how many lines."""
    held = watch or _watch
    tail, _ = Tail.objects.get_or_create(id=1)
    first, read, mark = held.start(tail), 0, None
    engine = held.engine
    assert engine is not None
    hits: list[Hit] = []
    followed: list[dict[str, Any]] = []
    titles = {running.rule.name: running.rule.title for running in engine.running} | OWN_TITLES
    for line in lines_from(first):
        found = engine.feed(line)
        if line["seq"] >= tail.next:  # before that, windows are filled again and findings are there already
            read += 1
            hits += found
            if is_followed(line):
                followed.append(line)
            tail.next = line["seq"] + 1
        at = from_wire(line["time"])
        if mark is None or at - mark > MARK_EVERY:
            mark = at
            keep_mark(line)
    tail.swept_at = now()
    if (told := size()) < tail.next:
        # The ledger is shorter than what was read of it: it was rolled back, or this is another one.
        hits.append(_rolled_back(told, tail.next))
    with transaction.atomic():
        # Findings and the cursor together: a crash reads these lines again, and none is skipped or counted twice.
        note(hits, titles)
        for line in followed:
            follow(line)
        tail.save()
    held.next = tail.next
    return read


def note(hits: Iterable[Hit], titles: Mapping[str, str]) -> None:
    """Add hits to their findings, and stop what rules may stop by themselves."""
    by_rule: dict[str, dict[str, list[Hit]]] = {}
    for hit in hits:
        by_rule.setdefault(hit.rule, {}).setdefault(hit.key[:400], []).append(hit)
    for rule, groups in by_rule.items():
        _note_rule(rule, titles.get(rule, rule), groups)


def _note_rule(rule: str, title: str, groups: dict[str, list[Hit]]) -> None:
    open_ = {one.group: one for one in Finding.objects.filter(rule=rule, state=OPEN)}
    for group, hits in groups.items():
        # Past the limit one row counts the rest: a flood is seen as a flood, and each line is in the ledger.
        name = group if group in open_ or len(open_) < MOST_OPEN else REST
        if name not in open_:
            open_[name] = _new(rule, title, name, hits[0])
        finding = open_[name]
        finding.hits += len(hits)
        finding.last_at = from_wire(hits[-1].time)
        seqs = [seq for hit in hits for seq in hit.evidence] if len(finding.lines) < MOST_LINES else []
        finding.lines = list(dict.fromkeys([*finding.lines, *seqs]))[:MOST_LINES]
    noted = {name: one for name, one in open_.items() if name in groups or name == REST}
    for finding in noted.values():
        finding.save()
    for group, hits in groups.items():
        stop(hits[-1], noted.get(group) or noted[REST])


def _new(rule: str, title: str, group: str, hit: Hit) -> Finding:
    return Finding(
        rule=rule, title=title[:160], level=hit.level, group=group, hits=0, lines=[], first_at=from_wire(hit.time),
        why=hit.why, person=_id(hit.person), device=_id(hit.device), practice=_id(hit.practice),
    )  # fmt: skip


def stop(hit: Hit, finding: Finding) -> None:
    """Freeze what the rule says, at once; the web itself is never frozen by what it tells of others."""
    target = {"device": hit.device, "person": hit.person, "practice": hit.practice}.get(hit.stops, "")
    own = vault().principal
    if not _id(target) or _stopped_lately() >= MOST_STOPS or (own and target in (own.person, own.device)):
        return
    try:
        pulling.pull(hit.stops, target, by=None, finding=finding)
    except VaultError as error:
        # Told in the finding: an officer sees that nothing was stopped, and pulls the lever by hand.
        Finding.objects.filter(id=finding.id).update(why=f"{hit.stops}: {error.word}")


def _stopped_lately() -> int:
    """How much rules have frozen in the last hour: an alarm gone wild must not close a whole platform by itself."""
    return Pull.objects.filter(by=None, at__gt=now() - timedelta(hours=1)).count()


def get_finding(finding_id: str | UUID) -> Finding:
    found = Finding.objects.filter(id=finding_id).first()
    if found is None:
        raise NotFound("finding")
    return found


def confirm(finding_id: str, officer: Officer) -> None:
    _decide(finding_id, officer, CONFIRMED)


def dismiss(finding_id: str, officer: Officer, reason: str) -> None:
    """Put a finding away; the reason is what the next officer learns from."""
    _decide(finding_id, officer, DISMISSED, reason=_reason(reason))


def dismiss_rule(rule: str, officer: Officer, reason: str, *, upto: str) -> int:
    """Put away all that one rule has found and that was there to be seen: what came after `upto` stays; return how many."""
    why = _reason(reason)
    try:
        seen = from_wire(upto)
    except ValueError as error:
        raise Malformed("upto") from error
    return Finding.objects.filter(rule=rule, state=OPEN, last_at__lte=seen).update(
        state=DISMISSED, reason=why, decided_by=officer.account, decided_at=now()
    )


def _reason(text: str) -> str:
    if len(text.strip()) < 3:
        raise NeedsReason
    return text.strip()[:400]


def open_incident(finding_id: str, officer: Officer, incident: Incident | None = None) -> Incident:
    """Make a case of a finding, or put it into one, with its times, in one gesture; again, it is the same."""
    with transaction.atomic():
        finding = Finding.objects.select_for_update().filter(id=finding_id).first()
        if finding is None:
            raise NotFound("finding")
        if finding.incident is not None:
            return finding.incident
        if incident is None:
            incident = Incident.objects.create(
                title=finding.title, level=finding.level, opened_by=officer.account, opened_at=now()
            )
        elif incident.closed_at:
            raise Conflict("closed")
        told: dict[str, Any] = {"incident": incident, "by": officer.account, "in_summary": True}
        Event.objects.create(
            at=finding.first_at, source=f"ledger {finding.lines[:1]}", text=finding.title, **told
        )
        for pull in finding.pulls.all():
            Event.objects.create(at=pull.at, source="levers", text=f"{pull.lever} {pull.target}", **told)
        finding.pulls.update(incident=incident)
        Finding.objects.filter(id=finding.id).update(
            state=IN_CASE, incident=incident, decided_by=officer.account, decided_at=now()
        )
    return incident


def _rolled_back(now_is: int, was: int) -> Hit:
    return Hit("ledger-gap", "critical", (("size", str(now_is)),), to_wire(now()), was, 1, (now_is, was))


def _decide(finding_id: str, officer: Officer, state: str, *, reason: str = "") -> None:
    changed = Finding.objects.filter(id=finding_id, state__in=(OPEN, CONFIRMED)).update(
        state=state, reason=reason, decided_by=officer.account, decided_at=now()
    )
    if not changed:
        get_finding(finding_id)
        raise Conflict("decided")


def _id(text: str) -> str:
    return text if len(text) == 36 else ""
