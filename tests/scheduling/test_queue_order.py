from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from colloque.scheduling.queue_order import (
    Desk,
    Waiting,
    ahead_of,
    estimate_minutes,
    in_order,
    order_for,
    typical_duration,
)

T = datetime(2026, 11, 24, 9, tzinfo=UTC)
BOSE, DAN = "bose", "dan"
TEN = [timedelta(minutes=10)] * 3


def waiting(name: str, minute: int, wished: str | None = None) -> Waiting:
    return Waiting(name, T + timedelta(minutes=minute), wished)


QUEUE = [waiting("c", 3), waiting("a", 1), waiting("b", 2, BOSE), waiting("d", 4, DAN), waiting("e", 5, BOSE)]


def test_first_come_first_served() -> None:
    assert [w.id for w in in_order(QUEUE)] == ["a", "b", "c", "d", "e"]


def test_a_practitioner_sees_those_who_wait_for_anyone_or_for_them() -> None:
    assert [w.id for w in order_for({BOSE}, QUEUE)] == ["a", "b", "c", "e"]
    assert [w.id for w in order_for({DAN}, QUEUE)] == ["a", "c", "d"]


def test_who_waits_for_anyone_is_not_behind_those_who_wait_for_one() -> None:
    assert {w.id: ahead_of(w, QUEUE) for w in QUEUE} == {"a": 0, "b": 1, "c": 1, "d": 2, "e": 3}


def test_nobody_on_duty_means_no_estimate() -> None:
    assert estimate_minutes(ahead=0, wished=None, desks=[], durations=TEN, now=T) is None
    assert estimate_minutes(ahead=0, wished=DAN, desks=[Desk(BOSE)], durations=TEN, now=T) is None


def test_too_few_consultations_mean_no_estimate_unless_a_desk_is_free() -> None:
    few = TEN[:2]
    assert estimate_minutes(ahead=1, wished=None, desks=[Desk(BOSE)], durations=few, now=T) is None
    assert estimate_minutes(ahead=0, wished=None, desks=[Desk(BOSE, T)], durations=few, now=T) is None
    assert estimate_minutes(ahead=0, wished=None, desks=[Desk(BOSE)], durations=few, now=T) == 0


def test_those_ahead_take_the_desks_in_turn() -> None:
    desks = [Desk(BOSE), Desk(DAN, T - timedelta(minutes=6))]
    estimates = [estimate_minutes(ahead=n, wished=None, desks=desks, durations=TEN, now=T) for n in range(4)]
    assert estimates == [0, 4, 10, 14]


def test_a_consultation_longer_than_usual_may_end_any_moment() -> None:
    desks = [Desk(BOSE, T - timedelta(minutes=25))]
    assert estimate_minutes(ahead=0, wished=None, desks=desks, durations=TEN, now=T) == 0


def test_a_forgotten_consultation_does_not_count() -> None:
    assert typical_duration([timedelta(hours=9), timedelta(seconds=5), *TEN]) == timedelta(minutes=10)
    assert typical_duration([timedelta(hours=9), *TEN[:2]]) is None


@given(
    ahead=st.integers(0, 30),
    busy=st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=1, max_size=6),
    minutes=st.lists(st.integers(2, 60), min_size=3, max_size=10),
)
def test_more_ahead_never_means_sooner(ahead: int, busy: list[int | None], minutes: list[int]) -> None:
    desks = [Desk(str(n), None if b is None else T - timedelta(minutes=b)) for n, b in enumerate(busy)]
    durations = [timedelta(minutes=m) for m in minutes]

    def estimate(n: int) -> int:
        found = estimate_minutes(ahead=n, wished=None, desks=desks, durations=durations, now=T)
        assert found is not None
        assert found >= 0
        return found

    assert estimate(ahead) <= estimate(ahead + 1)
