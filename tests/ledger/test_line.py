"""Lines: canonical bytes, and what no line may hold."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colloque.ledger import line

GOOD = {"v": 1, "seq": 0, "kind": "sign-in", "purpose": 'é "\n\u2028\x7f', "detail": {"b": "2", "a": 1}}


def test_bytes_are_jcs() -> None:
    expected = '{"detail":{"a":1,"b":"2"},"kind":"sign-in","purpose":"é \\"\\n\u2028\x7f","seq":0,"v":1}'
    assert line.to_bytes(GOOD) == expected.encode()
    assert line.from_bytes(expected.encode()) == GOOD


VALUES = st.one_of(st.text(), st.integers(-(2**53) + 1, 2**53 - 1))
DETAILS = st.dictionaries(st.text(st.characters(max_codepoint=0x7F)), VALUES)


@given(st.dictionaries(st.sampled_from(sorted(line.FIELDS - {"kind", "detail"})), VALUES), DETAILS)
def test_two_writers_of_json_agree_on_every_line(
    fields: dict[str, object], detail: dict[str, object]
) -> None:
    fields |= {"kind": "release", "detail": detail}
    expected = json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    assert line.to_bytes(fields) == expected
    assert line.from_bytes(expected) == fields


@pytest.mark.parametrize(
    "change",
    [
        {"extra": "x"}, {"kind": "gossip"}, {"seq": 1.5}, {"seq": True}, {"seq": 2**53}, {"session": None},
        {"session": ["x"]}, {"detail": "x"}, {"detail": {"é": "x"}}, {"detail": {"a": {}}}, {"purpose": "\ud800"},
    ],
)  # fmt: skip
def test_it_refuses_what_no_line_may_hold(change: dict[str, object]) -> None:
    with pytest.raises(line.MalformedLine):
        line.to_bytes({**GOOD, **change})


@pytest.mark.parametrize(
    "data", [b"{}", b"[]", b"x", b'{"v":1, "kind":"sign-in"}', b'{"v":1,"kind":"sign-in"}']
)
def test_it_refuses_bytes_that_are_not_canonical(data: bytes) -> None:
    with pytest.raises(line.MalformedLine):
        line.from_bytes(data)
