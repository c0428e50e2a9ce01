"""kill -9 between every two steps: no key, or a key and its line. Each is a row of docs/release-cycle.md, "Killed"."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from colloque.kernel.tls import trust
from colloque.ledger import checkpoint
from colloque.witness.app import Witness
from colloque.witness.decide import Refuse
from colloque.witness.state import State
from tests.faults import victims
from tests.faults.killing import Step, Victim, victim, wait_until_up
from tests.faults.scenes import Scene, free_port
from tests.witness.test_witness import LEAVES, LOG, note_of

RELEASE = "vault/release.py"
BATCH = "vault/batch.py"
REWRAP = "vault/rewrap.py"

# Before this line, and how many lines the ledger has of the request then.
RELEASES = [
    (Step(RELEASE, "await vault.authenticate(said)"), 0),
    (Step(RELEASE, "outcome = await _submit(vault, said)"), 0),
    (Step(BATCH, "log = await open_log("), 0),
    (Step(BATCH, "outcomes = await self._decide("), 0),
    (Step("vault/openings.py", "await purse.save(tx)"), 0),
    (Step(BATCH, "await log.flush("), 0),
    (Step(BATCH, 'ending = await connection.execute(b"COMMIT")'), 0),
    (Step(BATCH, "if ending.statusmessage"), 1),
    (Step(BATCH, "self._vault.witnesses.grew("), 1),
    (Step(BATCH, "return outcomes"), 1),
    (Step("vault/desk.py", "outcome.receipt = outcome.log.receipt("), 1),
    (Step(RELEASE, 'reply = {"turns"'), 1),
    (Step(RELEASE, "sealed = turn.seal_reply("), 1),
    (Step(RELEASE, 'return {"sealed"'), 1),
]


def of(step: Step) -> str:
    return f"{step.file.rpartition('/')[2]}: {step.text}"


@pytest.mark.parametrize(("step", "lines"), RELEASES, ids=[of(step) for step, _ in RELEASES])
def test_a_release_killed_there_is_no_key_or_a_line_nobody_profited_from(
    scene: Scene, step: Step, lines: int
) -> None:
    asked = scene.ask()
    with scene.dying(step) as (one, http):
        assert scene.send(http, asked) is None
        one.wait_killed()
    assert scene.check(asked, None) == lines
    scene.check_log()


OUTBOX = [
    (Step("vault/service_lines.py", "outcome = Outcome()"), 0),
    (Step(BATCH, "await log.flush("), 0),
    (Step(BATCH, "return outcomes"), 1),
]


@pytest.mark.parametrize(("step", "lines"), OUTBOX, ids=[of(step) for step, _ in OUTBOX])
def test_the_webs_lines_killed_there_are_told_again_and_stand_once(
    scene: Scene, step: Step, lines: int
) -> None:
    told = scene.some_lines(random.Random(lines))
    with scene.dying(step) as (one, http):
        assert not scene.leave(http, told)
        one.wait_killed()
    assert [scene.lines_of(line["id"]) for line in told] == [lines] * len(told)
    scene.check_lines(told, told=False)
    scene.check_log()


ROTATIONS = [
    Step(REWRAP, "await store.add_data_key(connection, newest)"),
    Step(REWRAP, "wait = (newest.used_from"),
    Step(REWRAP, "await cursor.executemany(update"),
    Step(REWRAP, "return len(rows)"),
    Step(REWRAP, '"UPDATE data_key SET retired_at'),
]


@pytest.mark.parametrize("step", ROTATIONS, ids=of)
def test_a_rotation_killed_there_loses_no_release_and_goes_on(scene: Scene, step: Step) -> None:
    with victim(victims.rotation, scene.settings, kill=step) as one:
        one.wait_killed()
    assert scene.open() == scene.turn
    scene.rotate()
    assert len(scene.heads()) == 1
    assert scene.open() == scene.turn
    scene.check_log()


@contextmanager
def dying_witness(folder: Path, step: Step) -> Iterator[tuple[Victim, httpx.Client]]:
    port = free_port()
    with victim(victims.witness, folder, LOG.verifier(), port, kill=step) as one:
        wait_until_up(f"http://127.0.0.1:{port}/vkey", one)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, verify=trust()) as http:
            yield one, http


# Before this line, and whether the witness holds to the checkpoint then.
WITNESSES = [
    (Step("witness/app.py", "self.state.remember(asked.origin, asked.note)"), False),
    (Step("witness/state.py", "temporary.replace(path)"), False),
    (Step("witness/state.py", "folder = os.open(self.folder"), True),
    (Step("witness/app.py", "return cosign(asked.note"), True),
]


@pytest.mark.parametrize(("step", "remembers"), WITNESSES, ids=[of(step) for step, _ in WITNESSES])
def test_a_witness_killed_there_never_signs_two_histories(
    tmp_path: Path, step: Step, remembers: bool
) -> None:
    State(tmp_path).close()
    first = State(tmp_path)
    first.key()  # the key is made before: its own write is another
    first.close()
    with dying_witness(tmp_path, step) as (one, http):
        with pytest.raises(httpx.TransportError):
            http.post("/add-checkpoint", content=f"old 0\n\n{note_of(5)}".encode())
        one.wait_killed()
    check_witness(tmp_path, remembers)


def check_witness(folder: Path, remembers: bool | None = None) -> None:
    """What it holds to is whole; it signs that history, and no other of that length."""
    state = State(folder)
    try:
        witness = Witness("witness.example", {LOG.name: LOG.verifier()}, state)
        last = state.last(LOG.name)
        seen = checkpoint.read(last, LOG.verifier()).size if last else 0
        assert seen in (0, 5)
        assert remembers in (None, seen == 5)
        assert isinstance(witness.add_checkpoint(f"old {seen}\n\n{note_of(5)}".encode()), str)
        forked = note_of(5, [*LEAVES[:4], b"x" * 32])
        refused = witness.add_checkpoint(f"old 5\n\n{forked}".encode())
        assert isinstance(refused, Refuse)
        assert refused.status == httpx.codes.CONFLICT
    finally:
        state.close()
