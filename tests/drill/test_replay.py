"""Replayed drills: whoever the attacker's own file names, the scope names, whatever the seed."""

import json
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from colloque.drill import command, replay
from colloque.drill.gate import Gate, bound
from colloque.drill.outcome import ATTACKER, read_taken
from colloque.drill.scenarios import BY_NAME, SCENARIOS, Scenario
from colloque.drill.watch import officer_at
from colloque.ledger import verify
from colloque.simulation.event import Event
from colloque.simulation.people import Size
from colloque.simulation.world import World
from colloque.vault.settings import DEFAULT_BUDGETS

ROLLBACK = "ledger-rollback"
# One of each sort; the others, and two hundred seeds of all, in the long run. A stolen device and a rollback are below.
QUICK = frozenset(
    {"departed-member", "nineteen-accounts", "snoop", "stolen-session", "web-held", "stolen-backup"}
)
SEEDS = range(200 if os.environ.get("SLOW") else 0)


def small(seed: int, days: int = 12) -> Size:
    rng = random.Random(seed)
    practitioners = rng.randint(6, 12)
    begin = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=rng.randrange(300))
    return Size(persons=practitioners * rng.randint(15, 60), practitioners=practitioners, days=days, seed=seed,
                begin=begin, pace=(4, 9) if days > 8 else (2, 4))  # fmt: skip


def drilled(scenario: Scenario, size: Size, out: Path) -> dict[str, Any]:
    out.mkdir(exist_ok=True)
    story = replay.play(scenario, size, out, lambda _: None, day=size.days - 2)
    return command.conclude(story, out, lambda _: None)


def check(told: dict[str, Any]) -> None:
    assert told["persons_missed"] == 0, told
    if told["tell_apart"]:
        assert told["persons_in_excess"] == 0, told
    if told["bound"] is not None and told["tell_apart"]:
        assert told["persons_consulted"] <= told["bound"], told


@pytest.mark.parametrize(
    "name", [pytest.param(s.name, marks=() if s.name in QUICK else pytest.mark.slow) for s in SCENARIOS]
)
def test_nobody_is_missed_in_any_scenario(name: str, tmp_path: Path) -> None:
    check(drilled(BY_NAME[name], small(7, days=5), tmp_path / "out"))


def test_an_old_ledger_put_back_is_noticed_by_everyone_who_remembers(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = drilled(BY_NAME[ROLLBACK], small(3, days=7), out)
    check(told)
    assert told["persons_reached"] > 0 and told["persons_consulted"] == 0, "the lines that said so are gone"
    assert told["seconds_to_stop"] - told["seconds_to_notice"] <= 60
    said = "\n".join(told["said"])
    for who in ("witness refuses: lines-gone", "the worker had read more lines than there are"):
        assert who in said
    # What others kept is in the folder, and anyone can hold the export against it; alone, the export holds.
    verify.verify_tree(out / "ledger")
    notes = {"cosigned": out / "cosigned", "witness": (out / "witness.vkey").read_text().strip()}
    for against in (notes, {"receipts": out / "receipts.jsonl"}):
        with pytest.raises(verify.Finding, match="lines are gone, or an old database was restored"):
            verify.verify_tree(out / "ledger", **against)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_missed_and_nobody_named_in_excess_whatever_the_seed(seed: int, tmp_path: Path) -> None:
    check(drilled(SCENARIOS[seed % len(SCENARIOS)], small(seed), tmp_path / "out"))


def test_a_thief_in_a_hurry_is_stopped_and_everything_is_left_in_the_folder(tmp_path: Path) -> None:
    """The goal of the budget and the rules together: a stolen device, and no more than a handful of persons."""
    out = tmp_path / "out"
    told = drilled(SCENARIOS[0], small(3, days=7), out)
    assert told["noticed"] and told["stopped"]
    assert 0 < told["persons_reached"] <= 30
    assert len({row.person for row in read_taken(out / ATTACKER)}) == told["persons_reached"]
    assert {path.name for path in out.iterdir()} == {
        "attacker.jsonl", "ledger", "hypothesis.yaml", "scope.json", "summary.json", "picture.svg",
    }  # fmt: skip
    assert ET.parse(out / "picture.svg").getroot().tag.endswith("svg")
    assert told == json.loads((out / "summary.json").read_text())
    assert json.loads((out / "scope.json").read_text())["hash"] == told["scope_hash"]
    verify.verify_tree(out / "ledger")


def test_the_truth_is_the_attackers_file_alone(tmp_path: Path) -> None:
    """Take a person out of the answer, and the drill says that one is missed."""
    out = tmp_path / "out"
    told = drilled(SCENARIOS[0], small(3, days=5), out)
    with (out / ATTACKER).open("a") as file:
        file.write('{"at":"2026-01-05T00:00:00.000Z","person":"someone-else","compartment":"care"}\n')
    story = replay.Story("stolen-device", "replayed", 1, 1, 1)
    document = {"persons": {}, "hash": "x"}
    reached = command.summarise(story, read_taken(out / ATTACKER), document)
    assert reached["persons_missed"] == told["persons_reached"] + 1


def test_the_bound_is_what_a_thief_who_never_stops_gets_at_most() -> None:
    world = World(Size(persons=5000, practitioners=2, seed=1))
    gate, who = Gate(world), world.staff[0]
    opened, start = 0, world.begin
    for second in range(0, 3 * 3600, 5):
        fields = {"kind": "release", "actor": who.id, "device": who.device, "record": f"r{second}",
                  "relation": "queue", "compartment": "care"}  # fmt: skip
        opened += gate(Event(start + second * 1000, fields)) == "allowed"
    assert opened <= bound(DEFAULT_BUDGETS["practitioner"], timedelta(hours=3))
    assert opened >= 160, "and not a bound that nobody can reach: a day's budget"


@pytest.mark.parametrize(
    ("noticed", "level", "decided"),
    [
        ("2026-11-26T03:00:00+00:00", "high", "2026-11-26T03:15:00+00:00"),
        ("2026-11-26T03:00:00+00:00", "medium", "2026-11-26T07:30:00+00:00"),
        ("2026-11-27T18:30:00+00:00", "medium", "2026-11-30T07:30:00+00:00"),
        ("2026-11-26T10:00:00+00:00", "medium", "2026-11-26T10:30:00+00:00"),
    ],
)
def test_an_officer_is_on_call_for_what_is_grave(noticed: str, level: str, decided: str) -> None:
    assert officer_at(datetime.fromisoformat(noticed), level) == datetime.fromisoformat(decided)
