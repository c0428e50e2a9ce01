"""What an answer's hash is of, how its times are written, and in what order the tables lie that it is read from."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from colloque.kernel.clock import to_wire
from colloque.scope.answer import digest, rows_of, wire
from tests.scope.worlds import lines_of, write


def test_the_hash_is_of_the_bytes_that_jcs_says() -> None:
    document = {
        "persons": {"p2": {"care": {"lines": [1, 2**53 - 1], "why": ['a"\\', "é\u2028\U0001f600\u007f"]}}, "p1": {}},
        "ledger": {"origin": "\n\t\b\f\r\u0001", "size": 0}, "counts": {"persons": {}}, "format": 1,
    }  # fmt: skip
    jcs = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    assert digest(document) == hashlib.sha256(jcs).hexdigest()
    assert digest({**document, "hash": "00", "difference": {}}) == digest(document)


def test_times_are_written_as_lines_write_them() -> None:
    for at in (datetime(2026, 12, 31, 23, 59, 59, 999_000, UTC), datetime(2024, 2, 29, 0, 0, 0, 1_000, UTC)):
        assert wire(round(at.timestamp() * 1000)) == to_wire(at)
    assert wire(None) == ""


def test_what_an_engine_lists_in_any_order_is_one_answer() -> None:
    columns = {
        "person": ["p2", "p1"], "compartment": ["care", "care"], "status": [3, 2], "sure": [True, False],
        "why": [["opened:b", "opened:a"], ["one-key:vault"]], "first": [1, None], "last": [9, None],
        "lines": [[9, 1, 9], None],
    }  # fmt: skip
    one, two = rows_of(columns)
    assert (one.person, one.lines, one.why) == ("p1", (), ("one-key:vault",))
    assert (two.person, two.lines, two.why) == ("p2", (1, 9), ("opened:a", "opened:b"))


def test_small_tables_lie_in_the_order_in_which_they_are_asked_for(tmp_path: Path) -> None:
    """An engine skips what it need not read only where it lies together."""
    write(tmp_path, lines_of(1))
    for name, keys in (("acts", ("kind", "practice", "seq")), ("parts", ("person", "compartment"))):
        table = pq.read_table(tmp_path / f"{name}.parquet").select(keys)
        told = [tuple((value is None, value) for value in row.values()) for row in table.to_pylist()]
        assert told == sorted(told)
        assert len(told) > 1
