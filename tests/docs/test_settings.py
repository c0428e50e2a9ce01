"""Each setting that the program reads has a paragraph, and each paragraph a setting."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
READ = re.compile(r'"(COLLOQUE_[A-Z_]+)"')
# Made of parts in the code, set between our own processes, or named in its family's paragraph.
NOT_READ_BY_NAME = {"COLLOQUE_BUDGET_PRACTITIONER", "COLLOQUE_BUDGET_PRACTICE", "COLLOQUE_BUDGET_PLATFORM"}
OURS = {"COLLOQUE_BUDGET_", "COLLOQUE_HOME"}


def test_every_setting_is_described_and_nothing_else() -> None:
    text = (ROOT / "docs/operate/settings.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^### (COLLOQUE_[A-Z_]+)$", text, re.MULTILINE))
    sources = [*(ROOT / "colloque/config").rglob("*.py"), ROOT / "colloque/vault/settings.py"]
    read = {name for path in sources for name in READ.findall(path.read_text(encoding="utf-8"))}
    assert read - OURS - described == set()
    assert described - read - NOT_READ_BY_NAME == set()
