"""Sigma conditions as predicates over events: fields with a dot look inside an object."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sigma import conditions, types

from colloque.detection.errors import BadRule
from colloque.detection.rule import Event, Matches

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "LT": lambda a, b: a < b,
    "LTE": lambda a, b: a <= b,
    "GT": lambda a, b: a > b,
    "GTE": lambda a, b: a >= b,
}


def compile_condition(node: Any, place: Path | str) -> Matches:
    """Turn a parsed Sigma condition into a predicate; raise BadRule for what this engine can't express."""
    match node:
        case conditions.ConditionAND():
            return _all(tuple(compile_condition(one, place) for one in node.args))
        case conditions.ConditionOR():
            words = _words_of(node)
            if words:
                return _field(words[0], _one_of(words[1]))
            return _any(tuple(compile_condition(one, place) for one in node.args))
        case conditions.ConditionNOT():
            (part,) = (compile_condition(one, place) for one in node.args)
            return lambda event: not part(event)
        case conditions.ConditionFieldEqualsValueExpression():
            return _field(node.field, _value(node.value, f"{place}, field {node.field}"))
    raise BadRule(place, f"“{type(node).__name__}” can't be expressed here: name a field for each value.")


def kinds_of(node: Any) -> frozenset[str] | None:
    """The kinds of line that a condition can hold for, in small letters; None where it may be any."""
    match node:
        case conditions.ConditionAND():
            told = [found for found in map(kinds_of, node.args) if found is not None]
            return frozenset.intersection(*told) if told else None
        case conditions.ConditionOR():
            each = [kinds_of(one) for one in node.args]
            known = [found for found in each if found is not None]
            return frozenset().union(*known) if len(known) == len(each) else None
        case conditions.ConditionFieldEqualsValueExpression():
            value = node.value
            plain = isinstance(value, types.SigmaString) and not value.contains_special()
            return frozenset({str(value).casefold()}) if node.field == "kind" and plain else None
    return None


# Loops, not `all` and `any` of a generator: each line of a platform comes by here, many times.


def _all(parts: tuple[Matches, ...]) -> Matches:
    def matches(event: Event) -> bool:
        for part in parts:  # noqa: SIM110
            if not part(event):
                return False
        return True

    return matches


def _any(parts: tuple[Matches, ...]) -> Matches:
    def matches(event: Event) -> bool:
        for part in parts:  # noqa: SIM110
            if part(event):
                return True
        return False

    return matches


def _words_of(node: conditions.ConditionOR) -> tuple[str, frozenset[str]] | None:
    """A field and the plain words that it may have, where that is all that is asked: one look instead of many."""
    fields, words = set(), set()
    for one in node.args:
        if not isinstance(one, conditions.ConditionFieldEqualsValueExpression):
            return None
        if type(one.value) is not types.SigmaString or one.value.contains_special():
            return None
        fields.add(one.field)
        words.add(str(one.value).casefold())
    return (fields.pop(), frozenset(words)) if len(fields) == 1 else None


def _one_of(words: frozenset[str]) -> Callable[[Any], bool]:
    return lambda told: isinstance(told, str) and told.casefold() in words


def look(event: Event, field: str) -> Any:
    """The value of a field; a dot looks inside `detail` or what the engine knows beside the line."""
    outer, _, inner = field.partition(".")
    value = event.get(outer)
    if not inner:
        return value
    return value.get(inner) if isinstance(value, Mapping) else None


def _field(name: str, accepts: Callable[[Any], bool]) -> Matches:
    if "." not in name:  # most are not, and each line comes by here many times
        return lambda event: accepts(event.get(name))
    return lambda event: accepts(look(event, name))


def _value(value: Any, place: str) -> Callable[[Any], bool]:  # noqa: PLR0911  one return for each sort of value
    match value:
        case types.SigmaCasedString():
            return _text(value, flags=0)
        case types.SigmaString():
            return _text(value, flags=re.IGNORECASE)
        case types.SigmaNumber():
            number = value.number
            return lambda told: told == number and not isinstance(told, bool)
        case types.SigmaBool():
            wanted = value.boolean
            return lambda told: bool(told) is wanted
        case types.SigmaNull():
            return lambda told: told is None or told == ""
        case types.SigmaExists():
            there = bool(value.exists)
            return lambda told: (told is not None) is there
        case types.SigmaRegularExpression():
            pattern = re.compile(str(value.regexp))
            return lambda told: isinstance(told, str) and pattern.search(told) is not None
        case types.SigmaCompareExpression():
            compare, bound = _COMPARE.get(value.op.name), value.number.number
            if compare is None:
                raise BadRule(place, f"the comparison “{value.op.name}” can't be expressed here.")
            return lambda told: isinstance(told, int | float) and compare(told, bound)
    raise BadRule(
        place, f"the modifier behind “{type(value).__name__}” can't be expressed here. See docs/detection.md."
    )


def _text(value: types.SigmaString, *, flags: int) -> Callable[[Any], bool]:
    if not value.contains_special():
        plain = str(value)
        if flags:
            folded = plain.casefold()
            return lambda told: isinstance(told, str) and told.casefold() == folded
        return lambda told: told == plain
    pattern = re.compile("".join(_parts(value)), flags | re.DOTALL)
    return lambda told: isinstance(told, str) and pattern.fullmatch(told) is not None


def _parts(value: types.SigmaString) -> Iterator[str]:
    for part in value.s:
        if isinstance(part, str):
            yield re.escape(part)
        else:
            yield ".*" if part == types.SpecialChars.WILDCARD_MULTI else "."
