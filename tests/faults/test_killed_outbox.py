"""kill -9 in the worker that tells the vault the web's lines: told again, each is written once."""

import pytest
from django.db import connection

from colloque.kernel.ids import new_id
from colloque.records.models import Line
from colloque.records.outbox import flush_lines
from tests.care import RunningVault
from tests.faults import web_victims
from tests.faults.killing import Step, victim

OUTBOX = "records/outbox.py"
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
    actor = new_id()
    for _ in range(2):
        Line.objects.create(body={"kind": "item-served", "actor": actor, "compartment": "exchange"})
    told = {
        name: str(connection.settings_dict[name]) for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    }
    with victim(web_victims.outbox, told, own_care.url, own_care.keys / "web.json", kill=step) as one:
        one.wait_killed(60)
    assert (len(own_care.lines(actor=actor)), Line.objects.count()) == (written, held)
    flush_lines()
    assert (len(own_care.lines(actor=actor)), Line.objects.count()) == (2, 0)
