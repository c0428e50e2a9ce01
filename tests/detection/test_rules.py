"""Each rule fires on its own example and on nothing else, has its heading, and reads from its file alone."""

from pathlib import Path

import pytest
from django.utils.translation import gettext, override

from colloque.detection.errors import BadRule
from colloque.detection.examples import run_rule, try_rule
from colloque.detection.sigma import parse_rule, read_rule, read_rules, rule_files
from colloque.detection.told import OWN_RULES, description_of
from colloque.vault.errors import BY_WORD

ROOT = Path(__file__).parents[2]
RULES = rule_files(OWN_RULES)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_it_fires_on_its_example_and_stays_silent_on_the_other(path: Path) -> None:
    assert try_rule(read_rule(path), path).wrong == ""


def test_each_rule_has_a_heading_and_each_heading_a_rule() -> None:
    text = (ROOT / "docs/detection.md").read_text(encoding="utf-8")
    headings = {line[4:].strip() for line in text.splitlines() if line.startswith("### ")}
    assert {path.stem for path in RULES} == headings


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_each_rule_says_to_an_officer_what_it_means_in_both_languages(path: Path) -> None:
    rule = read_rule(path)
    assert description_of(path.stem, [OWN_RULES]) == rule.description != ""
    with override("en"):
        for text in (rule.title, rule.description):
            assert gettext(text) != text


def test_outcomes_that_rules_name_are_words_of_the_vault() -> None:
    import re

    named = {
        word.strip()
        for path in RULES
        for told in re.findall(r"outcome: (\[[^\]]+\]|[a-z-]+)", path.read_text(encoding="utf-8"))
        for word in told.strip("[]").split(",")
    }
    assert named <= BY_WORD.keys()


def test_an_own_folder_replaces_a_rule_and_adds_one(tmp_path: Path) -> None:
    text = (OWN_RULES / "budget-exhausted.yml").read_text(encoding="utf-8")
    (tmp_path / "budget-exhausted.yml").write_text(text.replace("level: medium", "level: low"))
    (tmp_path / "mine.yml").write_text(text)
    found = {rule.name: rule for rule in read_rules([OWN_RULES, tmp_path])}
    assert len(found) == len(RULES) + 1
    assert found["budget-exhausted"].level == "low"


CORRELATED = """
title: t
name: c
level: low
correlation:
  type: {type}
  rules: [{rules}]
  group-by: [actor]
  timespan: {span}
  condition: {condition}
---
title: p
name: p
logsource: {{product: {product}, service: ledger}}
detection:
  s: {{{search}}}
  condition: s
"""
GOOD = {
    "type": "event_count", "rules": "p", "span": "5m", "condition": "{gte: 2}",
    "product": "colloque", "search": "kind: release",
}  # fmt: skip
BAD = {
    "a correlation that can not be run": ({"type": "value_avg", "condition": "{gte: 2, field: seq}"}, "value_avg"),
    "a span that memory does not allow": ({"span": "40d"}, "seven days"),
    "what did not happen": ({"condition": "{lt: 2}"}, "gte"),
    "a value_count of nothing": ({"type": "value_count"}, "field"),
    "a pattern that is not there": ({"rules": "q"}, "q"),
    "somebody else's log": ({"product": "windows"}, "product: colloque"),
    "a modifier without meaning here": ({"search": "network|cidr: 10.0.0.0/8"}, "SigmaCIDRExpression"),
    "a keyword without a field": ({"search": "kind|nonsense: x"}, "not a Sigma rule"),
}  # fmt: skip


def test_the_template_of_bad_rules_is_good() -> None:
    assert parse_rule(CORRELATED.format(**GOOD), Path("a.yml")).correlation.count == 2


@pytest.mark.parametrize("what", BAD)
def test_it_says_where_and_what_for(what: str) -> None:
    change, told = BAD[what]
    with pytest.raises(BadRule) as refused:
        parse_rule(CORRELATED.format(**{**GOOD, **change}), Path("folder/a.yml"))
    assert "a.yml" in str(refused.value)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("condition: s\n", "condition: 5\n", "one condition, please, in words"),
        ("level: low\n", "level: low\ncolloque: freeze\n", "keys and values"),
        ("level: low\n", "level: low\ncolloque: {stops: everything}\n", "colloque.stops"),
        ("condition: {gte: 2}", "condition: {gte: 2, field: 5}", "counts one field"),
        ("condition: {gte: 2}", "condition: [gte]", "not a Sigma rule"),
        ("rules: [p]", "rules: {a: p}", "c.yml"),
    ],
)
def test_a_word_in_another_form_is_a_sentence_and_no_crash(was: str, now: str, said: str) -> None:
    text = CORRELATED.format(**GOOD)
    assert was in text
    with pytest.raises(BadRule, match=r"c\.yml") as refused:
        parse_rule(text.replace(was, now), Path("c.yml"))
    assert said in str(refused.value)


def test_a_pattern_alone_says_how_its_own_words_are_written(tmp_path: Path) -> None:
    text = (OWN_RULES / "canary-touched.yml").read_text("utf-8")
    for was, now, said in (
        ("group-by: [known.person]", "group-by: 5", "list of fields"),
        ("quiet: 1h", "quiet: soon", "30m, 6h or 1d"),
    ):
        with pytest.raises(BadRule) as refused:
            parse_rule(text.replace(was, now), Path("a.yml"))
        assert said in str(refused.value)


def test_bad_yaml_is_told_with_its_line() -> None:
    with pytest.raises(BadRule, match="line 2, column"):
        parse_rule("title: x\n  y: [", Path("a.yml"))


@pytest.mark.parametrize(
    ("search", "condition", "kinds"),
    [
        ("kind: Release, epoch: 2", "s", {"release"}),
        ("kind: [release, refusal]", "s", {"release", "refusal"}),
        ("kind: rel*", "s", None),
        ("kind: release", "not s", None),
        ("epoch: 2", "s", None),
    ],
)
def test_a_rule_knows_which_lines_can_concern_it(search: str, condition: str, kinds: set[str] | None) -> None:
    """Lines of other kinds are not even shown to it."""
    text = CORRELATED.format(**{**GOOD, "search": search}).replace(
        "condition: s\n", f"condition: {condition}\n"
    )
    assert parse_rule(text, Path("a.yml")).patterns[0].kinds == kinds


def test_wildcards_numbers_and_not() -> None:
    text = CORRELATED.format(**{**GOOD, "search": "kind: rel*, epoch|gte: 2"})
    text = text.replace("condition: s\n", "condition: not s\n")
    rule = parse_rule(text, Path("a.yml"))
    line = {"time": "2026-01-05T09:00:00.000Z", "actor": "a", "kind": "release"}
    assert run_rule(rule, [{**line, "seq": n, "epoch": 2} for n in range(3)]) == []
    assert len(run_rule(rule, [{**line, "seq": n, "epoch": 1} for n in range(3)])) == 1
