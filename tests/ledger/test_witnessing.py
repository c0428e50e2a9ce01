"""How far a log may run ahead of its witnesses: in lines, in seconds, by a quorum."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from colloque.ledger.witnessing import UNBOUNDED, Bounds, Seen, request_of, room
from colloque.witness.decide import Asked, parse

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ONE = Bounds(quorum=1)


def seen(size: int, seconds: float = 0) -> Seen:
    return Seen(size, NOW - timedelta(seconds=seconds))


def left(*of: Seen, size: int, bounds: Bounds = ONE) -> int:
    return room(of, bounds, size=size, now=NOW)


def test_nothing_is_released_before_a_witness_has_cosigned_or_where_there_is_none() -> None:
    assert left(size=0) == 0


def test_it_ends_500_lines_after_what_the_witness_saw() -> None:
    assert [left(seen(100), size=size) for size in (100, 101, 599, 600, 601)] == [500, 499, 1, 0, 0]


def test_it_ends_60_seconds_after_the_witness_was_asked_and_a_clock_set_back_opens_nothing() -> None:
    assert [left(seen(100, seconds), size=100) for seconds in (0, 60, 60.001, -60, -61)] == [
        500,
        500,
        0,
        500,
        0,
    ]


def test_a_quorum_is_as_far_as_its_slowest_and_no_single_witness_speeds_or_stops_it() -> None:
    two_of_three = Bounds(quorum=2)
    assert left(seen(100), seen(90), seen(0, 999), size=100, bounds=two_of_three) == 490
    assert left(seen(100), seen(90, 61), seen(0, 999), size=100, bounds=two_of_three) == 0
    assert left(seen(100), size=100, bounds=two_of_three) == 0
    assert left(seen(100), seen(100), seen(100), size=100, bounds=Bounds(quorum=3)) == 500


def test_a_quorum_of_none_bounds_nothing() -> None:
    assert left(size=10**9, bounds=Bounds(quorum=0)) == UNBOUNDED


@given(
    st.lists(st.tuples(st.integers(0, 2000), st.integers(-90, 90)), max_size=5),
    st.integers(1, 5),
    st.integers(0, 2500),
)
def test_whatever_room_there_is_keeps_enough_witnesses_within_the_bounds(
    told: list[tuple[int, int]], quorum: int, size: int
) -> None:
    free = left(*(seen(*one) for one in told), size=size, bounds=Bounds(quorum))
    assert free >= 0
    if free:
        near = [s for s, age in told if abs(age) <= 60 and size + free - s <= 500]
        assert len(near) >= quorum


@settings(max_examples=30)
@given(st.integers(0, 2**50), st.lists(st.binary(min_size=32, max_size=32), max_size=5), st.text(min_size=1))
def test_a_witness_reads_what_a_log_asks(old: int, proof: list[bytes], note: str) -> None:
    note = note.replace("\r", "").encode("utf-8", "ignore").decode()
    if note:
        assert parse(request_of(old, proof, note)) == Asked(old, tuple(proof), note)
