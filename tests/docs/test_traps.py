"""Each trap has tests, and each test that the page names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/traps.md").read_text(encoding="utf-8")
ROWS = [row.split("|")[1:-1] for row in PAGE.splitlines() if re.match(r"\| \d", row)]


def test_the_page_has_every_trap() -> None:
    assert [number.strip() for number, *_ in ROWS] == [*map(str, range(1, 8)), "7b", *map(str, range(8, 18))]


def test_each_trap_has_its_tests() -> None:
    for number, _, holds, tests in ROWS:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
        assert named, number
        assert holds.strip(), number
        missing = [
            f"{file}::{name}"
            for file, name in named
            if not (ROOT / file).exists() or f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
        ]
        assert missing == [], number
