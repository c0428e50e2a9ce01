"""Each scenario of the drill has its runbook, with what one needs at three in the morning, and the other way round."""

import re
from pathlib import Path

import pytest
import yaml

from colloque.drill.scenarios import BY_NAME, RUNBOOKS
from colloque.scope import hypothesis

ROOT = Path(__file__).parents[2]
PAGES = ROOT / RUNBOOKS
PARTS = [
    "What one sees",
    "First five minutes",
    "Levers, and what each costs",
    "The hypothesis to run",
    "Who is told",
    "How it is undone",
    "Rehearse it",
]
TITLES = {
    told["title"]
    for path in (ROOT / "colloque/detection/rules").glob("*.yml")
    if ".examples" not in path.name
    for told in yaml.safe_load_all(path.read_text(encoding="utf-8"))
}


def test_there_is_a_runbook_for_each_scenario_and_no_other() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} - {"README"} == BY_NAME.keys()
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([a-z-]+)\.md\)", index)) == BY_NAME.keys()


@pytest.mark.parametrize("name", BY_NAME)
def test_a_runbook_says_everything_in_its_order(name: str) -> None:
    text = (ROOT / BY_NAME[name].runbook).read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    assert f"colloque drill {name} --out DIR" in text


@pytest.mark.parametrize("name", BY_NAME)
def test_its_hypothesis_is_one_that_the_scope_reads(name: str) -> None:
    text = (ROOT / BY_NAME[name].runbook).read_text(encoding="utf-8")
    block = re.search(r"## The hypothesis to run\n\n((?:    .+\n)+)", text)
    assert block
    hypothesis.read(re.sub(r"^    ", "", block[1], flags=re.MULTILINE))


@pytest.mark.parametrize("name", BY_NAME)
def test_findings_are_called_what_the_officer_will_read(name: str) -> None:
    text = (ROOT / BY_NAME[name].runbook).read_text(encoding="utf-8")
    sees = text.split("## First five minutes", maxsplit=1)[0]
    named = set(re.findall(r"\*([A-ZÉ][^*]+)\*", sees.replace("**", "")))
    assert named <= TITLES
