"""How long a thief stays unseen who hides among the owner's own patients, at one pace: one for each practitioner of a year.

`python bench/hidden.py [--a-day 1] [--practices 10] [--days 300] [--seed 41]`
Life and thieves are simulated, nobody is stopped, and only the drift looks: lines are those that it reads.
"""

import argparse
import json
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.year import lines_of_plan, size
from colloque.detection.drift import Drift
from colloque.kernel.clock import from_wire
from colloque.simulation import attackers
from colloque.simulation.event import to_millis
from colloque.simulation.world import DAY, World

KNOWN, LASTS, AFTER = (
    60,
    30,
    70,
)  # days before the first thief; days that each goes on; until its days are no usual ones


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--a-day", type=float, default=1)
    parser.add_argument("--practices", type=int, default=10)
    parser.add_argument("--days", type=int, default=300)
    parser.add_argument("--seed", type=int, default=41)
    asked = parser.parse_args()
    world, rng = World(size(asked.seed, asked.practices, asked.days)), random.Random(asked.seed)
    robbed = [who for who in world.staff if who.begins < 0]
    planned = [
        attackers.inside_own(
            world, asked.seed * 1000 + n, rng.randrange(KNOWN, asked.days - LASTS - 15), a_day=asked.a_day, days=LASTS,
            who=who,
        )
        for n, who in enumerate(robbed)
    ]  # fmt: skip
    begins = {who.id: one.starts for who, one in zip(robbed, planned, strict=True)}
    drift, first, false = Drift(), {}, 0
    for line, _ in lines_of_plan(world, planned):
        for hit in drift.see(line):
            if not hit.person:
                continue  # the platform's sum: thirty thieves in a year are seen there as well
            days = (to_millis(from_wire(hit.time)) - begins.get(hit.person, 0)) / DAY
            if hit.person in begins and 0 <= days < LASTS + 7:
                first.setdefault(hit.person, round(days))
            elif not 0 <= days < AFTER:
                false += 1
    told = {
        "a_day": asked.a_day, "thieves": len(planned), "noticed": len(first), "days": sorted(first.values()),
        "false": false, "false_per_practice_and_week": round(false / len(world.practices) / (asked.days / 7), 4),
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main()
