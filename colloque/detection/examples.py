"""A rule's own examples, beside it: lines on which it must fire, and lines on which it must not.

An entry is a line; `repeat: n, every: seconds` makes n of it with `{n}` counted up, `at` says when it begins.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from colloque.detection.engine import Engine
from colloque.detection.errors import BadRule
from colloque.detection.facts import Facts
from colloque.detection.rule import Hit, Rule
from colloque.kernel.clock import from_wire, to_wire
from colloque.ledger.finding import Finding
from colloque.ledger.line import KINDS
from colloque.ledger.pseudonym import NAMES_FILE, put_back
from colloque.ledger.verify import read_names

BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Tried:
    """What came of a rule on its examples: `wrong` is a sentence, empty when both are as they must be."""

    hits: list[Hit]
    lines: int
    wrong: str = ""


def try_rule(rule: Rule, path: Path) -> Tried:
    """Run a rule on the examples beside its file."""
    beside = path.with_name(f"{path.stem}.examples.yml")
    if not beside.exists():
        raise BadRule(
            beside, "the rule has no examples beside it. Write `fires:` and `silent:`, or use --lines."
        )
    told = yaml.safe_load(beside.read_text(encoding="utf-8"))
    if not isinstance(told, dict) or not told.get("fires") or not told.get("silent"):
        raise BadRule(beside, "examples need both `fires:` and `silent:`, each a list of lines.")
    canaries = set(told.get("canaries", []))
    firing, silent = (list(_expand(told[name], beside)) for name in ("fires", "silent"))
    hits = run_rule(rule, firing, canaries)
    wrong = "" if hits else "it does not fire on the lines of `fires:`"
    if not wrong and run_rule(rule, silent, canaries):
        wrong = "it fires on the lines of `silent:`"
    return Tried(hits, len(firing) + len(silent), wrong)


def run_rule(rule: Rule, lines: list[dict[str, Any]], canaries: set[str] | None = None) -> list[Hit]:
    return list(Engine([rule], Facts(canaries=canaries or set())).run(lines))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read lines of an export (`lines.jsonl`), names of practices put back where the export has them; raise BadRule with
    the number of the line that is none."""
    try:
        lines, names = [], read_names(path.parent).values
    except Finding as error:
        raise BadRule(str(path.with_name(NAMES_FILE)), f"{error}.") from error
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            line = json.loads(text)
            from_wire(line["time"])
        except (ValueError, KeyError, TypeError) as error:
            raise BadRule(
                f"{path}, line {number}", "not a line of the ledger: it has no time of its form."
            ) from error
        lines.append(put_back(line, names))
    return lines


def _expand(entries: list[Any], place: Path) -> Iterator[dict[str, Any]]:
    at, seq = BEGIN, 0
    for entry in entries:
        if not isinstance(entry, Mapping) or entry.get("kind") not in KINDS:
            raise BadRule(place, f"an example has no kind that the ledger knows: {entry}.")
        line = dict(entry)
        repeat, every = int(line.pop("repeat", 1)), int(line.pop("every", 1))
        at = from_wire(line.pop("at")) if "at" in line else at
        seq = int(line.pop("seq", seq))
        for n in range(repeat):
            filled = {k: v.replace("{n}", str(n)) if isinstance(v, str) else v for k, v in line.items()}
            yield {**filled, "seq": seq, "time": to_wire(at)}
            at, seq = at + timedelta(seconds=every), seq + 1
