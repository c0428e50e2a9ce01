"""Answers: rows folded from claims, what is counted, the document that is kept, its hash, and the difference. Pure."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

import orjson

from colloque.scope.errors import BadComparison
from colloque.scope.head import Head
from colloque.scope.hypothesis import Hypothesis
from colloque.scope.status import STATUS, UNTOUCHED

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Row:
    """What was reached of one compartment of one person."""

    person: str
    compartment: str
    status: int
    why: tuple[str, ...]  # the rules that give this status
    sure: bool
    first: int | None  # over all its lines, those of weaker claims too
    last: int | None
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Doubt:
    """Who is not named, and can't be ruled out: by clocks that disagree, or because the ledger ends too early."""

    clocks: tuple[str, ...] = ()
    after_the_end: tuple[str, ...] = ()
    uncovered_seconds: int = 0

    @property
    def persons(self) -> int:
        return len({*self.clocks, *self.after_the_end})


@dataclass(frozen=True)
class Counts:
    persons: Mapping[str, int]
    compartments: Mapping[str, int]


@dataclass(frozen=True)
class Answer:
    rows: Sequence[Row]
    document: Mapping[str, Any] = field(repr=False)


def rows_of(found: Mapping[str, Sequence[Any]]) -> list[Row]:
    """Rows from the columns that an engine gave, in an order of ours: what is listed in them comes in any."""
    columns = [found[column.name] for column in fields(Row)] if found else []
    rows = [
        Row(person, part, status, tuple(sorted(why)), sure, first, last, tuple(sorted(set(lines or ()))))
        for person, part, status, why, sure, first, last, lines in zip(*columns, strict=True)
    ]
    return sorted(rows, key=attrgetter("person", "compartment"))


def count(rows: Sequence[Row], other_persons: Mapping[int, int], other_parts: Mapping[int, int]) -> Counts:
    best: dict[str, int] = {}
    for row in rows:
        best[row.person] = max(best.get(row.person, UNTOUCHED), row.status)
    return Counts(_tally(best.values(), other_persons), _tally((row.status for row in rows), other_parts))


def _tally(statuses: Iterable[int], others: Mapping[int, int]) -> dict[str, int]:
    counted = Counter(statuses) + Counter(others)
    return {word: counted.get(status, 0) for status, word in STATUS.items()}


def make(
    head: Head,
    hypothesis: Hypothesis,
    rows: Sequence[Row],
    *,
    counts: Counts,
    readable: Sequence[Mapping[str, Any]],
    doubt: Doubt,
) -> Answer:
    """Write the document. Who is sealed in a copy, or untouched, is counted; everyone else is named, with lines."""
    persons: dict[str, dict[str, Any]] = {}
    for row in rows:
        persons.setdefault(row.person, {})[row.compartment] = _compartment(row)
    document: dict[str, Any] = {
        "format": FORMAT,
        "ledger": {"origin": head.origin, "size": head.size, "root": head.root,
                   "signatures": "checked" if head.signed else "not checked", "last": wire(head.last)},
        "hypothesis": hypothesis.to_json(),
        "counts": asdict(counts),
        "readable": list(readable),
        "doubt": {"persons": doubt.persons, "clock_seconds": hypothesis.clock_seconds, "clocks": list(doubt.clocks),
                  "uncovered_seconds": doubt.uncovered_seconds, "after_the_end": list(doubt.after_the_end)},
        "persons": persons,
    }  # fmt: skip
    return Answer(rows, {**document, "hash": digest(document)})


def _compartment(row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {
        "status": STATUS[row.status], "why": list(row.why), "belief": "sure" if row.sure else "suspected",
        "lines": list(row.lines),
    }  # fmt: skip
    if row.first is not None:
        told["first"], told["last"] = wire(row.first), wire(row.last)
    return told


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document in JCS (RFC 8785), without `hash` and `difference`. Keys are ASCII, numbers whole."""
    bare = {key: value for key, value in document.items() if key not in {"hash", "difference"}}
    return hashlib.sha256(orjson.dumps(bare, option=orjson.OPT_SORT_KEYS)).hexdigest()


def wire(millis: int | None) -> str:
    """A line's time as lines write it; quicker than `to_wire`, for a wide answer has hundreds of thousands."""
    if millis is None:
        return ""
    hour, rest = divmod(millis, 3_600_000)
    return f"{_hour(hour)}{rest // 60_000:02}:{rest // 1000 % 60:02}.{rest % 1000:03}Z"


@lru_cache(maxsize=10_000)
def _hour(since: int) -> str:
    return datetime.fromtimestamp(since * 3600, UTC).isoformat()[:14]


# Against an earlier answer


@dataclass(frozen=True)
class Difference:
    more: tuple[str, ...]  # persons named now and not before
    fewer: tuple[str, ...]
    risen: tuple[str, ...]  # named before, and now with a stronger status or another compartment
    because: tuple[tuple[str, int], ...]  # rules that name the new ones, most persons first


def named(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Persons consulted or reachable, with the status of each such compartment."""
    found = {
        person: {
            name: told["status"]
            for name, told in parts.items()
            if told["status"] in {"consulted", "reachable"}
        }
        for person, parts in document["persons"].items()
    }
    return {person: parts for person, parts in found.items() if parts}


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    before, after = named(old), named(new)
    more = sorted(after.keys() - before.keys())
    rules: Counter[str] = Counter()
    for person in more:
        parts = new["persons"][person]
        rules.update({why for name in after[person] for why in parts[name]["why"]})
    risen = sorted(p for p in after.keys() & before.keys() if _has_risen(before[p], after[p]))
    fewer = sorted(before.keys() - after.keys())
    because = sorted(rules.items(), key=lambda one: (-one[1], one[0]))
    return Difference(tuple(more), tuple(fewer), tuple(risen), tuple(because))


def _has_risen(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    ranks = {word: status for status, word in STATUS.items()}
    return any(ranks[status] > ranks.get(before.get(name, "untouched"), 0) for name, status in after.items())


def read_old(text: str, place: str) -> dict[str, Any]:
    """Read an earlier answer; raise BadComparison unless it is one, and is as it was written."""
    try:
        document = json.loads(text)
        whole = document["format"] == FORMAT and document["hash"] == digest(document)
        int(document["ledger"]["size"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadComparison(
            f"{place} : ce n’est pas une réponse de `colloque scope --json`.",
            f"{place}: this is not an answer of `colloque scope --json`.",
        ) from error
    if not whole:
        raise BadComparison(
            f"{place} : son empreinte n’est pas celle de son contenu ; il a été modifié.",
            f"{place}: its hash is not that of its content; it was changed.",
        )
    return dict(document)


def check_same_ledger(old: Mapping[str, Any], head: Head, roots: Mapping[int, str], place: str) -> None:
    """Refuse to compare answers of two ledgers, or of two histories of one."""
    was = old["ledger"]
    if was["origin"] != head.origin or roots.get(was["size"], was["root"]) != was["root"]:
        raise BadComparison(
            f"{place} : cette réponse vient d’un autre registre, ou d’une autre histoire du même.",
            f"{place}: this answer is of another ledger, or of another history of the same.",
        )
    if was["size"] not in roots:
        raise BadComparison(
            f"{place} : rien ne montre que ses {was['size']} lignes sont le début de ce registre. Donnez à --ledger "
            "l’export lui-même, plus récent que cette réponse.",
            f"{place}: nothing shows that its {was['size']} lines are the beginning of this ledger. Give --ledger the "
            "export itself, newer than this answer.",
        )
