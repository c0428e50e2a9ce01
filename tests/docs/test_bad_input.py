"""The table of bad input names tests that are there, and leaves no row without one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    line
    for line in (ROOT / "docs/bad-input.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| ---", "| what comes", "| what happens", "| form"))
]
IN_PYTHON = re.compile(r"`(tests/[^`:]+)::(\w+)`")
IN_TYPESCRIPT = re.compile(r'`(web/tests/[^`]+)` "([^"]+)"')


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_each_row_is_shown_by_tests_that_are_there(row: str) -> None:
    named = IN_PYTHON.findall(row) + IN_TYPESCRIPT.findall(row)
    assert named
    assert row.split("|")[-2].count("`") == 2 * len(named), "every name is one of a test"
    for file, test in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert (f"def {test}(" if file.endswith(".py") else f'"{test}"') in text, (file, test)


def test_every_kind_of_bad_input_has_its_row() -> None:
    assert len(ROWS) == 45
