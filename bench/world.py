"""Write simulated life as a ledger of so many lines: real lines, a real tree, and no signatures.

`python bench/world.py --out DIR [--lines 20000000] [--seed 1]`
A platform of 285,000 persons and 3,800 practitioners who each do a little of it; fewer of both for fewer lines. At 20
million lines some seven months go by. `bench/scope.py --world DIR` answers over what was written.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from colloque.simulation import course, writing
from colloque.simulation.event import ALLOWED
from colloque.simulation.people import Size
from colloque.simulation.world import World

PERSONS_AT, PRACTITIONERS_AT, LINES_AT = 285_000, 3_800, 20_000_000
MOST_DAYS = 800
SAY_EVERY = 500_000


def size(lines: int, seed: int) -> Size:
    share = min(1.0, lines / LINES_AT)
    return Size(
        max(600, round(PERSONS_AT * share)), max(8, round(PRACTITIONERS_AT * share)), MOST_DAYS, seed,
        datetime(2026, 1, 1, tzinfo=UTC), pace=(1, 2),
    )  # fmt: skip


def write(folder: Path, lines: int, seed: int = 1) -> writing.Written:
    """Write so many lines; life goes on as long as it takes."""
    happens = course.unfold(World(size(lines, seed)), [], lambda _: ALLOWED)
    return writing.write(folder, _told(islice(writing.lines_of(happens, seed), lines), lines), seed=seed)


def _told(written: Iterator[dict[str, Any]], lines: int) -> Iterator[dict[str, Any]]:
    begun = time.monotonic()
    for number, line in enumerate(written, 1):
        yield line
        if number % SAY_EVERY == 0:
            print(
                f"{number:>12,} of {lines:,} lines, {line['time'][:10]}, {time.monotonic() - begun:.0f} s",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lines", type=int, default=LINES_AT)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begun, cpu = time.monotonic(), time.process_time()
    done = write(asked.out, asked.lines, asked.seed)
    megabytes = (asked.out / "lines.jsonl").stat().st_size / 1e6
    print(f"{done.size:,} lines, {megabytes:,.0f} MB, root {done.root}, in {time.monotonic() - begun:.0f} s "
          f"({time.process_time() - cpu:.0f} s of one core)")  # fmt: skip


if __name__ == "__main__":
    main()
