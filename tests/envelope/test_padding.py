from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colloque.envelope.errors import BadPadding
from colloque.envelope.padding import pad, padme, unpad
from tests.envelope.vectors import read


@pytest.mark.parametrize("case", read("padme.json"))
def test_padme_is_the_one_of_the_vectors(case: dict[str, Any]) -> None:
    assert padme(case["length"]) == case["padded"]


@given(st.integers(0, 2**40))
def test_padme_adds_at_most_12_percent_and_is_stable(length: int) -> None:
    assert length <= padme(length) <= length * 1.12
    assert padme(padme(length)) == padme(length)


@given(st.binary(max_size=2_000))
def test_what_is_padded_comes_back(data: bytes) -> None:
    assert unpad(pad(data)) == data


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        bytes(255),
        b"\0\0\0\1x" + b"\1" + bytes(250),
        b"\xff\xff\xff\xff" + bytes(252),
        bytes(512),
        b"\0\0\1\0" + bytes(252),
    ],
)
def test_other_padding_is_refused(padded: bytes) -> None:
    with pytest.raises(BadPadding):
        unpad(padded)
