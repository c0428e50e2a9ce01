"""The score says no on days like the others, and says why in words when it says yes."""

from colloque.detection.engine import Engine
from colloque.detection.score import ENGLISH, FEATURES, WORDS, Scorer, in_english, own_weights

DAYS = 8


def day(date: int, count: int, relation: str, *, hour: int = 9) -> list[dict[str, object]]:
    return [
        {"time": f"2026-01-{date:02d}T{hour + n // 60:02d}:{n % 60:02d}:00.000Z", "kind": "release", "relation": relation,
         "actor": "bose", "device": "d1", "practice": "p1", "record": f"{date}r{n}", "outcome": "allowed"}
        for n in range(count)
    ]  # fmt: skip


def told(*days: list[dict[str, object]]) -> list[str]:
    lines = [line for one in days for line in one]
    numbered = [{**line, "seq": n} for n, line in enumerate(lines)]
    return [hit.why for hit in Engine([], scorer=Scorer()).run(numbered)]


def test_a_week_of_work_and_a_busy_day_are_nothing() -> None:
    week = [day(5 + n, 20, "assigned") for n in range(DAYS)]
    assert told(*week, day(20, 45, "assigned")) == []


def test_a_day_of_closed_records_says_why_once() -> None:
    week = [day(5 + n, 20, "assigned") for n in range(DAYS)]
    (why,) = told(*week, day(20, 120, "linked"))
    assert "sans rendez-vous ni demande en cours" in why


def test_ones_own_record_and_letters_are_not_looked_at() -> None:
    assert told(day(5, 60, "own", hour=1), day(6, 60, "service", hour=1)) == []


def test_no_feature_speaks_for_an_attacker_by_being_there() -> None:
    """A weight below zero would let a thief lower the score by doing more of it."""
    assert all(weight >= 0 for weight in own_weights().by_feature)
    assert len(own_weights().by_feature) == len(FEATURES)


def test_each_reason_is_said_in_english_with_the_same_numbers() -> None:
    told = {"n": 55, "own": 18, "peers": 20, "share": 90, "device": 40, "night": 30, "old": 25, "refused": 7}
    assert set(ENGLISH) == set(WORDS)
    for name, french in WORDS.items():
        assert in_english(french.format(**told)) == ENGLISH[name].format(**told)
    both = " ; ".join(WORDS[name].format(**told) for name in ("own_volume", "night"))
    assert (
        in_english(both) == "55 records opened today, against 18 as a rule; 30 % in the middle of the night"
    )
    assert in_english("person: frozen") == "person: frozen"
