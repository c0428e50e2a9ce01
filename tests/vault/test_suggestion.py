"""What a ledger suggests, and what a manager is told of the practice's budgets."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from colloque.cli import cli
from colloque.ledger.export import export
from colloque.vault import store, suggestion
from tests.vault.cast import Cast

REASON = "a reason long enough to be one"


def opening(
    day: int, person: str, record: str, relation: str = "assigned", **more: object
) -> dict[str, object]:
    at = f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}T09:{hash(record) % 60:02d}:00.000Z"
    return {
        "kind": "release",
        "time": at,
        "actor": person,
        "practice": "p",
        "record": record,
        "relation": relation,
        **more,
    }


def world(days: int, each: int) -> list[dict[str, object]]:
    joined = [
        {"kind": "member-joined", "time": "2026-01-01T08:00:00.000Z", "practice": "p", "target": who,
         "detail": {"roles": "practitioner"}}
        for who in ("bose", "chen")
    ]  # fmt: skip
    return joined + [
        opening(day, who, f"r{day}-{n}")
        for day in range(days)
        for who in ("bose", "chen")
        for n in range(each)
    ]


def proposed(lines: list[dict[str, object]], name: str) -> dict[str, int | None]:
    return {one.window: one.proposed for one in suggestion.observe(lines).propose(name)}


def test_it_proposes_twice_what_99_of_100_days_stay_within() -> None:
    lines = world(120, each=12)
    assert proposed(lines, "practitioner")["day"] == 24
    assert proposed(lines, "practice")["day"] == 48
    thief = [opening(60, "bose", f"stolen{n}", "break-glass") for n in range(500)]
    assert proposed(lines + thief, "practitioner")["day"] == 24, "one bad day in hundreds moves nothing"
    bulk = [
        opening(day, "bose", f"b{n}", "linked", detail={"quota": "q"}) for day in range(90) for n in range(90)
    ]
    assert proposed(lines + bulk, "practitioner")["day"] == 24, "nor does what two people approved"


def test_the_same_record_counts_once_and_at_its_dearest() -> None:
    lines = world(30, each=1)
    again = [opening(day, "bose", f"r{day}-0", "linked") for day in range(30) for _ in range(5)]
    assert proposed(lines + again, "practitioner")["day"] == 6


def test_too_short_a_ledger_leaves_what_is_set() -> None:
    proposals = suggestion.observe(world(5, each=3)).propose("practitioner")
    assert proposals[3].proposed is None
    told = suggestion.describe("practitioner", proposals, (20, 60, 160, 1200))
    assert told[0].endswith("month=1200")
    assert "fewer than 20" in told[4]


def test_it_reads_an_export_and_the_vaults_own_ledger(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in cast.many_files(2):
        cast.open(cast.bose, (file, "identity"), reason=REASON)
    export(cast.settings.database_url, tmp_path / "log", *store.read_export_keys(cast.settings))
    monkeypatch.setenv("COLLOQUE_VAULT_DATABASE_URL", cast.settings.database_url)
    monkeypatch.setenv("COLLOQUE_VAULT_KEK_FILE", str(cast.settings.kek_file))
    asked = [["budget", "suggest", str(tmp_path / "log")], ["budget", "suggest"]]
    answers = [CliRunner().invoke(cli, one, catch_exceptions=False).output for one in asked]
    assert answers[0] == answers[1]
    assert "COLLOQUE_BUDGET_PRACTITIONER=minute=20,hour=60,day=160,month=1200" in answers[0]
    assert "1 seen, fewer than 20: stays 160" in answers[0]


def test_a_manager_is_told_how_far_each_member_is_and_nobody_else_is(cast: Cast) -> None:
    cast.request()
    cast.take(cast.bose)
    cast.open(cast.bose, (cast.consultation, "request"), (cast.file, "identity"))
    cast.open(cast.chen, (cast.consultation, "care"), reason=REASON)
    answer = cast.post("budgets", cast.manon.say("budgets", practice=cast.practice)).json()
    members = {one["person"]: one for one in answer["members"]}
    bose, chen, manon = (members[who.person] for who in (cast.bose, cast.chen, cast.manon))
    assert (bose["used"]["day"], bose["capacity"]["day"], bose["role"]) == (2, 160, "practitioner")
    assert (chen["used"]["day"], chen["broken_glasses"], bose["broken_glasses"]) == (10, 1, 0)
    assert (manon["used"]["month"], manon["role"]) == (0, "manager")
    assert (answer["practice"]["used"]["day"], len(answer["practice"]["days"])) == (12, 31)
    assert answer["practice"]["days"][-1] == 12
    for who in (cast.bose, cast.alice, cast.services["web"], cast.services["officer"]):
        assert cast.error(who.say("budgets", practice=cast.practice), "budgets") == (403, "not-allowed")
    cast.web.freeze("person", cast.manon.person)
    assert cast.error(cast.manon.say("budgets", practice=cast.practice), "budgets") == (423, "frozen")
