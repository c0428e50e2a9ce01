"""A drill for real, against a deployment that runs: the thief's own process, the worker's rules, the officer's pages."""

import json
from pathlib import Path
from typing import Any

import pytest

from colloque.ledger import verify
from tests.deployment import Deployment

pytestmark = pytest.mark.timeout(1800)


@pytest.mark.long
def test_a_stolen_device_is_noticed_and_stopped_and_nobody_is_missed(
    deployment: Deployment, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("--persons", "3", "--url", deployment.url, "--mail", str(deployment.home / "mail"))
    ran = deployment.run("drill", "stolen-device", *words, "--out", str(out), "--json", seconds=1200)
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


def drill(deployment: Deployment, tmp_path: Path, name: str, persons: int = 3) -> dict[str, Any]:
    """Play it at the deployment; nobody whom the thief read is missing in the scope's answer, and nobody is in excess."""
    words = ("--persons", str(persons), "--url", deployment.url, "--mail", str(deployment.home / "mail"))
    ran = deployment.run("drill", name, *words, "--out", str(tmp_path / "out"), "--json", seconds=1200)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout)
    assert told["persons_missed"] == told["persons_in_excess"] == told["care_interrupted"] == 0
    return told


def words_of_thief(told: dict[str, Any]) -> dict[str, int]:
    said = next(one for one in told["said"] if one.startswith("The thief: "))
    return dict(json.loads(said.removeprefix("The thief: ")))


def counts(tmp_path: Path) -> dict[str, int]:
    return dict(json.loads((tmp_path / "out" / "scope.json").read_text())["counts"]["persons"])


@pytest.mark.slow
def test_who_has_left_reads_nothing(deployment: Deployment, tmp_path: Path) -> None:
    told = drill(deployment, tmp_path, "departed-member")
    assert told["persons_reached"] == 0
    assert told["stopped"], "the account that asks is frozen"


@pytest.mark.slow
def test_a_copy_of_the_database_opens_nothing_with_a_practitioners_own_keys(
    deployment: Deployment, tmp_path: Path
) -> None:
    told = drill(deployment, tmp_path, "stolen-database")
    thief = words_of_thief(told)
    assert thief["care_keys"] > 0 and thief["tried"] > 0, "the practice's half is really unsealed"
    assert thief["opened"] == told["persons_reached"] == 0
    found = counts(tmp_path)
    assert found["consulted"] == found["reachable"] == 0 and found["sealed"] >= 3


@pytest.mark.slow
def test_a_cookie_without_a_device_gets_what_is_sealed_and_opens_none_of_it(
    deployment: Deployment, tmp_path: Path
) -> None:
    told = drill(deployment, tmp_path, "stolen-session")
    thief = words_of_thief(told)
    assert thief["fetched"] > 0 and thief["tried"] > 0
    assert thief["opened"] == told["persons_reached"] == 0
    found = counts(tmp_path)
    assert found["consulted"] == 0 and found["sealed"] >= 1


@pytest.mark.slow
def test_whom_a_curious_colleague_read_is_told_and_named_alone(
    deployment: Deployment, tmp_path: Path
) -> None:
    told = drill(deployment, tmp_path, "snoop", 4)
    assert told["persons_reached"] == told["persons_consulted"] == 1
    assert told["noticed_by"].startswith("her letter")


@pytest.mark.slow
def test_who_tries_ids_learns_nothing_and_is_frozen(deployment: Deployment, tmp_path: Path) -> None:
    told = drill(deployment, tmp_path, "map-ids")
    asked = words_of_thief(told)
    assert asked["relation"] >= 8 and asked.keys() <= {"relation", "frozen", "revoked"}
    assert told["noticed"] and told["stopped"]
    assert told["persons_reached"] == counts(tmp_path)["consulted"] == 0
