"""Rules are Sigma YAML: one correlation and its patterns to a file, or one pattern alone. What can't be run is said."""

import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationCondition, SigmaCorrelationRule
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule

from colloque.detection.errors import BadRule
from colloque.detection.matching import compile_condition, kinds_of
from colloque.detection.rule import LEVELS, Correlation, Pattern, Rule

KINDS = ("event_count", "value_count", "temporal", "temporal_ordered")
STOPS = ("device", "person", "practice")
LONGEST = timedelta(days=7)


def read_rules(folders: Iterable[Path]) -> list[Rule]:
    """Read every `*.yml` that is a rule; a later folder's file replaces an earlier one of the same name."""
    files: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise BadRule(folder, "there is no such folder of rules. Make it, or correct the setting.")
        files |= {path.stem: path for path in rule_files(folder)}
    return [read_rule(path) for path in files.values()]


def rule_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.yml")) if not path.name.endswith(".examples.yml")]


def find_rule(told: str, folders: Iterable[Path]) -> Path:
    """The file of a rule named by its path or by its name; the last folder that has it wins."""
    if told.endswith((".yml", ".yaml")):
        return Path(told)
    found = [folder / f"{told}.yml" for folder in folders if (folder / f"{told}.yml").is_file()]
    if not found:
        raise BadRule(told, "no folder of rules has a file of that name. `colloque rules list` names them.")
    return found[-1]


def read_rule(path: Path) -> Rule:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRule(
            path, "the file can't be read. Check its name, its rights and that it is UTF-8."
        ) from error
    return parse_rule(text, path)


def parse_rule(text: str, place: Path) -> Rule:
    """Read one rule; raise BadRule with the place and what to change."""
    documents = _documents(text, place)
    try:
        collection = SigmaCollection.from_dicts(documents, collect_errors=False)
        collection.resolve_rule_references()
        told = list(collection.rules)
    except (SigmaError, yaml.YAMLError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise BadRule(place, f"not a Sigma rule: {error}. See docs/detection.md.") from error
    patterns = [one for one in told if isinstance(one, SigmaRule)]
    correlations = [one for one in told if isinstance(one, SigmaCorrelationRule)]
    if not patterns or len(correlations) > 1:
        raise BadRule(place, "a file holds one rule: its patterns, and at most one correlation of them.")
    if not correlations and len(patterns) != 1:
        raise BadRule(place, "several patterns need a correlation that says how they come together.")
    try:
        return _rule(text, place, patterns, correlations)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        # A word where a list should be, a list where a word: whatever it is, it is this file's and must stop no other.
        raise BadRule(
            place, f"something in it has another form than it should ({error}). See docs/detection.md."
        ) from error


def _rule(
    text: str, place: Path, patterns: list[SigmaRule], correlations: list[SigmaCorrelationRule]
) -> Rule:
    head: Any = correlations[0] if correlations else patterns[0]
    return Rule(
        name=place.stem,
        title=str(head.title),
        description=str(head.description or ""),
        level=_level(head, place),
        patterns=tuple(_pattern(one, place) for one in _in_order(patterns, correlations, place)),
        correlation=_correlation(correlations[0], place) if correlations else _single(head, place),
        stops=_stops(head, place),
        source=text,
    )


def _documents(text: str, place: Path) -> list[dict[str, Any]]:
    try:
        documents = [one for one in yaml.safe_load_all(text) if one is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place}, line {mark.line + 1}, column {mark.column + 1}" if mark else place
        raise BadRule(where, f"not YAML: {getattr(error, 'problem', error)}.") from error
    if not documents or not all(isinstance(one, dict) for one in documents):
        raise BadRule(place, "the file holds no rule: it needs at least one YAML mapping.")
    return documents


def _in_order(
    patterns: list[SigmaRule], correlations: list[SigmaCorrelationRule], place: Path
) -> list[SigmaRule]:
    """Patterns in the order in which the correlation names them: `temporal_ordered` means it."""
    if not correlations:
        return patterns
    by_name = {one.name: one for one in patterns}
    names = [ref.reference for ref in correlations[0].rules or []]
    if not names:
        raise BadRule(place, "the correlation names no rules.")
    missing = [name for name in names if name not in by_name]
    if missing or len(names) != len(patterns):
        raise BadRule(
            place, f"the correlation and the patterns differ: {', '.join(missing) or 'one is unused'}."
        )
    return [by_name[name] for name in names]


def _pattern(told: SigmaRule, place: Path) -> Pattern:
    where = f"{place}, pattern “{told.title}”"
    if told.logsource.product != "colloque":
        raise BadRule(where, "its logsource must say `product: colloque`: these are lines of our ledger.")
    if len(told.detection.parsed_condition) != 1 or not isinstance(told.detection.condition[0], str):
        raise BadRule(where, "one condition, please, in words: several can't be expressed here.")
    try:
        tree = told.detection.parsed_condition[0].parsed
    except (SigmaError, ValueError) as error:
        raise BadRule(where, f"its condition can't be read: {error}.") from error
    return Pattern(str(told.name or told.title), compile_condition(tree, where), kinds_of(tree))


def _correlation(told: SigmaCorrelationRule, place: Path) -> Correlation:
    kind = str(told.type.name).lower()
    if kind not in KINDS:
        raise BadRule(place, f"correlation “{kind}” can't be expressed here; there are {', '.join(KINDS)}.")
    within = timedelta(seconds=told.timespan.seconds)
    if within > LONGEST:
        raise BadRule(
            place, f"timespan {told.timespan.spec} is longer than seven days, which memory allows for."
        )
    if told.aliases.aliases:
        raise BadRule(place, "aliases can't be expressed here: use the ledger's own field names.")
    count, field = 1, ""
    if kind in ("event_count", "value_count"):
        count, field = _threshold(told.condition, place)
        if (kind == "value_count") != bool(field):
            raise BadRule(place, "a value_count has a `field` in its condition, and an event_count has none.")
    return Correlation(kind, _names(told.group_by or (), "group-by", place), within, count, field)


def _threshold(condition: Any, place: Path) -> tuple[int, str]:
    if not isinstance(condition, SigmaCorrelationCondition) or condition.op.name not in ("GTE", "GT"):
        raise BadRule(
            place,
            "only `gte` and `gt` can be expressed: that something did not happen is no line that could be noticed.",
        )
    field = condition.fieldref
    if not isinstance(field, str | None) or condition.count != int(condition.count) or condition.count < 0:
        raise BadRule(place, "the condition counts one field, against a whole number.")
    return int(condition.count) + (condition.op.name == "GT"), field or ""


def _single(told: Any, place: Path) -> Correlation:
    """A pattern alone fires at once; whose finding it is, and how long it then keeps quiet, are our own words."""
    own = _own(told, place)
    quiet = re.fullmatch(r"(\d{1,4})([mhd])", str(own.get("quiet", "1h")))
    if quiet is None:
        raise BadRule(place, "`colloque.quiet` reads like 30m, 6h or 1d.")
    seconds = int(quiet[1]) * {"m": 60, "h": 3600, "d": 86400}[quiet[2]]
    group_by = _names(own.get("group-by", ["actor"]), "colloque.group-by", place)
    return Correlation("event_count", group_by, min(timedelta(seconds=seconds), LONGEST))


def _own(told: Any, place: Path) -> dict[str, Any]:
    own = told.custom_attributes.get("colloque") or {}
    if not isinstance(own, dict):
        raise BadRule(place, "`colloque` holds keys and values: stops, group-by, quiet.")
    return own


def _names(told: object, what: str, place: Path) -> tuple[str, ...]:
    if not isinstance(told, list | tuple) or not all(isinstance(name, str) for name in told):
        raise BadRule(place, f"`{what}` is a list of fields, such as [actor].")
    return tuple(told)


def _stops(told: Any, place: Path) -> str:
    stops = str(_own(told, place).get("stops", ""))
    if stops and stops not in STOPS:
        raise BadRule(
            place, f"`colloque.stops` is one of {', '.join(STOPS)}: what can be undone without loss."
        )
    return stops


def _level(told: Any, place: Path) -> str:
    level = str(told.level.name).lower() if told.level is not None else ""
    if level not in LEVELS:
        raise BadRule(place, f"`level` is missing: one of {', '.join(LEVELS)}.")
    return level
