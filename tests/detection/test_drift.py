"""A drift is said when closed records are read again more than consultations explain; a busy week is none."""

from collections.abc import Iterator
from datetime import date, timedelta

from colloque.detection.drift import Drift
from colloque.detection.engine import Engine
from colloque.detection.rule import Hit
from colloque.detection.score import in_english

BEGIN = date(2026, 1, 5)


def life(
    days: int, *, people: int = 1, taken: int = 12, again: int = 2, first: int = 0
) -> Iterator[dict[str, object]]:
    for day in range(first, first + days):
        at = (BEGIN + timedelta(days=day)).isoformat()
        for who in range(people):
            base = {"actor": f"a{who}", "device": "d", "practice": "p"}
            for n in range(taken):
                yield {
                    **base,
                    "time": f"{at}T09:{n:02}:00.000Z",
                    "kind": "consultation-taken",
                    "record": f"c{day}{who}{n}",
                }
            for n in range(again):
                yield {**base, "time": f"{at}T10:{n:02}:00.000Z", "kind": "release", "relation": "linked",
                       "record": f"{day}/{who}/{n}"}  # fmt: skip


def told(*parts: Iterator[dict[str, object]]) -> list[Hit]:
    lines = sorted((line for part in parts for line in part), key=lambda line: str(line["time"]))
    return list(Engine([], drift=Drift()).run({**line, "seq": n} for n, line in enumerate(lines)))


def test_an_even_life_and_an_epidemic_are_none() -> None:
    assert told(life(60)) == []
    assert told(life(40), life(20, taken=24, again=4, first=40)) == []


def test_a_day_of_catching_up_is_none() -> None:
    assert told(life(50), life(1, taken=0, again=45, first=45)) == []


def test_six_more_a_day_are_said_within_a_week_once_and_why() -> None:
    (hit,) = told(life(40), life(6, again=8, first=40), life(1, first=46))
    assert (hit.person, hit.group, hit.level) == ("a0", (("actor", "a0"),), "medium")
    assert in_english(hit.why).startswith("38 closed records opened again within a week, against 14 ")


def test_two_more_a_day_are_said_within_three_weeks() -> None:
    (hit,) = told(life(60, again=1), life(18, again=3, first=60), life(1, again=1, first=78))
    assert in_english(hit.why).startswith("53 closed records opened again within three weeks, against 22 ")


def test_one_more_a_day_by_many_is_said_of_the_platform_and_of_nobody() -> None:
    hits = told(life(20, people=40, taken=4, again=1), life(3, people=40, taken=4, again=2, first=20))
    assert [(hit.group, hit.level, hit.person) for hit in hits] == [((), "high", "")]
    assert "whole platform" in in_english(hits[0].why) and hits[0].evidence


def test_nothing_is_said_before_what_is_usual_is_known() -> None:
    assert told(life(6, again=20)) == []


def test_days_without_a_line_are_days() -> None:
    """A holiday of everyone is no drift when they come back."""
    assert told(life(30), life(10, first=50)) == []
