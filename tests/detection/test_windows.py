"""Windows that keep a threshold's worth agree with windows that keep everything."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from colloque.detection.engine import Engine
from colloque.detection.rule import Correlation, Pattern, Rule
from colloque.detection.windows import EventWindow, ValueWindow
from colloque.kernel.clock import to_wire

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
steps = st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abcdef")), max_size=60)


@given(steps, st.integers(1, 6), st.integers(0, 120))
def test_counts_are_those_of_all_events(told: list[tuple[int, str]], count: int, span: int) -> None:
    within, at = timedelta(seconds=span), BEGIN
    events, values = EventWindow(count), ValueWindow(count)
    past: list[tuple[datetime, str]] = []
    for seq, (step, value) in enumerate(told):
        at += timedelta(seconds=step)
        past.append((at, value))
        inside = [v for when, v in past if at - when <= within]
        assert events.add(at, seq, within) == (len(inside) >= count)
        assert values.add(value, at, seq, within) == (len(set(inside)) >= count)
        assert len(events.kept) <= count
        assert len(values.kept) <= count


def rule(kind: str, *names: str) -> Rule:
    def saying(name: str) -> Pattern:
        return Pattern(name, lambda event: event["kind"] == name)

    told = Correlation(kind, ("actor",), timedelta(minutes=1))
    return Rule("r", "t", "", "low", tuple(saying(name) for name in names), told)


def lines(text: str, *, every: int = 10) -> list[dict[str, object]]:
    return [
        {"seq": n, "time": to_wire(BEGIN + timedelta(seconds=n * every)), "kind": kind, "actor": "bose"}
        for n, kind in enumerate(text)
    ]


def test_order_matters_only_where_it_is_asked() -> None:
    assert len(list(Engine([rule("temporal", "a", "b")]).run(lines("ba")))) == 1
    assert list(Engine([rule("temporal_ordered", "a", "b")]).run(lines("ba"))) == []
    (hit,) = Engine([rule("temporal_ordered", "a", "b")]).run(lines("axxb"))
    assert hit.evidence == (0, 3)
    assert list(Engine([rule("temporal_ordered", "a", "b")]).run(lines("ab", every=61))) == []


def test_one_finding_for_a_burst_and_memory_is_given_back() -> None:
    engine = Engine([rule("event_count", "a")])
    assert len(list(engine.run(lines("a" * 6)))) == 1, "quiet for a minute"
    later = {**lines("b")[0], "seq": 6, "time": to_wire(BEGIN + timedelta(hours=3))}
    engine.feed(later)
    assert engine.groups == 0
