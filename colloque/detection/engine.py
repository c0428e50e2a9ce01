"""Lines in, hits out: each line once, in the ledger's order. State is a threshold's worth for each active group."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from colloque.detection.drift import Drift
from colloque.detection.facts import Facts
from colloque.detection.matching import look
from colloque.detection.rule import Event, Hit, Matches, Rule
from colloque.detection.score import Scorer
from colloque.detection.windows import EventWindow, OrderWindow, SetWindow, ValueWindow, Window
from colloque.kernel.clock import from_wire

type _Patterns = list[tuple[int, Matches]]
type _Reading = list[tuple[_Running, _Patterns]]

SWEEP_EVERY = timedelta(hours=1)
MOST_EVIDENCE = 100


class Engine:
    """Not thread-safe: one per sweep. A rule that has fired for a group keeps quiet about it for its span."""

    def __init__(
        self,
        rules: Iterable[Rule],
        facts: Facts | None = None,
        scorer: Scorer | None = None,
        drift: Drift | None = None,
    ) -> None:
        self.facts = facts or Facts()
        self.scorer, self.drift = scorer, drift
        self.running = [_Running(rule) for rule in rules]
        self._swept: datetime | None = None
        self._by_kind: dict[str, _Reading] = {}

    def feed(self, line: Mapping[str, Any]) -> list[Hit]:
        event = self.facts.beside(line)
        at = from_wire(line["time"])
        self._sweep(at)
        hits = [
            hit for running, patterns in self._reading(str(line.get("kind")))
            for hit in running.see(event, at, patterns)
        ]  # fmt: skip
        if self.drift:
            hits += self.drift.see(event)
        scored = self.scorer.see(event) if self.scorer else None
        return [*hits, scored] if scored else hits

    def run(self, lines: Iterable[Mapping[str, Any]]) -> Iterator[Hit]:
        for line in lines:
            yield from self.feed(line)

    def _reading(self, kind: str) -> "_Reading":
        """The rules, with those of their patterns, that can hold for a line of this kind: most lines concern few."""
        found = self._by_kind.get(kind)
        if found is None:
            each = [(one, one.reading(kind)) for one in self.running]
            found = self._by_kind[kind] = [(one, patterns) for one, patterns in each if patterns]
        return found

    @property
    def groups(self) -> int:
        """How many groups are held in memory."""
        return sum(len(running.windows) for running in self.running)

    def _sweep(self, at: datetime) -> None:
        if self._swept is None or at - self._swept > SWEEP_EVERY:
            self._swept = at
            for running in self.running:
                running.forget(at)


class _Running:
    """A rule and its windows, one for each group."""

    def __init__(self, rule: Rule) -> None:
        self.rule, self.told = rule, rule.correlation
        self.windows: dict[tuple[str, ...], Window] = {}
        self.seen: dict[tuple[str, ...], datetime] = {}
        self.quiet: dict[tuple[str, ...], datetime] = {}

    def reading(self, kind: str) -> "_Patterns":
        """Which patterns can hold for a line of this kind, each with its place."""
        return [
            (which, one.matches)
            for which, one in enumerate(self.rule.patterns)
            if one.kinds is None or kind.casefold() in one.kinds
        ]

    def see(self, event: Event, at: datetime, patterns: "_Patterns") -> Iterator[Hit]:
        for which, matches in patterns:
            if matches(event):
                hit = self._count(which, event, at)
                if hit:
                    yield hit
                if self.told.kind in ("event_count", "value_count"):
                    return  # a line counts once, however many patterns it fits

    def forget(self, at: datetime) -> None:
        for group in [g for g, seen in self.seen.items() if at - seen > self.told.within]:
            del self.seen[group], self.windows[group]
            self.quiet.pop(group, None)

    def _count(self, which: int, event: Event, at: datetime) -> Hit | None:
        group = tuple(str(value) for value in (look(event, name) for name in self.told.group_by) if value)
        if len(group) < len(self.told.group_by):
            return None  # without whose it is, it is nobody's finding
        window = self.windows.get(group)
        if window is None:
            window = self.windows[group] = self._new()
        self.seen[group] = at
        if not self._add(window, which, event, at):
            return None
        until = self.quiet.get(group)
        if until is not None and at < until:
            return None
        self.quiet[group] = at + self.told.within
        return self._hit(group, window, event, at)

    def _new(self) -> Window:
        size = len(self.rule.patterns)
        match self.told.kind:
            case "event_count":
                return EventWindow(max(self.told.count, 1))
            case "value_count":
                return ValueWindow(max(self.told.count, 1))
            case "temporal":
                return SetWindow(size)
        return OrderWindow(size)

    def _add(self, window: Window, which: int, event: Event, at: datetime) -> bool:
        seq = int(event.get("seq", -1))
        match window:
            case EventWindow():
                return window.add(at, seq, self.told.within)
            case ValueWindow():
                value = look(event, self.told.field)
                return value is not None and window.add(str(value), at, seq, self.told.within)
        return window.add(which, at, seq, self.told.within)

    def _hit(self, group: tuple[str, ...], window: Window, event: Event, at: datetime) -> Hit:
        evidence = window.evidence(at - self.told.within)
        return Hit(
            rule=self.rule.name,
            level=self.rule.level,
            group=tuple(zip(self.told.group_by, group, strict=True)),
            time=str(event["time"]),
            seq=int(event.get("seq", -1)),
            count=len(evidence),
            evidence=evidence[-MOST_EVIDENCE:],
            stops=self.rule.stops,
            person=str(look(event, "known.person") or ""),
            device=str(event.get("device", "")),
            practice=str(event.get("practice", "")),
        )
