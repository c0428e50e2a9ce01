"""A live drill from beginning to end: the practice, the theft, the officer, the stop, the export."""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql

from colloque.client.errors import ClientError
from colloque.client.practice import end_member
from colloque.drill.errors import CannotDrill
from colloque.drill.gate import bound
from colloque.drill.live import cast as casting
from colloque.drill.live import officer
from colloque.drill.live.attacker import cookie_of, loot_of
from colloque.drill.live.cast import Cast
from colloque.drill.live.instance import Instance, of_ones_own, started
from colloque.drill.live.officer import Lookout
from colloque.drill.outcome import ATTACKER, HYPOTHESIS, LEDGER, Story, read_taken
from colloque.drill.scenarios import Scenario
from colloque.kernel import clock
from colloque.kernel.clock import from_wire
from colloque.vault.settings import DEFAULT_BUDGETS

COPIED = ("records_record", "records_compartment", "records_sealedkey", "records_item")
MOST_SECONDS, LOOK_SECONDS = 300, 1.0
MADE_UP = "Le patient a rappelé"

type Tell = Callable[[str], None]


def play(
    scenario: Scenario, *, persons: int, seed: int, out: Path, url: str | None, mail: Path | None, tell: Tell
) -> Story:
    """Attack, stop, export; return what was seen. What was made for it is left without practitioners."""
    where = contextlib.nullcontext(of_ones_own(url, mail)) if url else started(tell)
    try:
        with where as instance:
            return _play(scenario, instance, persons, seed, out, tell)
    except ClientError as error:
        raise CannotDrill(f"The drill stopped halfway: {error}") from error


def _play(scenario: Scenario, instance: Instance, persons: int, seed: int, out: Path, tell: Tell) -> Story:  # noqa: PLR0917
    cast = casting.assemble(instance, persons, tell)
    lookout = officer.appoint(instance, frozenset({cast.robbed.person.id, cast.robbed.person.device}), tell)
    story = Story(scenario.name, "live", persons, 2, seed, signed=True)
    story.said.append(
        "Its accounts are new: rules about new accounts and devices notice sooner than with old ones."
    )
    lookout.begin()
    try:
        supposed = _ATTACKS[scenario.name](instance, cast, out, story, tell)
    finally:
        lookout.end()
    story.care_interrupted = casting.goes_on(cast)
    _tell_lookout(lookout, story)
    (out / HYPOTHESIS).write_text(yaml.safe_dump(supposed, sort_keys=False), encoding="utf-8")
    instance.run("ledger", "export", str(out / LEDGER))
    _read_stop(out / LEDGER, cast, story)
    casting.leave(cast)
    instance.run("officer", "end", lookout.account.person.id)
    return story


def _with_device(instance: Instance, cast: Cast, out: Path, story: Story, tell: Tell) -> dict[str, Any]:
    """The device is gone, unlocked: everything it can ask, as fast as it goes."""
    loot = loot_of(cast.robbed.person, cast.practice.id)
    begin, end = _send_thief(loot, out, story, tell)
    return {"devices": [{"id": cast.robbed.person.device, "from": begin, "to": end, "belief": "sure"}]}


def _departed(instance: Instance, cast: Cast, out: Path, story: Story, tell: Tell) -> dict[str, Any]:
    """The manager ends the membership; the device, its keys and its session are still there."""
    loot = loot_of(cast.robbed.person, cast.practice.id, remembered=cast.seen)
    end_member(cast.practice.manager, cast.practice.id, cast.robbed.person.id)
    begin, end = _send_thief(loot, out, story, tell)
    return {"accounts": [{"id": cast.robbed.person.id, "from": begin, "to": end, "belief": "sure"}]}


def _with_copy(instance: Instance, cast: Cast, out: Path, story: Story, tell: Tell) -> dict[str, Any]:
    """The web's database is copied, and tried with a practitioner's own keys. Nothing happens that a line could show."""
    with tempfile.TemporaryDirectory(prefix="colloque-drill-copy-") as folder:
        copied = clock.to_wire(clock.now())
        _copy(instance, Path(folder))
        loot = loot_of(cast.robbed.person, cast.practice.id, "copy", copy=folder)
        _send_thief(loot, out, story, tell)
    return {"copied": [{"what": "database", "at": copied, "belief": "sure"}]}


def _with_cookie(instance: Instance, cast: Cast, out: Path, story: Story, tell: Tell) -> dict[str, Any]:
    """A cookie was copied; the device, with its keys, stays with its owner."""
    begin, end = _send_thief(cookie_of(cast.robbed.person, cast.practice.id), out, story, tell)
    return {"sessions": [{"id": cast.robbed.person.session, "from": begin, "to": end, "belief": "sure"}]}


def _curious(instance: Instance, cast: Cast, out: Path, story: Story, tell: Tell) -> dict[str, Any]:
    """A colleague's patient is read by a made-up reason. One is no finding: it is she who is told, by a letter."""
    if not cast.of_colleague:
        raise CannotDrill("A snoop needs a colleague's patient to read: --persons 4, or more.")
    (record, patient), *_ = cast.of_colleague.items()
    before = instance.mailbox.names()
    begin, end = _send_thief(
        loot_of(cast.robbed.person, cast.practice.id, "reason", remembered=[record], reason=MADE_UP),
        out, story, tell,
    )  # fmt: skip
    with contextlib.suppress(ClientError):
        letter = instance.mailbox.wait_letter(patient.email, after=before)
        story.noticed, story.noticed_by = clock.to_wire(clock.now()), f"her letter: {letter.splitlines()[0]}"
    return {"accounts": [{"id": cast.robbed.person.id, "from": begin, "to": end, "belief": "sure"}]}


def _guessing(instance: Instance, cast: Cast, out: Path, story: Story, tell: Tell) -> dict[str, Any]:
    """The device asks for ids that it has made up, until it is frozen."""
    begin, end = _send_thief(loot_of(cast.robbed.person, cast.practice.id, "ids"), out, story, tell)
    return {"devices": [{"id": cast.robbed.person.device, "from": begin, "to": end, "belief": "sure"}]}


_ATTACKS: dict[str, Callable[[Instance, Cast, Path, Story, Tell], dict[str, Any]]] = {
    "stolen-device": _with_device,
    "departed-member": _departed,
    "stolen-database": _with_copy,
    "stolen-session": _with_cookie,
    "snoop": _curious,
    "map-ids": _guessing,
}


def _send_thief(loot: dict[str, Any], out: Path, story: Story, tell: Tell) -> tuple[str, str]:
    """Let the thief go, and wait until it has given up; from when to when it was."""
    tell("The thief goes, in a process of its own…")
    path = out / ATTACKER
    path.touch()
    story.began = clock.to_wire(clock.now())
    process = subprocess.Popen(  # noqa: S603 – our own command
        [sys.executable, "-m", "colloque.drill.live.attacker", str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        out_, err = _until_over(process, json.dumps(loot), path, tell)
    if process.returncode != 0:
        raise CannotDrill(f"The thief fell over: {(err.strip().splitlines() or ['no word of why'])[-1]}")
    if out_.strip():
        story.said.append(f"The thief: {out_.strip()}")
    # One second more: what was asked last has its line by then.
    end = clock.to_wire(clock.now() + timedelta(seconds=1))
    if loot["way"] in ("device", "reason"):
        lasted = from_wire(end) - from_wire(story.began)
        story.bound = bound(DEFAULT_BUDGETS["practitioner"], lasted)
    return story.began, end


def _until_over(process: subprocess.Popen[str], loot: str, path: Path, tell: Tell) -> tuple[str, str]:
    """Wait for the thief, and say meanwhile how many it has read. Raises CannotDrill when it is not stopped."""
    until, told, given = time.monotonic() + MOST_SECONDS, 0, loot
    while True:
        try:
            return process.communicate(given, timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired as error:
            given = ""  # it has it: what is said again goes on where it was
            with contextlib.suppress(ValueError):  # a row that is being written
                if (reached := len({row.person for row in read_taken(path)})) != told:
                    told = reached
                    tell(f"  {reached} person{'s' * (reached > 1)} read")
            if time.monotonic() > until:
                process.kill()
                raise CannotDrill(
                    f"The thief was not stopped within {MOST_SECONDS} s: look into the worker's log."
                ) from error


def _copy(instance: Instance, folder: Path) -> None:
    """As whoever reads the database's disk has it."""
    with psycopg.connect(instance.settings["COLLOQUE_DATABASE_URL"]) as connection:
        for table in COPIED:
            query = sql.SQL(
                "COPY (SELECT row_to_json(t)::text FROM {} t) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"
            )
            with (
                (folder / f"{table}.jsonl").open("wb") as file,
                connection.cursor().copy(query.format(sql.Identifier(table))) as rows,
            ):
                for data in rows:
                    file.write(data)


def _tell_lookout(lookout: Lookout, story: Story) -> None:
    if lookout.noticed and not story.noticed:
        story.noticed, story.noticed_by = lookout.noticed[0].at, lookout.noticed[0].title
    if lookout.trouble:
        story.said.append(f"The officer's page failed once: {lookout.trouble}")


def _read_stop(ledger: Path, cast: Cast, story: Story) -> None:
    """When the freeze was written down, and by whom. (Not who was reached: that is the attacker's to say.)"""
    targets = {cast.robbed.person.id, cast.robbed.person.device}
    for line in _lines(ledger):
        story.lines = line["seq"] + 1
        frozen = line["kind"] == "freeze" and line.get("target") in targets
        if frozen and line["time"] >= story.began and not story.stopped:
            story.stopped = line["time"]
            story.stopped_by = f"{line['detail']['scope']} frozen"
    if story.stopped and (not story.noticed or story.noticed > story.stopped):
        # A rule has frozen by itself, in the sweep in which it noticed; the officer saw it a moment later.
        story.noticed = story.stopped
        story.stopped_by += " by a rule"


def _lines(ledger: Path) -> Iterator[dict[str, Any]]:
    with (ledger / "lines.jsonl").open("rb") as file:
        for row in file:
            line = json.loads(row)
            if "seq" in line:  # else it was erased
                yield line
