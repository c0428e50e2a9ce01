from datetime import UTC, datetime, timedelta

from colloque.consultations.presence import Seen, next_change, since, state_of

T = datetime(2026, 11, 24, 9, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def test_silence_of_four_seconds_is_unsteady_and_of_eight_gone() -> None:
    seen = Seen(T, T)
    assert [state_of(seen, after(s)) for s in (0, 3.9, 4, 7.9, 8, 3600)] == [
        "here", "here", "unsteady", "unsteady", "gone", "gone",
    ]  # fmt: skip
    assert state_of(None, T) == "gone"


def test_a_reload_within_the_silence_does_not_read_as_leaving() -> None:
    seen = Seen(T, T).again(after(6))
    assert state_of(seen, after(6)) == "here"
    assert since(seen, after(6)) == T


def test_who_was_gone_comes_anew() -> None:
    seen = Seen(T, T).again(after(9))
    assert since(seen, after(9)) == after(9)


def test_since_is_the_last_time_heard_for_who_is_not_there() -> None:
    assert since(Seen(T, after(3)), after(20)) == after(3)
    assert since(None, T) is None


def test_a_late_message_of_an_earlier_ping_does_not_take_time_back() -> None:
    assert Seen(T, after(5)).again(after(3)).seen_at == after(5)


def test_the_next_change_is_the_first_threshold_ahead() -> None:
    early, late = Seen(T, T), Seen(T, after(3))
    assert next_change([early, late, None], after(3)) == after(4)
    assert next_change([early, late], after(4)) == after(7)
    assert next_change([early], after(8)) is None
