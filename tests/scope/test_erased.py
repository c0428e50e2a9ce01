"""What was erased is out of reach of who came later, and of nobody who was there before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from colloque.scope import facts
from colloque.scope.engine import Engine, compute, duckdb_engine
from colloque.scope.head import Head
from colloque.scope.hypothesis import Copied, Held, Hypothesis, Named
from tests.scope.worlds import write

MADE = datetime(2026, 3, 1, tzinfo=UTC)
ERASED = MADE + timedelta(days=100)
LAST = MADE + timedelta(days=400)


def at(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def lines() -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = [
        {"at": at(MADE), "kind": "person-registered", "actor": "alice", "subject": "alice", "sort": "patient"},
        {"at": at(MADE), "kind": "practice-created", "actor": "bose", "target": "bose", "practice": "cabinet"},
        {"at": at(MADE), "kind": "record-created", "actor": "alice", "subject": "alice", "record": "gone",
         "sort": "consultation", "practice": "cabinet"},
        {"at": at(ERASED), "kind": "record-erased", "actor": "web", "subject": "alice", "record": "gone"},
        {"at": at(LAST), "kind": "heartbeat", "actor": "web"},
    ]  # fmt: skip
    return [{**dict.fromkeys(facts.LINE), **line, "seq": seq} for seq, line in enumerate(told)]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Head]]:
    folder = tmp_path_factory.mktemp("ledger")
    head = write(folder, lines()).head
    with duckdb_engine(folder) as engine:
        yield engine, head


def supposed(begin: datetime, copied: datetime, erased_days: int = 31) -> Hypothesis:
    """The vault is held for a day, the web's database was copied, and her practitioner's keys are stolen."""
    return Hypothesis(
        accounts=(Named("bose", MADE, LAST, "sure"),), held=(Held("vault", begin, begin + timedelta(days=1), "sure"),),
        copied=(Copied("database", copied, "sure"),), erased_days=erased_days,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("held", "copied", "days", "status"),
    [
        (50, 50, 31, "reachable"),
        (50, 300, 31, "sealed"),  # the ciphertext was gone
        (300, 50, 31, "sealed"),  # the turn was gone
        (130, 50, 31, "reachable"),  # erased a month before: in pages and backups it may be there still
        (130, 50, 0, "sealed"),  # unless it is known not to be
    ],
)
def test_an_erased_record_is_reachable_only_in_windows_before_its_end(
    ledger: tuple[Engine, Head], held: int, copied: int, days: int, status: str
) -> None:
    engine, head = ledger
    begin, copy = MADE + timedelta(days=held), MADE + timedelta(days=copied)
    answer = compute(engine, head, supposed(begin, copy, days)).document
    found = answer["persons"].get("alice", {}).get("care", {}).get("status", "sealed")
    assert found == status
    assert answer["counts"]["persons"]["reachable"] == (status == "reachable")
