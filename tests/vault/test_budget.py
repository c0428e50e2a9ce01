"""The budget's arithmetic: whatever the order, no window of any level ever holds more than its capacity."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colloque.vault import budget
from colloque.vault.budget import Level, Opened, Refused
from colloque.vault.meter import WINDOWS, Meter, buckets_of

START = datetime(2026, 11, 24, tzinfo=UTC)
CAPACITIES = {
    "device": (4, 8, 15, 20), "person": (4, 9, 17, 25), "practice": (5, 10, 20, 30), "platform": (6, 14, 25, 40),
}  # fmt: skip

openings = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(["bose", "chen"]),
        st.sampled_from([1, 2]),
        st.sampled_from([1, 1, 1, 3, 10]),
        st.sampled_from([0, 0, 1, 40, 61, 3000, 80_000, 900_000]),
    ),
    max_size=60,
)


class World:
    """The four levels as the vault keeps them: packed between one opening and the next."""

    def __init__(self) -> None:
        self.packed: dict[str, bytes] = {}
        self.opened: dict[tuple[str, int], Opened] = {}

    def open(self, now: datetime, record: int, person: str, device: str, cost: int) -> bool:
        holders = {"device": device, "person": person, "practice": "p", "platform": ""}
        known = self.opened.get((person, record))
        levels = [
            Level(
                name, Meter(now, self.packed.get(holder, b"")), CAPACITIES[name],
                known is not None and (name != "device" or known.device == device),
            )
            for name, holder in holders.items()
        ]  # fmt: skip
        decision = budget.decide(levels, known, cost=cost, now=now)
        if isinstance(decision, Refused):
            assert now < decision.retry_at <= now + timedelta(days=31)
            return False
        budget.spend(levels, known, decision)
        self.opened[person, record] = Opened(now, decision.cost, device)
        self.packed |= {holders[level.name]: level.meter.pack() for level in levels}
        for level in levels:
            assert all(used <= most for used, most in zip(level.meter.used, level.capacity, strict=True))
        return True


@given(openings)
def test_no_window_of_any_level_ever_counts_more_distinct_records_than_its_capacity(
    asked: list[tuple[int, str, int, int, int]],
) -> None:
    world, now, allowed = World(), START, []
    for record, person, number, cost, later in asked:
        now += timedelta(seconds=later)
        if world.open(now, record, person, f"{person}-{number}", cost):
            allowed.append((now, record, person, f"{person}-{number}"))
        for n, length in enumerate(WINDOWS.values()):
            inside = [one for one in allowed if one[0] > now - length]
            for who in ("bose", "chen"):
                assert len({r for _, r, p, _ in inside if p == who}) <= CAPACITIES["person"][n]
                for device in (f"{who}-1", f"{who}-2"):
                    assert len({r for _, r, _, d in inside if d == device}) <= CAPACITIES["device"][n]
            assert len({(r, p) for _, r, p, _ in inside}) <= CAPACITIES["practice"][n]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 1, 1, 40, 61, 3000, 80_000, 900_000, 2_700_000]),
            st.integers(0, 5),
            st.sampled_from([1, 1, 3, 10]),
        ),
        max_size=20,
    )
)
def test_what_is_recounted_as_it_goes_is_what_the_last_openings_count(
    asked: list[tuple[int, int, int]],
) -> None:
    now, packed, opened = START, b"", dict[int, Opened]()
    room = (1_000_000,) * 4
    for later, record, cost in asked:
        now += timedelta(seconds=later)
        level = Level("person", Meter(now, packed), room)
        decision = budget.decide([level], opened.get(record), cost=cost, now=now)
        assert isinstance(decision, Opened)
        budget.spend([level], opened.get(record), decision)
        opened[record], packed = decision, level.meter.pack()
        anew = Meter(now)
        for one in opened.values():
            anew.recall(buckets_of(one.at), one.cost)
        assert anew.used == level.meter.used
        assert all(anew.counts(window) == level.meter.counts(window) for window in range(4))


def levels(now: datetime, meter: Meter) -> list[Level]:
    return [Level("person", Meter(now, meter.pack()), (4, 8, 15, 20))]


def test_what_is_open_in_the_window_costs_nothing_and_counts_from_its_last_opening() -> None:
    meter, first = Meter(START), Opened(START, 1)
    for window in range(4):
        meter.take(window, 4)
    soon = START + timedelta(seconds=30)
    (level,) = levels(soon, meter)
    again = budget.decide([level], first, cost=1, now=soon)
    assert again == Opened(soon, 1)
    budget.spend([level], first, again)
    assert level.meter.used == [4, 4, 4, 4]
    later = START + timedelta(seconds=75)
    (level,) = levels(later, level.meter)
    assert level.meter.used == [1, 4, 4, 4], "the other three have left the minute"


def test_a_dearer_way_to_what_is_open_pays_the_difference() -> None:
    meter = Meter(START)
    for window in range(4):
        meter.take(window, 1)
    level = Level("person", meter, (9, 20, 20, 20))
    refused = budget.decide([level], Opened(START, 1), cost=10, now=START)
    assert isinstance(refused, Refused)
    assert (refused.level, refused.window) == ("person", "minute")


def test_it_tells_when_there_will_be_room() -> None:
    meter = Meter(START)
    meter.take(0, 3)
    later = START + timedelta(seconds=20)
    meter = Meter(later, meter.pack())
    meter.take(0, 1)
    assert meter.frees(0, 3) == START + timedelta(seconds=62)
    assert meter.frees(0, 4) == later + timedelta(seconds=62)
    assert meter.frees(0, 99) == later + timedelta(seconds=62), "never: the longest wait there is"


@pytest.mark.parametrize(
    ("relation", "months", "cost"),
    [("own", 40, 0), ("queue", 0, 1), ("linked", 0, 3), ("break-glass", 17, 10), ("break-glass", 19, 20)],
)
def test_what_an_opening_costs(relation: str, months: int, cost: int) -> None:
    touched = START - timedelta(days=30.5 * months)
    assert budget.price(relation, touched_at=touched, now=START) == cost
