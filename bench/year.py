"""A long stretch of simulated life, with attacks in it whose truth is known: what detection is fitted and measured on."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from colloque.simulation import attackers, course
from colloque.simulation.event import ALLOWED, Event
from colloque.simulation.people import Size
from colloque.simulation.world import World
from colloque.simulation.writing import line_of

# Each a known intrusion of colloque.simulation.attackers, and how it is played here.
ATTACKS: dict[str, dict[str, Any]] = {
    "smash-and-grab": {"by_phishing": True}, "ten-minutes": {}, "departed-member": {}, "map-ids": {}, "at-night": {},
    "beyond-own": {}, "inside-own": {"a_day": 5, "days": 21}, "snoop": {},
}  # fmt: skip
FIRST, EVERY = 40, 9
PRACTITIONERS_EACH = 3.4  # of a practice, on average


def size(seed: int, practices: int, days: int) -> Size:
    practitioners = max(1, round(practices * PRACTITIONERS_EACH))
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    return Size(practitioners * 150, practitioners, days, seed, begin, pace=(6, 16))


def lines(world: World, names: Sequence[str] = ()) -> Iterator[tuple[dict[str, Any], Event]]:
    """Every line of the world, and the event behind it; with names, one of these attacks every nine days."""
    days = range(FIRST, world.size.days - 6, EVERY) if names else ()
    planned = [
        one
        for n, day in enumerate(days)
        for one in attackers.plan(
            world, names[n % len(names)], world.size.seed * 1000 + n, day, **ATTACKS[names[n % len(names)]]
        )
    ]
    yield from lines_of_plan(world, planned)


def lines_of_plan(
    world: World, planned: Sequence[course.Intrusion]
) -> Iterator[tuple[dict[str, Any], Event]]:
    for seq, event in enumerate(course.unfold(world, planned, _decide)):
        yield line_of(event, seq, event.at, world.size.seed), event


def _decide(event: Event) -> str:
    """Who has no relation is refused; nobody is frozen, and no budget ends: so that all of an attack is there to be seen."""
    return "relation" if event.fields.get("relation") == "none" else ALLOWED
