"""A drill for real, against a deployment that runs: the thief's own process, the worker's rules, the officer's pages."""

import json
from pathlib import Path

import pytest

from colloque.ledger import verify
from tests.deployment import Deployment

pytestmark = pytest.mark.timeout(300)


def test_a_stolen_device_is_noticed_and_stopped_and_nobody_is_missed(
    deployment: Deployment, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("--persons", "3", "--url", deployment.url, "--mail", str(deployment.home / "mail"))
    ran = deployment.run("drill", "stolen-device", *words, "--out", str(out), "--json", seconds=290)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert told["how"] == "live" and told["signed"]
    assert told["noticed"] and told["stopped"]
    assert told["persons_reached"] >= 1, "a thief who reads nothing proves nothing"
    assert told["persons_missed"] == told["persons_in_excess"] == 0
    assert told["care_interrupted"] == 0, "the colleague sees whoever waits"
    read = [json.loads(row) for row in (out / "attacker.jsonl").read_text().splitlines()]
    assert {row["compartment"] for row in read} >= {"request"}
    assert verify.verify(out / "ledger").signatures > 0


@pytest.mark.slow
def test_who_has_left_reads_nothing(deployment: Deployment, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("--persons", "3", "--url", deployment.url, "--mail", str(deployment.home / "mail"))
    ran = deployment.run("drill", "departed-member", *words, "--out", str(out), "--json", seconds=290)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert (told["persons_reached"], told["persons_missed"], told["persons_in_excess"]) == (0, 0, 0)
    assert told["stopped"], "the account that asks is frozen"


@pytest.mark.slow
def test_a_copy_of_the_database_opens_nothing_with_a_practitioners_own_keys(
    deployment: Deployment, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("--persons", "3", "--url", deployment.url, "--mail", str(deployment.home / "mail"))
    ran = deployment.run("drill", "stolen-database", *words, "--out", str(out), "--json", seconds=290)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    thief = json.loads(told["said"][1].removeprefix("The thief: "))
    assert thief["care_keys"] > 0 and thief["tried"] > 0, "the practice's half is really unsealed"
    assert thief["opened"] == told["persons_reached"] == 0
    counts = json.loads((out / "scope.json").read_text())["counts"]["persons"]
    assert counts["consulted"] == counts["reachable"] == 0 and counts["sealed"] >= 3
