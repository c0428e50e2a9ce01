"""What a verifier takes in place of a line: its leaf, and a later line that names it."""

from typing import Any

import pytest

from colloque.ledger.erasure import Erased, leaf_of, to_row
from colloque.ledger.finding import Finding

LEAF = bytes(range(32))


def says(first: object, last: object, why: object = "retention") -> dict[str, Any]:
    return {"kind": "lines-erased", "detail": {"first": first, "last": last, "why": why}}


def test_a_row_of_an_erased_line_gives_its_leaf_and_no_other_row_does() -> None:
    row = to_row(LEAF).encode()
    assert leaf_of(row) == LEAF
    upper = row.replace(LEAF.hex().encode(), LEAF.hex().upper().encode())
    for other in (b"", b"{}", row + b" ", row[:-1], upper, row.replace(b":", b": ")):
        assert leaf_of(other) is None


@pytest.mark.parametrize(
    ("first", "last", "explained"), [(3, 3, True), (0, 8, True), (4, 8, False), (0, 2, False)]
)
def test_it_must_be_named_by_a_line(first: int, last: int, explained: bool) -> None:
    erased = Erased()
    erased.take(3)
    erased.explain(9, says(first, last))
    assert erased.count == 1
    if explained:
        erased.check()
    else:
        with pytest.raises(Finding, match="line 3: its body is gone"):
            erased.check()


@pytest.mark.parametrize(
    "fields",
    [says(0, 9), says(3, 2), says(-1, 2), says("0", 2), says(0, None), says(True, 2), says(0, 2, "shame"),
     {"kind": "lines-erased"}],
)  # fmt: skip
def test_the_line_names_lines_above_itself_and_why(fields: dict[str, Any]) -> None:
    with pytest.raises(Finding, match="line 9: it does not say which lines above it"):
        Erased().explain(9, fields)
