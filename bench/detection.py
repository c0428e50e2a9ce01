"""Rules and score over a year of normal life and over attacks with known truth; time to notice at 200 lines a second.

`python bench/detection.py [--practices 10] [--days 365] [--seed 1] [--figure docs/figures/detection.svg]`
Life is that of `colloque.simulation`, attacks are its attackers; lines go to the engine directly, without HTTP. A year of
ten practices, once in peace and once with attacks, is some five minutes of one core; each month is told as it goes by.
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.figure import BROWN, GRID, TEAL, save, start
from bench.year import ATTACKS, lines, size
from colloque.detection.drift import RULE as DRIFT
from colloque.detection.drift import Drift
from colloque.detection.engine import Engine
from colloque.detection.score import Scorer
from colloque.detection.sigma import read_rules
from colloque.detection.told import OWN_RULES
from colloque.kernel.clock import to_wire
from colloque.simulation.world import World

ORDER = {"critical": 0, "high": 1, "medium": 2, "low": 3}
SWEEP = 10  # seconds between two readings, as the worker does


# No rule reads these, unless a canary is touched; there is none here.
UNREAD = frozenset({"item-served", "item-written", "consultation-requested", "consultation-closed"})


def alerts_of(world: World, *, attacked: bool) -> dict[str, Any]:
    """One alert for each rule, group and day: what an officer would be shown who decides once a day."""
    engine = Engine(read_rules([OWN_RULES]), scorer=Scorer(), drift=Drift())
    labels: dict[tuple[str, str], str] = {}  # day and actor → the attack
    began: dict[str, str] = {}  # attack and actor → first day
    seen, alerts, count, month = set(), [], 0, ""
    begun, sort = time.process_time(), "attacked" if attacked else "normal"
    for line, event in lines(world, tuple(ATTACKS) if attacked else ()):
        if line["time"][:7] != month:
            month = line["time"][:7]
            took = time.process_time() - begun
            print(
                f"{sort:9} {month}  {count:>9,} lines  {len(alerts):>4} alerts  {took:.0f} s",
                file=sys.stderr,
                flush=True,
            )
        if line["kind"] in UNREAD:
            continue
        count += 1
        if event.by and event.kind != "device-enrolled":
            labels[line["time"][:10], line["actor"]] = event.by
            began.setdefault(f"{event.by} {line['actor']}", line["time"][:10])
        for hit in engine.feed({**line, "seq": count}):
            key = (hit.rule, hit.group, hit.time[:10])
            if key not in seen:
                seen.add(key)
                alerts.append(hit)
    seconds = time.process_time() - begun
    return {"alerts": alerts, "labels": labels, "began": began, "lines": count, "seconds": seconds}


def is_true(hit: Any, labels: dict[tuple[str, str], str]) -> bool:
    """Of an attacker, on a day of the attack; the drift speaks in the morning of days before."""
    days = [hit.time[:10]]
    if hit.rule == DRIFT:
        days += [_before(hit.time[:10], n) for n in range(1, 8)]
    return any((day, hit.person) in labels for day in days)


def _before(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def normal_year(seed: int, practices: int, days: int) -> dict[str, Any]:
    world = World(size(seed, practices, days))
    practices = len(world.practices)
    told = alerts_of(world, attacked=False)
    freezes = [hit for hit in told["alerts"] if hit.stops]
    return {
        "practices": practices,
        "lines": told["lines"],
        "lines_per_second_of_cpu": round(told["lines"] / told["seconds"]),
        "alerts_per_practice_and_week": round(len(told["alerts"]) / practices / (days / 7), 3),
        "false_freezes_per_practice_and_month": round(len(freezes) / practices / (days / 30.4), 4),
        "by_rule": dict(Counter(hit.rule for hit in told["alerts"])),
    }


def attacked_year(seed: int, practices: int, days: int) -> dict[str, Any]:
    told = alerts_of(World(size(seed, practices, days)), attacked=True)
    alerts, labels, began = told["alerts"], told["labels"], told["began"]
    first: dict[str, list[int | None]] = defaultdict(list)  # by attack: days until it was noticed, or never
    for key, day in began.items():
        name, actor = key.split()
        times = [
            hit.time[:10]
            for hit in alerts
            if hit.person == actor and is_true(hit, labels) and hit.time[:10] >= day
        ]
        first[name].append((date.fromisoformat(min(times)) - date.fromisoformat(day)).days if times else None)
    ranked = sorted(
        alerts, key=lambda hit: (ORDER[hit.level], -hit.count if hit.rule == "score" else 0, hit.time)
    )
    return {
        "attacks": {name: len(first[name]) for name in ATTACKS},
        "found": {name: f"{first[name].count(0)} of {len(first[name])}" for name in ATTACKS},
        "found_later": {name: sorted(n for n in first[name] if n) for name in ATTACKS if any(first[name])},
        "alerts": len(alerts),
        "precision_of_all": round(sum(is_true(h, labels) for h in alerts) / max(1, len(alerts)), 3),
        "precision_of_first_20_by_level": round(sum(is_true(h, labels) for h in ranked[:20]) / 20, 3),
        "precision_of_first_20_by_time": round(sum(is_true(h, labels) for h in alerts[:20]) / 20, 3),
        "false_alerts": dict(Counter(hit.rule for hit in alerts if not is_true(hit, labels))),
        "examples_of_why": [h.why for h in alerts if h.rule in ("score", DRIFT) and is_true(h, labels)][:4],
    }


def notice(seconds: int = 40, rate: int = 200) -> dict[str, Any]:
    """Lines arrive in real time; every ten seconds what has come is read. Delay from the completing line to the hit."""
    engine = Engine(read_rules([OWN_RULES]), scorer=Scorer(), drift=Drift())
    start, done, delays, busy = time.monotonic(), 0, [], 0.0
    begun = datetime(2026, 11, 24, 9, tzinfo=UTC)
    while done < seconds * rate:
        time.sleep(SWEEP)
        now = time.monotonic() - start
        came = min(int(now * rate), seconds * rate)
        worked = time.monotonic()
        for n in range(done, came):
            at = begun + timedelta(seconds=n / rate)
            thief = n % 20 == 0  # a thief every three seconds, ten records a second
            line = {
                "seq": n, "time": to_wire(at), "kind": "release", "relation": "linked", "outcome": "allowed",
                "actor": f"thief{n // (3 * rate)}" if thief else f"a{n % 900}", "device": "d",
                "record": f"r{n}", "practice": "p",
            }  # fmt: skip
            delays += [
                time.monotonic() - start - n / rate
                for hit in engine.feed(line)
                if hit.person.startswith("thief")
            ]
        done, busy = came, busy + time.monotonic() - worked
    return {
        "hits": len(delays), "slowest_seconds": round(max(delays), 2), "share_of_one_core": round(busy / seconds, 4),
    }  # fmt: skip


def draw(path: Path, year: dict[str, Any], attacked: dict[str, Any], asked: argparse.Namespace) -> None:
    _, figure, (left, right) = start(2)
    rules = sorted(year["by_rule"].items(), key=lambda one: one[1])
    weeks = year["practices"] * asked.days / 7
    left.barh([name for name, _ in rules], [count / weeks for _, count in rules], color=TEAL)
    left.locator_params(axis="x", nbins=5)
    left.set_title("Alerts in normal life, per practice and week")
    left.set_xlabel(f"all rules: {year['alerts_per_practice_and_week']} (allowed: 2)")
    names = [name for name in ATTACKS if attacked["attacks"][name]]
    later = [len(attacked["found_later"].get(n, ())) for n in names]
    at_once = [int(attacked["found"][n].split(" of ")[0]) for n in names]
    never = [attacked["attacks"][n] - a - b for n, a, b in zip(names, at_once, later, strict=True)]
    right.barh(names, at_once, color=TEAL, label="on their first day")
    right.barh(names, later, left=at_once, color=BROWN, label="later")
    right.barh(
        names,
        never,
        left=[a + b for a, b in zip(at_once, later, strict=True)],
        color=GRID,
        label="not at all",
    )
    right.set_xlim(0, 1.6 * max(attacked["attacks"].values()))
    right.legend(loc="upper right")
    right.set_title("Attacks noticed")
    right.set_xlabel(
        f"precision of the first 20 alerts: {attacked['precision_of_first_20_by_level']} (wanted: 0.8)"
    )
    save(figure, path, "python bench/detection.py " + " ".join(sys.argv[1:]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--practices", type=int, default=10)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--no-wait", action="store_true", help="leave out the forty seconds in real time")
    asked = parser.parse_args()
    year = normal_year(asked.seed, asked.practices, asked.days)
    attacked = attacked_year(asked.seed + 1, asked.practices, asked.days)
    told = {"normal": year, "attacked": attacked, "notice": {} if asked.no_wait else notice()}
    for part, figures in told.items():
        for name, value in figures.items():
            print(f"{part:9} {name:38} {value}")
    if asked.figure:
        draw(asked.figure, year, attacked, asked)
    # Beside: the two alerts a week that are allowed.
    print(
        json.dumps({"name": "detection", "ratio": round(year["alerts_per_practice_and_week"] / 2, 3), **told})
    )


if __name__ == "__main__":
    main()
