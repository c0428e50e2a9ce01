"""kill -9 in the worker that tells the vault the web's lines: told again, each is written once."""

import random
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.db import connection

from colloque.kernel.ids import new_id
from colloque.ledger.export import export
from colloque.ledger.verify import verify
from colloque.records.models import Line
from colloque.records.outbox import flush_lines
from colloque.vault import store
from tests.care import RunningVault
from tests.faults import web_victims
from tests.faults.killing import Anywhere, Kill, Step, Victim, victim

OUTBOX = "records/outbox.py"
ASKED, WORKER_KILLS = "flush_lines", 60
# Before this line: how many of the lines the vault has, and how many the web still holds.
WORKER = [
    (Step(OUTBOX, "vault().item_lines("), 0, 2),
    (Step(OUTBOX, "Line.objects.filter(id__in="), 2, 2),
    (Step(OUTBOX, "told += len(lines)"), 2, 0),
]


@pytest.mark.parametrize(("step", "written", "held"), WORKER, ids=[step.text for step, _, _ in WORKER])
def test_a_worker_killed_there_tells_its_lines_again_and_each_stands_once(
    no_jobs_left: None, own_care: RunningVault, step: Step, written: int, held: int
) -> None:
    actor = leave_two()
    with worker(own_care, kill=step) as one:
        one.wait_killed(60)
    assert (len(own_care.lines(actor=actor)), Line.objects.count()) == (written, held)
    flush_lines()
    assert (len(own_care.lines(actor=actor)), Line.objects.count()) == (2, 0)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_worker_killed_anywhere_tells_its_lines_again_and_each_stands_once(
    no_jobs_left: None,
    own_care: RunningVault,
    dice: random.Random,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    leave_two()
    with worker(own_care, kill=Anywhere(ASKED, 0)) as whole:
        whole.process.join(60)
        most = int(whole.count.value)
    found: Counter[tuple[int, int]] = Counter()
    for number in range(WORKER_KILLS):
        actor = leave_two()
        with worker(own_care, kill=Anywhere(ASKED, dice.randint(1, most))) as one:
            one.wait_killed(60)
        found[len(own_care.lines(actor=actor)), Line.objects.count()] += 1
        flush_lines()
        assert (len(own_care.lines(actor=actor)), Line.objects.count()) == (2, 0)
        log = tmp_path / str(number)
        export(own_care.settings.database_url, log, *store.read_export_keys(own_care.settings))
        verify(log)
    with capsys.disabled():
        print(f"\n{WORKER_KILLS} kills of a worker, of {most} lines; written and held: {dict(found)}")
    assert {(0, 2), (2, 0)} <= set(found) <= {(0, 2), (2, 2), (2, 0)}, "the kills fell on one side only"


def leave_two() -> str:
    """Two lines of one actor, as the web leaves them for its worker."""
    actor = new_id()
    for _ in range(2):
        Line.objects.create(body={"kind": "item-served", "actor": actor, "compartment": "exchange"})
    return actor


def worker(care: RunningVault, *, kill: Kill) -> AbstractContextManager[Victim]:
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    told = {name: str(connection.settings_dict[name]) for name in names}
    return victim(web_victims.outbox, told, care.url, care.keys / "web.json", kill=kill)
