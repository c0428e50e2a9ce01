"""What a rule is once read: which lines it looks at, and what must come together in how long."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

type Event = Mapping[str, Any]
type Matches = Callable[[Event], bool]

LEVELS = ("informational", "low", "medium", "high", "critical")


@dataclass(frozen=True)
class Pattern:
    """Lines of one sort."""

    name: str
    matches: Matches
    kinds: frozenset[str] | None = None  # of lines that it can match; None: of any


@dataclass(frozen=True)
class Correlation:
    """Patterns that come together: `kind` is Sigma's word; `field` is there for a value_count."""

    kind: str
    group_by: tuple[str, ...]
    within: timedelta
    count: int = 1
    field: str = ""


@dataclass(frozen=True)
class Rule:
    """`stops` is the lever that may be pulled without asking anyone, or empty."""

    name: str
    title: str
    description: str
    level: str
    patterns: tuple[Pattern, ...]
    correlation: Correlation
    stops: str = ""
    source: str = ""


@dataclass(frozen=True)
class Hit:
    """A rule has fired: for whom (the values it groups by), on which line, with how much of what."""

    rule: str
    level: str
    group: tuple[tuple[str, str], ...]
    time: str
    seq: int
    count: int
    evidence: tuple[int, ...]
    stops: str = ""
    # Of the line that completed it: what a lever would be pulled on.
    person: str = ""
    device: str = ""
    practice: str = ""
    why: str = ""  # in words, where the rule's title does not say it all

    @property
    def key(self) -> str:
        return "|".join(f"{name}={value}" for name, value in self.group)
