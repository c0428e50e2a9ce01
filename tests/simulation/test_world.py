"""The simulated world: the same seed is the same world, its export is a real one, and attackers' truth is in its lines."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from colloque.ledger import verify
from colloque.simulation import attackers, course, writing
from colloque.simulation.calendar import Calendar
from colloque.simulation.errors import BadSize
from colloque.simulation.event import ALLOWED, Event
from colloque.simulation.people import Size, practices_of
from colloque.simulation.world import World

SMALL = Size(persons=60, practitioners=4, days=4, seed=5, pace=(3, 5))


def allow(event: Event) -> str:
    return ALLOWED


def lines(size: Size, name: str = "", **how: object) -> list[dict[str, object]]:
    world = World(size)
    planned = attackers.plan(world, name, size.seed, size.days - 1, **how) if name else []
    return list(writing.lines_of(course.unfold(world, planned, allow), size.seed))


def test_the_same_seed_is_the_same_world_and_another_is_not() -> None:
    assert lines(SMALL) == lines(SMALL)
    assert lines(SMALL) != lines(Size(persons=60, practitioners=4, days=4, seed=6, pace=(3, 5)))


def test_lines_are_in_order_and_of_kinds_that_a_ledger_has() -> None:
    told = lines(SMALL)
    assert [line["seq"] for line in told] == list(range(len(told)))
    times = [line["time"] for line in told]
    assert times == sorted(times)
    kinds = Counter(line["kind"] for line in told)
    assert {
        "person-registered",
        "record-created",
        "consultation-taken",
        "release",
        "item-served",
        "sign-in",
    } <= kinds.keys()


@pytest.mark.parametrize("name", ["smash-and-grab", "departed-member"])
def test_a_signed_export_holds_to_the_last_signature(tmp_path: Path, name: str) -> None:
    world = World(Size(persons=16, practitioners=4, days=2, seed=5, pace=(2, 2)))
    planned = attackers.plan(world, name, 1, 1)
    told = writing.lines_of(course.unfold(world, planned, allow), SMALL.seed)
    done = writing.write(tmp_path, told, seed=SMALL.seed, web=(world.web, world.web_device))
    report = verify.verify(tmp_path)
    assert (report.size, report.root) == (done.size, done.root)
    assert report.signatures >= done.size
    # Change one word of one line: the verifier is not fooled by who wrote the rest.
    rows = (tmp_path / "lines.jsonl").read_bytes().replace(b'"relation":"queue"', b'"relation":"linked"', 1)
    (tmp_path / "lines.jsonl").write_bytes(rows)
    with pytest.raises(verify.Finding):
        verify.verify(tmp_path)


def test_an_unsigned_export_says_so_and_only_its_tree_holds(tmp_path: Path) -> None:
    writing.write(tmp_path, lines(SMALL), seed=SMALL.seed)
    assert json.loads((tmp_path / "simulation.json").read_text())["signed"] is False
    assert "unsigned" in (tmp_path / "checkpoint").read_text()
    verify.verify_tree(tmp_path)
    with pytest.raises(verify.Finding, match="nobody signed it"):
        verify.verify(tmp_path)


def test_who_waits_for_an_answer_hears_it_and_stops() -> None:
    """A frozen account is refused from then on, its thief gives up, and nothing is served to either."""
    world = World(Size(persons=200, practitioners=3, days=3, seed=9, pace=(6, 9)))
    (planned,) = attackers.plan(world, "smash-and-grab", 2, 2)
    robbed, opened = planned.about["accounts"][0], 0

    def decide(event: Event) -> str:
        nonlocal opened
        if event.by and event.kind == "release":
            opened += 1
            return ALLOWED if opened <= 6 else "frozen"
        return ALLOWED

    told = [event for event in course.unfold(world, [planned], decide) if event.by]
    assert [event.kind for event in told].count("release") == 6
    assert [event.kind for event in told].count("refusal") == attackers.PATIENCE
    assert [event.kind for event in told].count("item-served") == 6
    assert {event.fields["actor"] for event in told} == {robbed}


@pytest.mark.parametrize("name", sorted(attackers.BY_NAME))
def test_each_intrusion_can_be_planned_and_says_what_to_suppose(name: str) -> None:
    world = World(Size(persons=300, practitioners=5, days=3, seed=4, pace=(4, 6)))
    planned = attackers.plan(world, name, 4, 2)
    happened = list(course.unfold(world, planned, allow))
    read = [event for event in happened if list(attackers.reads(event, planned))]
    assert all(one.suppose and one.suppose(one.starts, one.starts + 1000) for one in planned)
    if name not in ("departed-member", "map-ids", "stolen-session", "stolen-database"):
        assert read, "it reads nothing at all: nothing would be measured"
    if name == "stolen-database":
        assert not read


def test_practices_are_from_one_to_a_platform_of_four_hundred() -> None:
    sizes = [len(practice.members) for practice in practices_of(Size(persons=5000, practitioners=500))]
    assert max(sizes) == 400 and min(sizes) == 1 and sum(sizes) == 500


def test_holidays_and_epidemics_are_in_the_calendar() -> None:
    year = Calendar(date(2026, 1, 1), 1)
    assert year.is_holiday((date(2026, 5, 14) - date(2026, 1, 1)).days), "Ascension"
    assert not year.is_holiday(5)
    winter, summer = year.demand(35), year.demand(200)
    assert winter > 1.2 * summer


@pytest.mark.parametrize(
    ("what", "value"), [("persons", 0), ("persons", 2_000_000), ("days", 0), ("practitioners", 99_999)]
)
def test_a_world_that_cannot_be_made_is_refused_with_the_number(what: str, value: int) -> None:
    with pytest.raises(BadSize, match=what):
        Size(**{"persons": 1000, what: value})
