"""For the officer's pages and exports. Professionals by name, everything else by its id: no patient is named."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, F, Max, Sum
from django.utils.translation import gettext as _

from colloque.accounts.models import Practice
from colloque.accounts.queries import names_of
from colloque.accounts.vault_door import vault
from colloque.detection.drift import RULE as DRIFT
from colloque.detection.score import RULE as SCORE
from colloque.detection.told import OWN_RULES, description_of
from colloque.incidents.exports import Case, Happened, Proof, ToDo
from colloque.incidents.levers import LEVERS
from colloque.incidents.lifting import asked_of
from colloque.incidents.models import (
    CONFIRMED,
    DISMISSED,
    IN_CASE,
    OPEN,
    Canary,
    Finding,
    Incident,
    Officer,
    Pull,
    Tail,
)
from colloque.incidents.pulling import preview_of
from colloque.kernel.clock import now, to_wire
from colloque.kernel.errors import sentence
from colloque.kernel.ids import is_id
from colloque.vault.client import VaultError
from colloque.vault.ladder import OF_PLATFORM, PLATFORM
from colloque.vault.statements import LASTS

SHOWN, PAGE = 5, 50
OWN_DESCRIPTIONS = {
    DRIFT: sentence(
        "Comparé aux quatre semaines d’avant, et pour autant de consultations. Rien n’est gelé : appelez, "
        "et regardez ce que ces comptes ont en commun."
    ),
    SCORE: sentence(
        "Cette journée diffère de celles d’avant et de celles des collègues, pour les raisons dites ici. Rien n’est gelé : "
        "appelez la personne sur un numéro que vous connaissez."
    ),
}
STATES = (OPEN, CONFIRMED, IN_CASE, DISMISSED)
PLATFORM_LEVERS = tuple(lever for lever in LEVERS if lever in OF_PLATFORM)


def overview() -> dict[str, Any]:
    """Three numbers, findings by rule, levers that are pulled, cases, and whether the ledger is being read."""
    tail = Tail.objects.filter(id=1).first()
    open_ = Finding.objects.filter(state=OPEN)
    return {
        "open": open_.count(),
        "pulled": Pull.objects.filter(undone_at=None).count(),
        "cases": Incident.objects.filter(closed_at=None).count(),
        "families": [_family(one) for one in _families()],
        "pulls": [describe_pull(one) for one in Pull.objects.filter(undone_at=None).order_by("-at")[:50]],
        "confirmed": [
            describe(one) for one in Finding.objects.filter(state=CONFIRMED).order_by("-last_at")[:SHOWN]
        ],
        "confirmed_more": max(0, Finding.objects.filter(state=CONFIRMED).count() - SHOWN),
        "incidents": Incident.objects.order_by(F("closed_at").desc(nulls_first=True), "-opened_at")[:20],
        "levels": levels_told(),
        "tail": tail,
        "witnessed": _witnessed(),
        "is_late": tail is None or tail.swept_at is None or (now() - tail.swept_at).total_seconds() > 60,
    }


def _witnessed() -> str:
    """In a word, what the vault tells of the ledger's witnesses: another history comes before one that is away."""
    try:
        told = vault().witnesses()
    except VaultError:
        return "unknown"
    if any(one["says"] in ("lines-gone", "two-histories") for one in told["witnesses"]):
        return "other-history"
    return "ok" if told["ok"] else "behind"


def _families() -> Iterable[dict[str, Any]]:
    order = {"critical": 0, "high": 1, "medium": 2, "low": 3}
    found: Iterable[Any] = (
        Finding.objects.filter(state=OPEN)
        .values("rule", "title", "level")
        .annotate(count=Count("id"), hits=Sum("hits"), last=Max("last_at"))
    )
    return sorted(found, key=lambda one: (order.get(one["level"], 4), -one["last"].timestamp()))


def _family(told: dict[str, Any]) -> dict[str, Any]:
    shown = Finding.objects.filter(state=OPEN, rule=told["rule"]).order_by("-last_at")[:SHOWN]
    return {**told, "shown": [describe(one) for one in shown], "more": max(0, told["count"] - SHOWN)}


def findings_listed(asked: Mapping[str, str]) -> dict[str, Any]:
    """All of one rule, or all that was decided and why, page by page: nothing that was noticed is out of reach."""
    state, rule = asked.get("state", OPEN), asked.get("rule", "")[:80]
    if state not in STATES:
        state = OPEN
    found = Finding.objects.filter(state=state).order_by("-last_at", "id")
    if rule:
        found = found.filter(rule=rule)
    page = Paginator(found, PAGE).get_page(asked.get("page"))
    newest = found.first()
    return {
        "state": state, "states": STATES, "rule": rule, "page": page, "names": officer_names(),
        "rows": [describe(one) for one in page], "family": newest.title if rule and newest else "",
        "upto": to_wire(newest.last_at) if newest else "",
    }  # fmt: skip


def describe(finding: Finding) -> dict[str, Any]:
    return {
        "finding": finding,
        "who": name_of(finding.person) or _grouped_by(finding.group),
        "pulls": list(finding.pulls.filter(undone_at=None)),
    }


def _grouped_by(group: str) -> str:
    """What a rule groups by, where it is no professional: "appareil 1f0c2a9b"."""
    told = {
        "device": _("appareil"),
        "network": _("réseau"),
        "practice": _("cabinet"),
        "actor": _("compte"),
        "person": _("compte"),
        "record": _("dossier"),
    }

    def part(one: str) -> str:
        name, is_pair, value = one.partition("=")
        if not is_pair:
            return one
        return f"{told.get(name.rpartition('.')[2], name)} {value[:8] if is_id(value) else value}"

    return ", ".join(part(one) for one in group.split("|"))


def about(rule: str) -> str:
    """What a rule has noticed, in the words that whoever wrote it chose."""
    own = [Path(settings.COLLOQUE_RULES)] if settings.COLLOQUE_RULES else []
    return OWN_DESCRIPTIONS.get(rule, "") or description_of(rule, [OWN_RULES, *own])


def name_of(person: str) -> str:
    names = names_of([person]) if person else []
    if names:
        return f"{names[0]['given']} {names[0]['family']}"
    bait = Canary.objects.filter(account_id=person).first() if person else None
    return f"{_('leurre')} {person[:8]}, {bait.label}" if bait else person[:8]


def levers_for(finding: Finding) -> list[dict[str, Any]]:
    """What could be pulled here, the smallest first, each with what it costs.

    Of what the web tells of others the line names the web's own device: to freeze that is to stop everyone.
    """
    web = vault().principal
    own = {web.person, web.device} if web else set()
    targets = {
        "device": "" if finding.device in own else finding.device,
        "person": "" if finding.person in own else finding.person,
        "history": finding.practice,
        "practice": finding.practice,
    }
    return levers({lever: target for lever, target in targets.items() if target})


def levers_of_practice(practice: str | UUID) -> list[dict[str, Any]]:
    return levers({"history": str(practice), "practice": str(practice)})


def levers(targets: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "lever": lever,
            "target": target,
            "preview": preview_of(lever, target),
            "pull": Pull.objects.filter(lever=lever, target=target, undone_at=None).first(),
        }
        for lever, target in targets.items()
        if lever in LEVERS
    ]


def platform_levers() -> list[dict[str, Any]]:
    return levers(dict.fromkeys(PLATFORM_LEVERS, PLATFORM))


def lifting(pulled: Pull, officer: Officer) -> dict[str, Any]:
    """Everything the second officer is to know before they agree, and what the browser is to sign."""
    asked = asked_of(pulled)
    return {
        **describe_pull(pulled),
        "preview": preview_of(pulled.lever, pulled.target),
        "by": officer_name(pulled.by_id),
        "asked": asked,
        "asked_by": officer_name(pulled.undo_asked_by_id),
        "is_own": pulled.undo_asked_by_id == officer.account_id,
        "signs": {
            "undo": f"/officer/pulls/{pulled.id}/undo",
            "scope": pulled.lever,
            "target": "" if pulled.lever in OF_PLATFORM else str(pulled.target),
            "hours": int(LASTS.total_seconds()) // 3600,
            "statement": pulled.undo_statement if asked else None,
        },
    }


def officer_names() -> dict[UUID, str]:
    """An officer has no public name: their office and the first signs of their id tell two of them apart."""
    offices = {"security": _("sécurité"), "dpo": _("protection des données")}
    told = Officer.objects.values_list("account_id", "office")
    return {account: f"{offices.get(office, office)} {str(account)[:8]}" for account, office in told}


def officer_name(account: UUID | None) -> str:
    return _("une règle") if account is None else officer_names().get(account, str(account)[:8])


def describe_pull(pulled: Pull) -> dict[str, Any]:
    target = str(pulled.target)
    if pulled.lever in OF_PLATFORM:
        name = _("toute la plateforme")
    elif pulled.lever in ("practice", "history"):
        name = Practice.objects.filter(id=target).values_list("name", flat=True).first() or target[:8]
    else:
        name = name_of(target) if pulled.lever == "person" else target[:8]
    return {"pull": pulled, "name": name, "what": levers_told()[pulled.lever]}


def levers_told() -> dict[str, str]:
    return {
        "device": _("Appareil"),
        "person": _("Compte"),
        "history": _("Historique"),
        "practice": _("Cabinet"),
        "read-only": _("Comptes et droits"),
        "consult-only": _("Historique"),
        "off": _("Tout"),
    }


def levels_told() -> list[tuple[str, str]]:
    """What an officer who opens a case by hand may call it, the usual first."""
    return [("high", _("grave")), ("critical", _("critique")), ("medium", _("moyen")), ("low", _("faible"))]


def officers() -> Iterator[Officer]:
    yield from Officer.objects.filter(ended_at=None).order_by("since")


def case_of(incident: Incident) -> Case:
    """A case as values, for the exports."""
    names = officer_names()
    return Case(
        id=str(incident.id),
        title=incident.title,
        level=incident.level,
        opened_at=incident.opened_at,
        closed_at=incident.closed_at,
        events=[
            Happened(e.at, e.source, e.text, e.in_summary, e.zone, names[e.by_id])
            for e in incident.events.order_by("at")
        ],
        evidence=[
            Proof(e.label, e.sha256, e.size, e.added_at, e.kept, names[e.by_id])
            for e in incident.evidence.order_by("added_at")
        ],
        decisions=[Happened(d.at, "", d.text, by=names[d.by_id]) for d in incident.decisions.order_by("at")],
        tasks=[
            ToDo(t.text, t.due_at, t.done_at, names[t.by_id], names[t.done_by_id] if t.done_by_id else "")
            for t in incident.tasks.order_by("due_at")
        ],
        rules=list(incident.findings.values_list("rule", flat=True)),
        frozen=[(p.lever, str(p.target), p.at) for p in incident.pulls.order_by("at")],
    )


def findings_told() -> Iterator[dict[str, Any]]:
    for one in Finding.objects.order_by("first_at").iterator():
        yield {
            "id": str(one.id), "title": one.title, "rule": one.rule, "level": one.level, "state": one.state,
            "hits": one.hits, "first_at": one.first_at, "last_at": one.last_at, "lines": one.lines,
        }  # fmt: skip
