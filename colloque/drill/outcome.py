"""What a drill came to: the attacker's own file against the scope's answer. Pure, but for reading those two files.

The truth is what the attacker wrote down. Nothing here reads the ledger to learn who was reached.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from colloque.kernel.clock import from_wire

ATTACKER, LEDGER, HYPOTHESIS = "attacker.jsonl", "ledger", "hypothesis.yaml"
SCOPE, SUMMARY, PICTURE = "scope.json", "summary.json", "picture.svg"


@dataclass(frozen=True)
class Taken:
    """One thing that the attacker read: of whom, which part, when."""

    at: datetime
    person: str
    compartment: str


@dataclass
class Story:
    """What was seen from our side while it was played."""

    scenario: str
    how: str  # "live" or "replayed"
    persons: int
    practitioners: int
    seed: int
    lines: int = 0
    signed: bool = False
    began: str = ""
    noticed: str = ""
    noticed_by: str = ""
    stopped: str = ""
    stopped_by: str = ""
    care_interrupted: int = 0
    frozen_wrongly: int = 0
    tell_apart: bool = True  # whether a line tells the thief's hand from the owner's
    bound: int | None = None  # persons, by the published budget
    said: list[str] = field(default_factory=list)


def read_taken(path: Path) -> list[Taken]:
    rows = (json.loads(row) for row in path.read_text("utf-8").splitlines() if row.strip())
    return [
        Taken(from_wire(row["at"]), row["person"], row["compartment"]) for row in rows if row.get("person")
    ]


def summarise(story: Story, taken: Iterable[Taken], scope: Mapping[str, Any] | None) -> dict[str, Any]:
    """Everything that summary.json says."""
    rows = list(taken)
    reached = {row.person for row in rows}
    named = _with_status(scope, "consulted"), _with_status(scope, "reachable")
    answer: dict[str, Any] = {
        **asdict(story),
        "seconds_to_notice": _seconds(story.began, story.noticed),
        "seconds_to_stop": _seconds(story.began, story.stopped),
        "persons_reached": len(reached),
        "items_read": len(rows),
        "persons_consulted": len(named[0]),
        "persons_reachable": len(named[1] - named[0]),
        "persons_missed": None if scope is None else len(reached - named[0] - named[1]),
        "persons_in_excess": None if scope is None else len(named[0] - reached),
        "scope_hash": scope["hash"] if scope else None,
    }
    return answer


def _with_status(scope: Mapping[str, Any] | None, status: str) -> set[str]:
    if scope is None:
        return set()
    return {
        person
        for person, parts in scope["persons"].items()
        if any(told["status"] == status for told in parts.values())
    }


def _seconds(begin: str, end: str) -> float | None:
    """How long it took; None where it never came to that."""
    return round((from_wire(end) - from_wire(begin)).total_seconds(), 1) if begin and end else None


def sentences(told: Mapping[str, Any]) -> list[str]:
    """The summary in a few lines for a terminal."""

    def seconds(name: str) -> str:
        value = told[name]
        return "never" if value is None else f"after {_lasted(value)}"

    excess = told["persons_in_excess"]
    apart = "" if told["tell_apart"] else " (no line tells the thief's hand from the owner's)"
    return [
        f"noticed          {seconds('seconds_to_notice')}  {told['noticed_by']}",
        f"stopped          {seconds('seconds_to_stop')}  {told['stopped_by']}",
        f"persons reached  {told['persons_reached']:,} of {told['persons']:,}"
        + (f", bound {told['bound']:,}" if told["bound"] is not None else ""),
        "scope            not answered: see what was said" if excess is None else
        f"scope            missed {told['persons_missed']:,}, in excess {excess:,}{apart}, "
        f"can't be excluded {told['persons_reachable']:,}",
        f"care interrupted {told['care_interrupted']:,} consultations; frozen wrongly {told['frozen_wrongly']:,}",
        *told["said"],
    ]  # fmt: skip


def _lasted(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
