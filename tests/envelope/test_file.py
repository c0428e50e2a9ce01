from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colloque.envelope import errors
from colloque.envelope.file import CHUNK_BYTES, Description, FileSealer, chunk_count, open_file, sealed_size
from colloque.envelope.keys import Place, content_key
from tests.examples import examples

KEY = content_key(Place("record", "documents"), care_key=b"R" * 32, turn=b"V" * 32)


def seal(data: bytes) -> tuple[list[bytes], Description]:
    sealer = FileSealer(data, KEY, item="item")
    chunks = list(sealer.chunks())
    return chunks, sealer.description(name="n", type="t", blob="b")


LONG = bytes(range(256)) * (CHUNK_BYTES // 128)  # two chunks exactly
SEALED, DESCRIPTION = seal(LONG)


def opened(pieces: list[bytes], description: Description = DESCRIPTION, item: str = "item") -> bytes:
    return b"".join(open_file(pieces, KEY, description, item=item))


@given(st.binary(max_size=5_000))
@settings(max_examples=examples(40), deadline=None)
def test_what_is_sealed_opens(data: bytes) -> None:
    chunks, description = seal(data)
    assert opened(chunks, description) == data
    assert sum(map(len, chunks)) == sealed_size(len(data))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_sizes_around_a_chunk_open(size: int) -> None:
    chunks, description = seal(b"x" * size)
    assert len(chunks) == description.chunks == chunk_count(size)
    assert opened(chunks, description) == b"x" * size


def test_pieces_may_be_cut_anywhere() -> None:
    whole = b"".join(SEALED)
    pieces = [whole[at : at + 70_001] for at in range(0, len(whole), 70_001)]
    assert opened(pieces) == LONG


def test_a_file_without_its_last_chunk_is_truncated() -> None:
    with pytest.raises(errors.Truncated):
        opened(SEALED[:-1])
    with pytest.raises(errors.Truncated):
        opened([SEALED[0], SEALED[1][:-1]])
    with pytest.raises(errors.Truncated):
        opened([])


def test_a_truncated_file_with_a_description_to_match_is_refused() -> None:
    # Whoever could rewrite the description still cannot make the first chunk a last one.
    from hashlib import sha256

    shorter = replace(DESCRIPTION, size=CHUNK_BYTES, chunks=1, sha256=sha256(SEALED[0]).digest())
    with pytest.raises(errors.BadTag):
        opened(SEALED[:1], shorter)


def test_swapped_and_repeated_chunks_are_refused() -> None:
    for pieces in ([SEALED[1], SEALED[0]], [SEALED[0], SEALED[0]]):
        with pytest.raises(errors.EnvelopeError):
            opened(pieces)


def test_a_file_that_goes_on_is_refused() -> None:
    with pytest.raises(errors.BadFile):
        opened([*SEALED, b"x"])


@given(st.integers(0, 5_000), st.integers(0, 7))
@settings(max_examples=examples(40), deadline=None)
def test_any_flipped_bit_is_refused(at: int, bit: int) -> None:
    chunks, description = seal(b"x" * 4_900)
    raw = bytearray(chunks[0])
    raw[at % len(raw)] ^= 1 << bit
    with pytest.raises(errors.EnvelopeError):
        opened([bytes(raw)], description)


def test_another_item_size_or_salt_is_refused() -> None:
    with pytest.raises(errors.BadTag):
        opened(SEALED, item="other")
    with pytest.raises(errors.BadTag):
        opened(SEALED, replace(DESCRIPTION, salt=bytes(16)))
    with pytest.raises(errors.BadFile):
        opened(SEALED, replace(DESCRIPTION, chunks=3))
    with pytest.raises(errors.BadFile):
        opened(SEALED, replace(DESCRIPTION, sha256=bytes(32)))


def test_a_description_comes_after_the_last_chunk() -> None:
    sealer = FileSealer(LONG, KEY, item="item")
    chunks: Iterator[bytes] = sealer.chunks()
    next(chunks)
    with pytest.raises(errors.BadFile):
        sealer.description(name="n", type="t", blob="b")


def test_a_description_goes_through_json() -> None:
    assert Description.from_json(DESCRIPTION.to_json()) == DESCRIPTION
    with pytest.raises(errors.Malformed):
        Description.from_json(DESCRIPTION.to_json() | {"salt": "AA"})
