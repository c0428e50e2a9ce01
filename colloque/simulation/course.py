"""How it goes: days of normal life with the intrusions among them, each request decided by whoever is given to decide.

The simulation knows who is whose patient; what is let out is not its to say. `decide` gets each request and answers with
`allowed` or the word of a refusal; an attacker hears the word and goes on from there, as a person would.
"""

import heapq
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from colloque.simulation.event import ALLOWED, ASKS, Event
from colloque.simulation.world import DAY, World

# An attacker yields what it does next, and is sent the word that it was answered.
type Moves = Generator[Event, str, None]
type Decide = Callable[[Event], str]
# From when to when it was (milliseconds) → a hypothesis, as its file writes it.
type Suppose = Callable[[int, int], dict[str, Any]]


@dataclass(frozen=True)
class Intrusion:
    """One attack: when it begins, what it does, what it sees of others' work, and what an officer would suppose.

    `moves` is called when its day has come. `sees` says of an event that happened whether the attacker read what it opened
    or wrote. `suppose` writes the hypothesis (docs/spec/scope.md) of someone who knows what was lost, and when.
    """

    name: str
    starts: int
    moves: Callable[[World], Moves] | None = None
    sees: Callable[[Event], bool] | None = None
    suppose: Suppose | None = None
    # Accounts whose owner works no more from then on: the device is gone.
    silences: frozenset[str] = frozenset()
    # Whether a line tells the thief's hand from the owner's. Where it does not, no scope can.
    in_lines: bool = True
    # Where an old ledger is put back: the state of when, and at what time. What was written in between is gone.
    cut: tuple[int, int] | None = None
    # Facts about it, for those who write them down.
    about: dict[str, Any] = field(default_factory=dict)


def unfold(
    world: World, intrusions: Sequence[Intrusion], decide: Decide, *, setup: bool = True
) -> Iterator[Event]:
    """Everything that happens, in order, as it was answered: a request that was refused is a refusal with its word."""
    answered = _Answered(decide, {person: one.starts for one in intrusions for person in one.silences})
    if setup:
        yield from world.setup()
    waiting = sorted(intrusions, key=lambda one: one.starts)
    moving = _Moving()
    for day in range(world.size.days):
        life = world.day(day)
        while waiting and waiting[0].starts < world.at(day + 1):
            intrusion = waiting.pop(0)
            if intrusion.moves:
                moving.start(intrusion.moves(world))
        yield from _merge(life, moving, world.at(day + 1), answered)


def _merge(life: Iterable[Event], moving: "_Moving", until: int, answered: "_Answered") -> Iterator[Event]:
    for event in life:
        yield from moving.up_to(event.at, answered)
        yield from answered(event)
    yield from moving.up_to(until, answered)


class _Answered:
    """Ask about each event, and turn what was refused into a refusal. What hangs on it does not happen."""

    def __init__(self, decide: Decide, silent: dict[str, int]) -> None:
        self.decide, self._silent = decide, silent
        self.word = ALLOWED
        self._refused: set[tuple[Any, Any, Any]] = set()
        self._day = 0

    def __call__(self, event: Event) -> Iterator[Event]:
        fields = event.fields
        if not event.by and self._silent.get(fields["actor"], event.at) < event.at:
            return
        place = (fields.get("actor"), fields.get("record"), fields.get("compartment"))
        if event.at // DAY != self._day:
            self._day = event.at // DAY
            self._refused.clear()
        if fields["kind"] == "item-served" and place in self._refused:
            return
        self.word = self.decide(event)
        if fields["kind"] != ASKS:
            if self.word == ALLOWED:
                yield event
            return
        if self.word == ALLOWED:
            yield event._replace(fields={**fields, "outcome": ALLOWED})
            return
        self._refused.add(place)
        yield event._replace(fields={**fields, "kind": "refusal", "outcome": self.word})


class _Moving:
    """Attackers under way, each with the one thing that it does next."""

    def __init__(self) -> None:
        self._next: list[tuple[int, int, Event, Moves]] = []
        self._count = 0

    def start(self, moves: Moves) -> None:
        self._push(moves, None)

    def up_to(self, at: int, answered: _Answered) -> Iterator[Event]:
        while self._next and self._next[0][0] <= at:
            _, _, event, moves = heapq.heappop(self._next)
            yield from answered(event)
            self._push(moves, answered.word)

    def _push(self, moves: Moves, word: str | None) -> None:
        try:
            event = next(moves) if word is None else moves.send(word)
        except StopIteration:
            return
        self._count += 1
        heapq.heappush(self._next, (event.at, self._count, event, moves))
