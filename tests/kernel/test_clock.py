from datetime import UTC, datetime, timedelta

import pytest

from colloque.kernel.clock import from_wire, now, reading, to_wire


def test_the_clock_stands_still_until_it_is_moved(clock):
    before = now()
    clock.advance(timedelta(seconds=3))
    assert now() - before == timedelta(seconds=3)


def test_the_source_is_put_back_after_a_failure():
    def broken() -> datetime:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError), reading(broken):
        now()
    assert abs(now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_time_of_the_wire_reads_back_as_itself():
    at = datetime(2026, 1, 2, 3, 4, 5, 67_000, tzinfo=UTC)
    assert to_wire(at) == "2026-01-02T03:04:05.067Z"
    assert from_wire("2026-01-02T03:04:05.067Z") == at


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.06Z",
        "2026-01-02T03:04:05.067+00:00",
        "2026-1-2T03:04:05.067Z",
    ],
)
def test_any_other_way_to_write_a_time_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        from_wire(text)
