"""Lines: canonical bytes, and what no line may hold."""

import pytest

from colloque.ledger import line

GOOD = {"v": 1, "seq": 0, "kind": "sign-in", "purpose": 'é "\n\u2028\x7f', "detail": {"b": "2", "a": 1}}


def test_bytes_are_jcs() -> None:
    expected = '{"detail":{"a":1,"b":"2"},"kind":"sign-in","purpose":"é \\"\\n\u2028\x7f","seq":0,"v":1}'
    assert line.to_bytes(GOOD) == expected.encode()
    assert line.from_bytes(expected.encode()) == GOOD


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
