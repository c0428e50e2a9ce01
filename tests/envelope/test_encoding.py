from typing import Any

import pytest

from colloque.kernel import encoding
from tests.envelope.vectors import read

VECTORS = read("label.json")


@pytest.mark.parametrize("case", VECTORS["labels"])
def test_a_label_has_the_bytes_of_the_vectors(case: dict[str, Any]) -> None:
    assert encoding.label(*case["parts"]).hex() == case["bytes"]


def test_no_two_lists_of_parts_share_a_label() -> None:
    assert len({case["bytes"] for case in VECTORS["labels"]}) == len(VECTORS["labels"])


def test_a_part_of_65536_bytes_is_refused() -> None:
    with pytest.raises(encoding.EncodingError):
        encoding.label("x" * 65_536)


@pytest.mark.parametrize("case", VECTORS["u32"])
def test_u32_is_four_bytes_big_endian(case: dict[str, Any]) -> None:
    assert encoding.u32(case["number"]).hex() == case["bytes"]


@pytest.mark.parametrize("number", [-1, 2**32])
def test_u32_refuses_what_does_not_fit(number: int) -> None:
    with pytest.raises(encoding.EncodingError):
        encoding.u32(number)


@pytest.mark.parametrize("case", VECTORS["key_ids"])
def test_a_key_id_is_the_start_of_its_hash(case: dict[str, Any]) -> None:
    assert encoding.key_id(bytes.fromhex(case["key"])) == case["id"]


@pytest.mark.parametrize("case", VECTORS["base64url"])
def test_base64url_goes_both_ways(case: dict[str, Any]) -> None:
    assert encoding.b64u_encode(bytes.fromhex(case["bytes"])) == case["text"]
    assert encoding.b64u_decode(case["text"]).hex() == case["bytes"]


@pytest.mark.parametrize("text", VECTORS["not_base64url"])
def test_it_refuses_other_ways_to_write_base64url(text: str) -> None:
    with pytest.raises(encoding.EncodingError):
        encoding.b64u_decode(text)


def test_it_refuses_another_length_than_the_one_expected() -> None:
    with pytest.raises(encoding.EncodingError):
        encoding.b64u_decode("AAAA", length=4)
