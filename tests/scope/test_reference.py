"""The engine against plain loops, over small random worlds; and what a wider hypothesis must never lose."""

import os
from pathlib import Path

import pytest

from colloque.scope.answer import STATUS, named
from colloque.scope.engine import compute, duckdb_engine
from tests.scope.naive import RANK, Naive
from tests.scope.worlds import hypothesis_of, lines_of, plain, widen, write

SEEDS = range(200 if os.environ.get("SLOW") else 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_says_what_plain_loops_say_and_a_wider_hypothesis_loses_nobody(seed: int, tmp_path: Path) -> None:
    lines = lines_of(seed)
    loaded = write(tmp_path, lines)
    narrow = hypothesis_of(seed, lines)
    wide = widen(seed + 1000, narrow, lines)
    with duckdb_engine(tmp_path) as engine:
        answers = [compute(engine, loaded.head, supposed) for supposed in (narrow, wide)]

    for supposed, answer in zip((narrow, wide), answers, strict=True):
        naive = Naive(lines, supposed)
        assert plain(answer.rows) == naive.rows()
        assert naive.counts() == (
            answer.document["counts"]["persons"],
            answer.document["counts"]["compartments"],
        )
        assert set(named(answer.document)) == naive.named()
        seen = {
            one["why"]: one["persons"]
            for one in answer.document["readable"]
            if one["why"].startswith(("acc", "dev", "ses", "net"))
        }
        assert seen == dict(naive.readable())
        near = Naive(lines, supposed, by=supposed.clock_seconds).named() - naive.named()
        assert answer.document["doubt"]["clocks"] == sorted(near)

    before, after = (plain(answer.rows) for answer in answers)
    for place, row in before.items():
        now = after[place]
        assert now["status"] >= row["status"]
        assert set(now["lines"]) >= set(row["lines"])
        if row["first"] is not None:
            assert now["first"] <= row["first"] and now["last"] >= row["last"]
        if now["status"] == row["status"]:
            assert now["sure"] >= row["sure"]


def test_worlds_are_worth_testing_in() -> None:
    """Each status and each rule comes up in the seeds: a world in which nothing happens would prove nothing."""
    rules, statuses = set(), set()
    for seed in range(12):
        lines = lines_of(seed)
        for row in Naive(lines, widen(seed + 1000, hypothesis_of(seed, lines), lines)).rows().values():
            rules |= {why.split(":")[0] for why in row["why"]}
            statuses.add(STATUS[row["status"]])
    assert statuses == RANK.keys() - {"untouched"}
    assert rules == {
        "opened",
        "written",
        "served",
        "new-device",
        "page-open",
        "address",
        "letter",
        "both-keys",
        "one-key",
    }
