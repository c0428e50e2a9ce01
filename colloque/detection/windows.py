"""Sliding windows whose memory is the rule's threshold, not its traffic (docs/adr: incremental windows).

A `gte n` needs the n newest matches and nothing older: when the oldest of those is within the span, it fires.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class EventWindow:
    """The newest `count` matches."""

    count: int
    kept: deque[tuple[datetime, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.kept = deque(maxlen=self.count)

    def add(self, at: datetime, seq: int, within: timedelta) -> bool:
        self.kept.append((at, seq))
        return len(self.kept) == self.count and at - self.kept[0][0] <= within

    def evidence(self, since: datetime) -> tuple[int, ...]:
        return tuple(seq for at, seq in self.kept if at >= since)


@dataclass
class ValueWindow:
    """The `count` distinct values seen last, each with when it was seen last."""

    count: int
    kept: OrderedDict[str, tuple[datetime, int]] = field(default_factory=OrderedDict)

    def add(self, value: str, at: datetime, seq: int, within: timedelta) -> bool:
        self.kept.pop(value, None)
        self.kept[value] = (at, seq)
        if len(self.kept) > self.count:
            self.kept.popitem(last=False)
        oldest, _ = next(iter(self.kept.values()))
        return len(self.kept) == self.count and at - oldest <= within

    def evidence(self, since: datetime) -> tuple[int, ...]:
        return tuple(seq for at, seq in self.kept.values() if at >= since)


@dataclass
class SetWindow:
    """When each pattern matched last: they come together in any order."""

    size: int
    last: dict[int, tuple[datetime, int]] = field(default_factory=dict)

    def add(self, which: int, at: datetime, seq: int, within: timedelta) -> bool:
        self.last[which] = (at, seq)
        return len(self.last) == self.size and at - min(when for when, _ in self.last.values()) <= within

    def evidence(self, since: datetime) -> tuple[int, ...]:
        return tuple(sorted(seq for at, seq in self.last.values() if at >= since))


@dataclass
class OrderWindow:
    """The newest chain of each length: a chain of i+1 begins when the newest chain of i did."""

    size: int
    chains: dict[int, tuple[datetime, tuple[int, ...]]] = field(default_factory=dict)

    def add(self, which: int, at: datetime, seq: int, within: timedelta) -> bool:
        if which == 0:
            self.chains[0] = (at, (seq,))
        elif which - 1 in self.chains:
            begun, seqs = self.chains[which - 1]
            self.chains[which] = (begun, (*seqs, seq))
        whole = self.chains.get(self.size - 1)
        return which == self.size - 1 and whole is not None and at - whole[0] <= within

    def evidence(self, since: datetime) -> tuple[int, ...]:
        return self.chains[self.size - 1][1]


type Window = EventWindow | ValueWindow | SetWindow | OrderWindow
