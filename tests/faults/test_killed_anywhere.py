"""The long drill: kill -9 before any line of the product's that runs meanwhile, 520 times, the log verified after each.
(A worker's 60 are in `test_killed_outbox.py`.)

The seed is printed: COLLOQUE_TEST_SEED plays it again.
"""

import os
import random
from collections import Counter
from pathlib import Path

import httpx
import pytest

from colloque.kernel.tls import trust
from tests.faults import victims
from tests.faults.killing import Anywhere, victim, wait_until_up
from tests.faults.scenes import Scene, free_port
from tests.faults.test_killed import check_witness
from tests.witness.test_witness import LOG, note_of

VAULT_KILLS = int(os.environ.get("COLLOQUE_TEST_KILLS", "400"))
ROTATION_KILLS, WITNESS_KILLS = 60, 60
ASKED = "read_said"  # from the moment a statement is read

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


def _lines_of(scene: Scene, do: str) -> int:
    """How many lines of the product's run from when it is asked until it has answered."""
    with scene.dying(Anywhere(ASKED, 0)) as (one, http):
        _do(scene, http, do, random.Random(0))
        return int(one.count.value)


def _do(scene: Scene, http: httpx.Client, what: str, dice: random.Random) -> int:
    """Ask this vault, whatever becomes of it; then hold it to what must be. How many lines it had left behind."""
    if what == "release":
        asked = scene.ask()
        return scene.check(asked, scene.send(http, asked))
    told = scene.some_lines(dice)
    was_told = scene.leave(http, told)
    left = scene.lines_of(told[0]["id"])
    scene.check_lines(told, told=was_told)
    return left


def test_a_vault_killed_anywhere_leaves_no_key_or_a_key_and_its_line(
    scene: Scene, dice: random.Random, capsys: pytest.CaptureFixture[str]
) -> None:
    most = {what: _lines_of(scene, what) for what in ("release", "item-lines")}
    found: Counter[tuple[str, int]] = Counter()
    for _ in range(VAULT_KILLS):
        what = dice.choices(("release", "item-lines"), (3, 1))[0]
        with scene.dying(Anywhere(ASKED, dice.randint(1, most[what]))) as (one, http):
            found[what, _do(scene, http, what, dice)] += 1
            one.wait_killed()
        scene.check_log()
    with capsys.disabled():
        print(f"\n{VAULT_KILLS} kills of a vault, of {most} lines; lines left behind: {dict(found)}")
    assert {left for _, left in found} == {0, 1}, "the kills fell on one side only: the drill showed nothing"


def test_a_rotation_killed_anywhere_loses_no_release(scene: Scene, dice: random.Random) -> None:
    with victim(victims.rotation, scene.settings, kill=Anywhere("rotate", 0)) as whole:
        whole.process.join(60)
        most = int(whole.count.value)
    for _ in range(ROTATION_KILLS):
        with victim(victims.rotation, scene.settings, kill=Anywhere("rotate", dice.randint(1, most))) as one:
            one.process.join(60)  # one that found less to do than the first has ended by itself
        assert scene.open() == scene.turn
        scene.check_log()
    scene.rotate()
    assert len(scene.heads()) == 1
    assert scene.open() == scene.turn


def test_a_witness_killed_anywhere_never_signs_two_histories(tmp_path: Path, dice: random.Random) -> None:
    def ask(folder: Path, at: int) -> int:
        port = free_port()
        kill = Anywhere("add_checkpoint", at)
        with victim(victims.witness, folder, LOG.verifier(), port, kill=kill) as one:
            wait_until_up(f"http://127.0.0.1:{port}/vkey", one)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, verify=trust()) as http:
                try:
                    http.post("/add-checkpoint", content=f"old 0\n\n{note_of(5)}".encode())
                except httpx.TransportError:
                    one.wait_killed()
            return int(one.count.value)

    most = ask(tmp_path / "whole", 0)
    for number in range(WITNESS_KILLS):
        folder = tmp_path / str(number)
        ask(folder, dice.randint(1, most))
        check_witness(folder)
