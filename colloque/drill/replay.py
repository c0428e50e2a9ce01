"""A drill without a server: life and intrusion are simulated; budget, rules and score are the real ones; time is made up.

What it can't show: that signatures are checked and that ciphertext does not open. The live drills do, and the tests.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from colloque.drill.gate import UNWITNESSED, Gate, bound
from colloque.drill.outcome import ATTACKER, HYPOTHESIS, LEDGER, Story
from colloque.drill.rollback import Rollback
from colloque.drill.scenarios import Scenario
from colloque.drill.watch import Pulled, Watch
from colloque.simulation import attackers, course, writing
from colloque.simulation.course import Intrusion
from colloque.simulation.event import Event, wire
from colloque.simulation.people import Size
from colloque.simulation.world import World
from colloque.vault.settings import DEFAULT_BUDGETS

BEFORE = 26  # days of life beforehand: the score wants a past, and `linked` reaches back thirty days
PERSONS_EACH = 712  # patients of a practitioner, as on a platform of 400 with 285,000
SAY_EVERY = 250_000

type Tell = Callable[[str], None]


def size_of(scenario: Scenario, persons: int, seed: int) -> Size:
    practitioners = max(scenario.practitioners, persons // PERSONS_EACH, 1)
    days = BEFORE + max(1, scenario.lasts.days) + 1
    # The first seed begins on a Monday, the others on other days of the week.
    begin = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=(seed + 1) % 7)
    return Size(
        persons=max(persons, practitioners), practitioners=practitioners, days=days, seed=seed, begin=begin
    )


class Replay:
    """One run. `events()` is everything that happens; what is learnt on the way is kept."""

    def __init__(self, world: World, intrusions: Sequence[Intrusion], *, gate: Gate | None = None) -> None:
        self.world, self.intrusions = world, list(intrusions)
        self.gate = gate or Gate(world)
        robbed = {name: one.starts for one in intrusions for name in one.about.get("accounts", ())}
        robbed |= {one.about["device"]: one.starts for one in intrusions if "device" in one.about}
        self.watch = Watch(self.gate, robbed)
        self.care_interrupted = 0
        self.waiting: set[str] = set()  # consultations that nobody could open, for want of a witness
        self.last: dict[str, int] = {}  # of each thief, the last thing done
        self._freezes: list[Pulled] = []

    def lines(self) -> Iterator[tuple[Event, dict[str, Any]]]:
        """Each event with its line; freezes among them, as the vault would write them."""
        seq = at = 0
        for event in course.unfold(self.world, self.intrusions, self._decide):
            for frozen in self._freezes:
                at = max(at, frozen.at)
                yield self._line(self._freeze(frozen), seq, at)
                seq += 1
            self._freezes.clear()
            at = max(at, event.at)
            pair = self._line(event, seq, at)
            self.watch.see(pair[1], at)
            yield pair
            seq += 1

    def _line(self, event: Event, seq: int, at: int) -> tuple[Event, dict[str, Any]]:
        return event, writing.line_of(event, seq, at, self.world.size.seed)

    def _freeze(self, pulled: Pulled) -> Event:
        fields = {"kind": "freeze", "actor": self.world.web, "device": self.world.web_device,
                  "target": pulled.target or None, "detail": {"scope": pulled.scope}}  # fmt: skip
        return Event(pulled.at, fields)

    def _decide(self, event: Event) -> str:
        self._freezes += self.watch.pull_due(event.at)
        word = self.gate(event)
        if event.by:
            self.last[event.fields["actor"]] = event.at
        elif word == "frozen" and event.kind == "consultation-taken":
            self.care_interrupted += 1
        elif word == UNWITNESSED and event.fields["relation"] == "queue":
            self.waiting.add(event.fields["record"])
        return word


def play(scenario: Scenario, size: Size, out: Path, tell: Tell, *, day: int = BEFORE) -> Story:
    """Simulate, write attacker.jsonl, ledger/ and hypothesis.yaml; return what was seen. The intrusion begins on `day`."""
    tell(
        f"Replayed without HTTP: {size.persons:,} persons, {size.practitioners:,} practitioners, {size.days} days."
    )
    world = World(size)
    intrusions = attackers.plan(world, scenario.replayed, size.seed, day, **scenario.how)
    replay = Replay(world, intrusions)
    cut = next((one.cut for one in intrusions if one.cut), None)
    rollback = Rollback(replay.gate, *cut, size.seed, out) if cut else None
    with (out / ATTACKER).open("w", encoding="utf-8") as file:
        done = writing.write(out / LEDGER, _noting(replay, rollback, file.write, tell), seed=size.seed)
    (out / HYPOTHESIS).write_text(yaml.safe_dump(suppose(replay), sort_keys=False), encoding="utf-8")
    story = _story(scenario, replay, done.size)
    if rollback:
        rollback.tell(story)
    return story


def _noting(
    replay: Replay, rollback: Rollback | None, write: Callable[[str], Any], tell: Tell
) -> Iterator[dict[str, Any]]:
    pairs = replay.lines()
    for event, line, stays in rollback.kept(pairs) if rollback else ((*pair, True) for pair in pairs):
        for name in attackers.reads(event, replay.intrusions):
            fields = event.fields
            row = {"at": line["time"], "person": fields["subject"], "record": fields["record"],
                   "compartment": fields["compartment"], "by": name}  # fmt: skip
            write(json.dumps(row) + "\n")
        if line["seq"] % SAY_EVERY == SAY_EVERY - 1:
            tell(f"  {line['seq'] + 1:,} lines, {line['time'][:10]}")
        if stays:
            yield line


def suppose(replay: Replay) -> dict[str, Any]:
    """The hypothesis of an officer who knows which hands it was, from when to when."""
    whole: dict[str, list[Any]] = {}
    for one in replay.intrusions:
        assert one.suppose is not None
        ends = [replay.last[name] for name in one.about.get("accounts", ()) if name in replay.last]
        end = max(ends, default=one.starts) + 1_000
        for key, rows in one.suppose(one.starts, end).items():
            whole.setdefault(key, []).extend(rows)
    return whole


def _story(scenario: Scenario, replay: Replay, lines: int) -> Story:
    size, watch = replay.world.size, replay.watch
    began = min(one.starts for one in replay.intrusions)
    story = Story(
        scenario.name, "replayed", size.persons, size.practitioners, size.seed, lines=lines, began=wire(began)
    )
    rightly = [one for one in watch.pulled if one.rightly and one.at >= began]
    found = [
        hit
        for hit in watch.alerts
        if {hit.person, hit.device} & watch.robbed.keys() and hit.time >= wire(began)
    ]
    if found:
        story.noticed, story.noticed_by = found[0].time, found[0].rule
    stops = stops_of(replay, rightly)
    if stops:
        last = max(stops, key=lambda one: one.at)
        story.stopped, story.stopped_by = wire(last.at), f"{last.scope} frozen by {last.by} ({last.rule})"
    story.care_interrupted = replay.care_interrupted + len(replay.waiting)
    story.frozen_wrongly = sum(not one.rightly for one in watch.pulled)
    story.tell_apart = all(one.in_lines for one in replay.intrusions)
    story.bound = bound_of(replay, stops)
    return story


def stops_of(replay: Replay, pulled: Sequence[Pulled]) -> list[Pulled]:
    """What stopped each thief, where every one of them was stopped; else nothing."""
    found = []
    for one in replay.intrusions:
        names = {*one.about.get("accounts", ()), one.about.get("device")}
        own = [p for p in pulled if p.target in names or p.scope == "history"]
        if not own:
            return []
        found.append(min(own, key=lambda p: p.at))
    return found


def bound_of(replay: Replay, stops: Sequence[Pulled]) -> int | None:
    """Persons at most, by the published bound, from when each thief began until the last thing that it did."""
    if replay.gate.capacities is None or not all(one.about.get("accounts") for one in replay.intrusions):
        return None
    most = 0
    for one in replay.intrusions:
        last = max((replay.last.get(name, one.starts) for name in one.about["accounts"]), default=one.starts)
        most += bound(DEFAULT_BUDGETS["practitioner"], timedelta(milliseconds=last - one.starts))
    return most
