"""Rules and score over a year of normal life and over attacks with known truth; time to notice at 200 lines a second.

`python bench/detection.py [--practices 6] [--days 365] [--seed 1] [--figure docs/figures/detection.png]`
The world is `bench/world.py`: small, seeded, its own; lines go to the engine directly, without HTTP.
"""

import argparse
import json
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.world import ATTACKS, BEGIN, events
from colloque.detection.engine import Engine
from colloque.detection.score import Scorer
from colloque.detection.sigma import OWN_RULES, read_rules
from colloque.kernel.clock import to_wire

ORDER = {"critical": 0, "high": 1, "medium": 2, "low": 3}
SWEEP = 10  # seconds between two readings, as the worker does


def alerts_of(seed: int, practices: int, days: int, *, attacked: bool) -> dict[str, Any]:
    """One alert for each rule, group and day: what an officer would be shown who decides once a day."""
    engine = Engine(read_rules([OWN_RULES]), scorer=Scorer())
    labels, bad_days, seen, alerts, lines = {}, set(), set(), [], 0
    begun = time.process_time()
    for line, label in events(seed, practices, days, attacked):
        lines += 1
        if label:
            labels[line["time"][:10], line["actor"]] = label
            bad_days.add((line["time"][:10], line["actor"]))
        for hit in engine.feed(line):
            key = (hit.rule, hit.group, hit.time[:10])
            if key not in seen:
                seen.add(key)
                alerts.append(hit)
    seconds = time.process_time() - begun
    return {"alerts": alerts, "labels": labels, "lines": lines, "seconds": seconds, "groups": engine.groups}


def is_true(hit: Any, labels: dict[tuple[str, str], str]) -> bool:
    return (hit.time[:10], hit.person) in labels


def normal_year(seed: int, practices: int, days: int) -> dict[str, Any]:
    told = alerts_of(seed, practices, days, attacked=False)
    freezes = [hit for hit in told["alerts"] if hit.stops]
    return {
        "lines": told["lines"],
        "lines_per_second_of_cpu": round(told["lines"] / told["seconds"]),
        "alerts_per_practice_and_week": round(len(told["alerts"]) / practices / (days / 7), 3),
        "false_freezes_per_practice_and_month": round(len(freezes) / practices / (days / 30.4), 4),
        "by_rule": dict(Counter(hit.rule for hit in told["alerts"])),
    }


def attacked_year(seed: int, practices: int, days: int) -> dict[str, Any]:
    told = alerts_of(seed, practices, days, attacked=True)
    alerts, labels = told["alerts"], told["labels"]
    found = {labels[hit.time[:10], hit.person]: 0 for hit in alerts if is_true(hit, labels)}
    for day_actor, name in labels.items():
        if any((hit.time[:10], hit.person) == day_actor for hit in alerts):
            found[name] = found.get(name, 0) + 1
    ranked = sorted(
        alerts, key=lambda hit: (ORDER[hit.level], -hit.count if hit.rule == "score" else 0, hit.time)
    )
    injected = Counter(labels.values())
    return {
        "attacks": dict(injected),
        "found": {name: f"{found.get(name, 0)} of {injected[name]}" for name in ATTACKS},
        "alerts": len(alerts),
        "precision_of_all": round(sum(is_true(h, labels) for h in alerts) / max(1, len(alerts)), 3),
        "precision_of_first_20_by_level": round(sum(is_true(h, labels) for h in ranked[:20]) / 20, 3),
        "precision_of_first_20_by_time": round(sum(is_true(h, labels) for h in alerts[:20]) / 20, 3),
        "examples_of_why": [h.why for h in alerts if h.rule == "score" and is_true(h, labels)][:3],
    }


def notice(seconds: int = 40, rate: int = 200) -> dict[str, Any]:
    """Lines arrive in real time; every ten seconds what has come is read. Delay from the completing line to the hit."""
    engine = Engine(read_rules([OWN_RULES]), scorer=Scorer())
    start, done, delays, busy = time.monotonic(), 0, [], 0.0
    begun = datetime(2026, 11, 24, 9, tzinfo=BEGIN.tzinfo)
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
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    rules = sorted(year["by_rule"].items(), key=lambda one: one[1])
    weeks = asked.practices * asked.days / 7
    left.barh([name for name, _ in rules], [count / weeks for _, count in rules], color="#0b4a50")
    left.set_title("Alerts in a normal year, per practice and week")
    left.set_xlabel(f"all rules: {year['alerts_per_practice_and_week']} (allowed: 2)")
    names = list(ATTACKS)
    shares = [
        int(attacked["found"][n].split(" of ")[0]) / max(1, int(attacked["found"][n].split(" of ")[1]))
        for n in names
    ]
    right.barh(names, shares, color="#663f00")
    right.set_xlim(0, 1)
    right.set_title("Attacks noticed on their day, share")
    right.set_xlabel(
        f"precision of the first 20 alerts: {attacked['precision_of_first_20_by_level']} (wanted: 0.8)"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--practices", type=int, default=6)
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
