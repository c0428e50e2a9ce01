"""The threat model names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_test_that_it_names_is_there() -> None:
    text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:web/)?tests/[^`<]+)`", text)
    assert len(named) > 15
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_each_adversary_has_a_file_among_the_attacks() -> None:
    text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    table = text.split("## Where each adversary is played")[1].split("\n## ")[0]
    rows = [row.split("|")[1:3] for row in table.splitlines() if row.startswith("| ")][2:]
    assert len(rows) > 8
    assert [who.strip() for who, where in rows if "`tests/attacks/" not in where] == []
    played = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/attacks").rglob("test_*.py")}
    assert [path for path in sorted(played) if path not in table] == []
