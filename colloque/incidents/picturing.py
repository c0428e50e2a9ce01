"""An answer as an officer reads it: three numbers, a picture of what, a picture of when, and who. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from colloque.kernel.clock import from_wire
from colloque.scope import telling
from colloque.scope.answer import named

SHOWN = 40  # persons on the page; the files have all
BARS = 24
COMPARTMENTS = {
    "fr": {"contact": "adresse", "identity": "identité", "nir": "numéro de sécurité sociale",
           "background": "antécédents", "request": "motif et questionnaire", "exchange": "messages",
           "documents": "documents", "care": "note et ordonnances"},
    "en": {"contact": "address", "identity": "identity", "nir": "social-security number",
           "background": "history", "request": "reason and questionnaire", "exchange": "messages",
           "documents": "documents", "care": "note and prescriptions"},
}  # fmt: skip


@dataclass(frozen=True)
class What:
    """One compartment: of how many persons, and how wide its bars are, in percent of the widest."""

    name: str
    consulted: int
    reachable: int
    wide: int
    wider: int


@dataclass(frozen=True)
class When:
    """One stretch of time: how many persons were first reached in it, and how high its bar is, of 40."""

    at: datetime
    persons: int
    left: int
    top: int
    high: int


@dataclass(frozen=True)
class Who:
    person: str
    parts: list[tuple[str, str, str]]  # compartment, status, why
    first: datetime | None
    last: datetime | None
    lines: list[int]


def picture(document: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Everything that the page shows of an answer."""
    persons = document["counts"]["persons"]
    who = sorted((_who(p, document["persons"][p], lang) for p in named(document)), key=_newest)
    return {
        "consulted": persons["consulted"], "reachable": persons["reachable"], "untouched": persons["untouched"],
        "sealed": persons["sealed"], "what": _what(document, lang), "when": _when(who), "who": who[:SHOWN],
        "more": max(0, len(who) - SHOWN), "doubt": document["doubt"]["persons"], "ledger": document["ledger"],
        "readable": document["readable"], "hash": document["hash"],
    }  # fmt: skip


def _who(person: str, parts: Mapping[str, Mapping[str, Any]], lang: str) -> Who:
    shown = {n: t for n, t in parts.items() if t["status"] in ("consulted", "reachable")}
    times = [(t["first"], t["last"]) for t in shown.values() if "first" in t]
    words, rules = COMPARTMENTS[lang], telling.STATUSES[lang]
    return Who(
        person,
        [(words.get(n, n), rules[t["status"]], ", ".join(telling.rule(why, lang) for why in t["why"]))
         for n, t in sorted(shown.items())],
        from_wire(min(first for first, _ in times)) if times else None,
        from_wire(max(last for _, last in times)) if times else None,
        sorted({seq for told in shown.values() for seq in told["lines"]}),
    )  # fmt: skip


def _newest(who: Who) -> tuple[bool, float, str]:
    return who.first is None, who.first.timestamp() if who.first else 0.0, who.person


def _what(document: Mapping[str, Any], lang: str) -> list[What]:
    counts: Counter[tuple[str, str]] = Counter()
    for parts in document["persons"].values():
        counts.update((name, told["status"]) for name, told in parts.items())
    most = max((counts[n, "consulted"] + counts[n, "reachable"] for n in COMPARTMENTS[lang]), default=0) or 1
    return [
        What(word, counts[name, "consulted"], counts[name, "reachable"], 100 * counts[name, "consulted"] // most,
             100 * (counts[name, "consulted"] + counts[name, "reachable"]) // most)
        for name, word in COMPARTMENTS[lang].items()
    ]  # fmt: skip


def _when(who: list[Who]) -> list[When]:
    """Persons by when they were first reached, in equal stretches from the first to the last."""
    times = [one.first for one in who if one.first]
    if not times:
        return []
    begin, end = min(times), max(times)
    step = max((end - begin) / BARS, (end - begin).resolution)
    counts = Counter(min(BARS - 1, int((at - begin) / step)) for at in times)
    most = max(counts.values())
    high = {n: max(2, 40 * counts[n] // most) if counts[n] else 0 for n in range(BARS)}
    return [When(begin + n * step, counts[n], n * 10, 40 - high[n], high[n]) for n in range(BARS)]
