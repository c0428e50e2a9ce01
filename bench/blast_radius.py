"""How many persons a stolen account reaches before it is stopped: in a hurry, hidden, by nineteens and by hundreds.

`python bench/blast_radius.py [--seeds 40] [--figure docs/figures/blast-radius.svg] [--only hurry,hidden,…]`
Replayed without HTTP: life and thief are simulated, budgets, rules and score are the product's own (docs/drill.md says
what the officer of a replay does). Worlds are samples of a platform of 285,000 persons: a thief's account leads nowhere
past its practice, so a few practices show it; hundreds of accounts are played at one to 76, platform budget included.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.figure import BROWN, RED, TEAL, save, start
from colloque.drill.gate import Gate
from colloque.drill.replay import Replay, stops_of
from colloque.drill.watch import Watch
from colloque.kernel.clock import from_wire
from colloque.simulation import attackers
from colloque.simulation.event import to_millis
from colloque.simulation.people import Size
from colloque.simulation.world import DAY, World
from colloque.vault.settings import DEFAULT_BUDGETS

PERSONS = 285_000
DAYS_BEFORE = 4  # of all of them: a week more of the others' life changes nothing for one
BEFORE = 26
# No rule reads these, unless a canary is touched; there is none here.
UNREAD = frozenset({"item-served", "item-written", "consultation-requested", "consultation-closed"})
SAMPLE = 76  # of 3,800 practitioners and 285,000 persons: 50 and 3,750


class Quick(Watch):
    def see(self, line: dict[str, Any], at: int) -> None:
        if line["kind"] not in UNREAD:
            self.n = getattr(self, "n", -1) + 1
            super().see({**line, "seq": self.n}, at)


class Blind(Watch):
    """Nobody looks, and nothing is frozen: budgets alone."""

    def see(self, line: dict[str, Any], at: int) -> None:
        pass


class Run:
    """One replay, of which only who was reached, and when, is kept."""

    def __init__(
        self,
        size: Size,
        name: str,
        *,
        watch: type[Watch] = Quick,
        before: int = BEFORE,
        capacities: Mapping[str, Any] | None = DEFAULT_BUDGETS,
        **how: Any,
    ) -> None:
        world = World(size)
        planned = attackers.plan(world, name, size.seed, before, **how)
        self.replay = Replay(world, planned, gate=Gate(world, capacities))
        self.replay.watch = watch(self.replay.gate, self.replay.watch.robbed)
        self.began = min(one.starts for one in planned)
        self.first: dict[str, int] = {}
        self.lines = 0
        for event, line in self.replay.lines():
            self.lines += 1
            for _ in attackers.reads(event, planned):
                self.first.setdefault(line["subject"], event.at)
        watching = self.replay.watch
        rightly = [one for one in watching.pulled if one.rightly and one.at >= self.began]
        hits = [h for h in watching.alerts if {h.person, h.device} & watching.robbed.keys()]
        times = [to_millis(from_wire(h.time)) for h in hits]
        self.noticed = min((at for at in times if at >= self.began), default=None)
        stops = stops_of(self.replay, rightly)
        self.stopped = max((one.at for one in stops), default=None)

    @property
    def reached(self) -> int:
        return len(self.first)

    def by_day(self, days: int) -> list[int]:
        """Persons reached by the end of each day since it began."""
        return [sum(at < self.began + (day + 1) * DAY for at in self.first.values()) for day in range(days)]

    def days_to(self, at: int | None) -> float | None:
        return None if at is None else round((at - self.began) / DAY, 2)


def size(
    seed: int, days: int, *, practitioners: int = 4, pace: tuple[int, int] = (7, 14), each: int = 150
) -> Size:
    begin = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=(seed * 11) % 330)  # all weekdays and seasons
    return Size(
        persons=practitioners * each,
        practitioners=practitioners,
        days=BEFORE + days,
        seed=seed,
        begin=begin,
        pace=pace,
    )


def spread(values: list[int]) -> dict[str, Any]:
    p95 = quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
    return {"median": median(values), "p95": round(p95, 1), "most": max(values), "seeds": len(values)}


def hurry(seeds: int) -> Iterator[tuple[str, Any]]:
    """A practitioner's account, device and all: faster than its owner, or beyond the owner's patients."""
    for name in ("smash-and-grab", "beyond-own"):
        runs = [Run(size(seed, 2), name) for seed in range(1, seeds + 1)]
        told = spread([run.reached for run in runs])
        minutes = sorted((run.stopped - run.began) / 60_000 for run in runs if run.stopped)
        told["stopped"] = f"{len(minutes)} of {len(runs)}"
        told["median_minutes_to_stop"] = round(median(minutes), 1) if minutes else None
        noticed = [(run.noticed - run.began) / 1000 for run in runs if run.noticed]
        told["median_seconds_to_notice"] = round(median(noticed), 1) if noticed else None
        yield name, told


def hidden(seeds: int) -> Iterator[tuple[str, Any]]:
    """Among the owner's own patients, within hours, on the known device, for thirty days."""
    for a_day in (2, 5, 10, 20, 40):
        runs = [Run(size(seed, 31, practitioners=2), "inside-own", a_day=a_day, days=30)
                for seed in range(1, seeds + 1)]  # fmt: skip
        days = [run.days_to(run.noticed) for run in runs]
        stopped = [run.days_to(run.stopped) for run in runs]
        most_a_day = [
            max(count - before for before, count in zip([0, *run.by_day(30)], run.by_day(30), strict=False))
            for run in runs
        ]
        yield str(a_day), {
            "days_to_notice": _median_or_never(days), "noticed": f"{sum(d is not None for d in days)} of {len(runs)}",
            "days_to_stop": _median_or_never(stopped), "persons": spread([run.reached for run in runs]),
            "most_in_a_day": max(most_a_day),
        }  # fmt: skip


def _median_or_never(values: list[float | None]) -> float | None:
    found = sorted(value for value in values if value is not None)
    return round(median(found), 2) if len(found) * 2 > len(values) else None


def nineteen(seeds: int) -> Iterator[tuple[str, Any]]:
    runs = [
        Run(size(seed, 2, practitioners=40, pace=(4, 8), each=60), "nineteen-accounts")
        for seed in range(1, seeds + 1)
    ]
    bare = [
        Run(size(seed, 2, practitioners=40, pace=(4, 8), each=60), "nineteen-accounts", watch=Blind)
        for seed in range(1, seeds + 1)
    ]
    yield "budget and rules", spread([run.by_day(1)[0] for run in runs])
    yield "budget alone", spread([run.by_day(1)[0] for run in bare])


def slow() -> Iterator[tuple[str, Any]]:
    """Four accounts in ten for thirty days, at one to 76."""
    capacities = {
        **DEFAULT_BUDGETS,
        "platform": tuple(max(1, n // SAMPLE) for n in DEFAULT_BUDGETS["platform"]),
    }
    world = size(5, 31, practitioners=3800 // SAMPLE, pace=(1, 2), each=75)
    for a_day in (1, 5):
        watched = Run(world, "low-and-slow", capacities=capacities, a_day=a_day)
        yield (
            f"{a_day} a day, budget and rules",
            [round(100 * n / world.persons, 2) for n in watched.by_day(30)],
        )
        bare = Run(world, "low-and-slow", watch=Blind, capacities=None, a_day=a_day)
        yield (
            f"{a_day} a day, no budget, no rules",
            [round(100 * n / world.persons, 2) for n in bare.by_day(30)],
        )


def whole() -> Iterator[tuple[str, Any]]:
    """One account out of 285,000 persons, each of them there, and one practice of 400: what the samples stand for.

    A practice's budget is made for fifteen practitioners on a full day: one of 400 sets its own (docs/operate/settings.md).
    """
    everyone = Size(persons=PERSONS, practitioners=400, days=DAYS_BEFORE + 1, seed=1, pace=(7, 14))
    larger = {**DEFAULT_BUDGETS, "practice": tuple(n * 400 // 15 for n in DEFAULT_BUDGETS["practice"])}
    run = Run(everyone, "smash-and-grab", before=DAYS_BEFORE, capacities=larger)
    yield "smash-and-grab", {
        "persons": PERSONS, "lines": run.lines, "reached": run.reached,
        "seconds_to_notice": run.noticed and (run.noticed - run.began) / 1000,
        "minutes_to_stop": run.stopped and round((run.stopped - run.began) / 60_000, 1),
    }  # fmt: skip


def draw(path: Path, told: dict[str, dict[str, Any]], made_by: str) -> None:
    _, figure, (left, right) = start(2)
    paces = [int(pace) for pace in told["hidden"]]
    for name, colour, word, mark in (
        ("days_to_stop", TEAL, "stopped", "s-"),
        ("days_to_notice", BROWN, "noticed", "o--"),
    ):
        days = [told["hidden"][str(pace)][name] for pace in paces]
        left.plot([p for p, d in zip(paces, days, strict=True) if d is not None], [d for d in days if d is not None], mark,
                  color=colour, label=f"median day when {word}")  # fmt: skip
        never = [p for p, d in zip(paces, days, strict=True) if d is None]
        left.plot(never, [30] * len(never), "x", color=colour)
    left.set(xlabel="patients a day, among the practitioner's own", ylabel="days (x: not within 30)", ylim=(0, 31),
             title="A thief who hides: days until noticed, against pace")  # fmt: skip
    left.legend()
    for name, line in told["slow"].items():
        style = "-" if "rules" in name and "no rules" not in name else "--"
        colour = TEAL if name.startswith("1 ") else BROWN
        right.plot(range(1, len(line) + 1), line, style, color=colour, label=name)
    right.axhline(1, color=RED, linewidth=1)
    right.set(
        xlabel="day",
        ylabel="% of all persons reached",
        title="1,500 of 3,800 accounts, a few a day",
        ylim=(0, None),
    )
    right.legend(fontsize=8, loc="lower right", bbox_to_anchor=(1, 0.1))
    save(figure, path, made_by)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--only", default="hurry,hidden,nineteen,slow")
    asked = parser.parse_args()
    parts = {
        "hurry": lambda: hurry(asked.seeds), "hidden": lambda: hidden(max(1, asked.seeds // 8)),
        "nineteen": lambda: nineteen(max(1, asked.seeds // 13)), "slow": slow, "whole": whole,
    }  # fmt: skip
    told: dict[str, dict[str, Any]] = defaultdict(dict)
    for part in asked.only.split(","):
        for name, figures in parts[part]():
            told[part][name] = figures
            print(f"{part:9} {name:32} {json.dumps(figures)}", flush=True)
    if asked.figure and {"hidden", "slow"} <= told.keys():
        draw(asked.figure, told, "python bench/blast_radius.py " + " ".join(sys.argv[1:]))
    hurried = told.get("hurry", {}).get("smash-and-grab", {}).get("median")
    # Beside: the ten persons that are wanted.
    print(
        json.dumps(
            {"name": "blast-radius", "ratio": round(hurried / 10, 2) if hurried is not None else None, **told}
        )
    )


if __name__ == "__main__":
    main()
