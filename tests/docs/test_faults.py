"""The tables of faults are the tests: each step that is killed before, each other fault."""

import re
from pathlib import Path

from tests.faults.test_killed import OUTBOX, RELEASES, ROTATIONS, WITNESSES
from tests.faults.test_killed_outbox import WORKER

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/release-cycle.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"### {title}\n")[1].split("\n##")[0]


def test_each_step_that_is_killed_before_is_a_row_and_each_row_a_step() -> None:
    listed = re.findall(r"^\| `([\w/]+\.py)` \| `(.+?)` \|", section("Killed"), re.MULTILINE)
    steps = [step for step, *_ in (*RELEASES, *OUTBOX, *WORKER, *WITNESSES)] + ROTATIONS
    assert sorted(listed) == sorted((step.file, step.text) for step in steps)
    assert all(step.line() for step in steps)


def test_each_other_fault_has_its_test() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)` \|$", section("Other faults"), re.MULTILINE)
    assert len(named) > 8
    missing = [
        name for file, name in named if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []
