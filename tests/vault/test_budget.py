"""The budget's arithmetic: whatever the order, no window ever holds more than its capacity."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from colloque.vault import budget

START = datetime(2026, 11, 24, tzinfo=UTC)
CAPACITY = (4, 8, 15, 20)

openings = st.lists(
    st.tuples(
        st.integers(0, 12), st.sampled_from([1, 1, 1, 3, 10]), st.sampled_from([0, 1, 40, 61, 3000, 80_000])
    ),
    max_size=80,
)


def _used(spent: dict[int, budget.Opened], now: datetime) -> tuple[int, ...]:
    return tuple(sum(o.cost for o in spent.values() if o.at > now - w) for w in budget.WINDOWS.values())


@given(openings)
def test_no_window_ever_counts_more_distinct_records_than_its_capacity(
    asked: list[tuple[int, int, int]],
) -> None:
    now, spent, allowed = START, {}, []
    for record, cost, later in asked:
        now += timedelta(seconds=later)
        minute, hour, day, month = _used(spent, now)
        state = budget.State((minute, hour, day, month), CAPACITY, spent.get(record))
        decision = budget.decide(state, cost=cost, now=now)
        if isinstance(decision, budget.Allowed):
            spent[record] = decision.spent
            allowed.append((now, record))
            assert decision.used == _used(spent, now)
        for length, capacity in zip(budget.WINDOWS.values(), CAPACITY, strict=True):
            assert len({r for at, r in allowed if at > now - length}) <= capacity


def test_what_is_open_in_the_window_costs_nothing() -> None:
    state = budget.State((4, 8, 15, 20), CAPACITY, budget.Opened(START, 1))
    assert isinstance(budget.decide(state, cost=1, now=START + timedelta(seconds=30)), budget.Allowed)
    later = budget.State((4, 8, 15, 20), CAPACITY, budget.Opened(START, 1))
    assert budget.decide(later, cost=1, now=START + timedelta(seconds=61)) == budget.Refused("minute", 1)


def test_it_tells_when_there_will_be_room() -> None:
    opened = [budget.Opened(START + timedelta(seconds=n), 1) for n in range(4)]
    when = budget.when_room(opened, budget.Refused("minute", 2), now=START)
    assert when == START + timedelta(seconds=61)
    assert budget.when_room([], budget.Refused("day", 9), now=START) == START + timedelta(days=1)
