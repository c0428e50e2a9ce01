"""`colloque drill SCENARIO`: play it, ask the scope, and hold its answer against what the attacker wrote down."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colloque.drill import live, picture, replay
from colloque.drill.errors import CannotDrill
from colloque.drill.outcome import (
    ATTACKER,
    HYPOTHESIS,
    LEDGER,
    PICTURE,
    SCOPE,
    SUMMARY,
    Story,
    read_taken,
    sentences,
    summarise,
)
from colloque.drill.scenarios import BY_NAME, Scenario
from colloque.scope import command as scope_command
from colloque.scope.errors import ScopeRefused
from colloque.simulation.errors import BadSize

MOST_LIVE = 60  # persons: each signs up with keys of their own, which takes a second
USUAL_LIVE = 8

type Tell = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """`persons` None: as many as a demonstration needs. `url` None: an instance of its own, on this machine."""

    scenario: str
    out: Path
    persons: int | None = None
    seed: int = 1
    url: str | None = None
    mail: Path | None = None
    replayed: bool = False


def run(asked: Asked, tell: Tell) -> dict[str, Any]:
    """Play and answer; return the summary. Raises CannotDrill with a sentence, before anything is started if it can."""
    scenario = find(asked.scenario)
    persons = asked.persons if asked.persons is not None else (USUAL_LIVE if scenario.live else 2_000)
    is_live = scenario.live and not asked.replayed and persons <= MOST_LIVE
    _check(asked, scenario, persons, is_live=is_live)
    asked.out.mkdir(parents=True, exist_ok=True)
    tell(f"{scenario.name}: {scenario.what}.")
    if is_live:
        story = live.play(
            scenario,
            persons=persons,
            seed=asked.seed,
            out=asked.out,
            url=asked.url,
            mail=asked.mail,
            tell=tell,
        )
    else:
        story = replay.play(scenario, _size(scenario, persons, asked.seed), asked.out, tell)
    return conclude(story, asked.out, tell)


def conclude(story: Story, out: Path, tell: Tell) -> dict[str, Any]:
    """Ask the scope over the exported ledger, and write summary.json and the picture."""
    tell("The scope is asked over the exported ledger…")
    document = _scope(story, out)
    taken = read_taken(out / ATTACKER)
    told = summarise(story, taken, document)
    (out / SUMMARY).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / PICTURE).write_text(picture.as_svg(told, taken), encoding="utf-8")
    tell("")
    tell(picture.for_terminal(told, taken))
    for sentence in sentences(told):
        tell(f"  {sentence}")
    tell(f"  runbook          {BY_NAME[story.scenario].runbook}")
    tell(f"  files            {out}")
    return told


def _scope(story: Story, out: Path) -> dict[str, Any] | None:
    asked = scope_command.Asked(out / LEDGER, out / HYPOTHESIS, as_json=True, signed=story.signed)
    try:
        document = scope_command.run(asked, lambda _: None)
    except ScopeRefused as error:
        story.said.append(f"The scope refused: {error.english}")
        return None
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    (out / SCOPE).write_text(text + "\n", encoding="utf-8")
    return document


def find(name: str) -> Scenario:
    found = BY_NAME.get(name)
    if found is None:
        raise CannotDrill(f"There is no scenario {name!r}. There are: {', '.join(BY_NAME)}.")
    return found


def _check(asked: Asked, scenario: Scenario, persons: int, *, is_live: bool) -> None:
    if persons < 2:
        raise CannotDrill(f"--persons is {persons}: a drill needs at least 2.")
    if asked.url and not is_live:
        why = f"with more than {MOST_LIVE} persons" if scenario.live else "at all"
        raise CannotDrill(
            f"{scenario.name} is not played against an instance {why}: leave --url out, and it is replayed."
        )
    if not is_live:
        _size(scenario, persons, asked.seed)
    if asked.out.exists() and (not asked.out.is_dir() or any(asked.out.iterdir())):
        raise CannotDrill(
            f"{asked.out} is not an empty folder. Name another one: what an earlier drill found is evidence."
        )


def _size(scenario: Scenario, persons: int, seed: int) -> Any:
    try:
        return replay.size_of(scenario, persons, seed)
    except BadSize as error:
        raise CannotDrill(f"--persons: {error.public}") from error
