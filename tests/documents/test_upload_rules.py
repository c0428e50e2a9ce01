from hypothesis import given
from hypothesis import strategies as st

from colloque.documents.upload import CHUNK_BYTES, MOST_BYTES, MOST_CHUNKS, is_complete, is_possible, size_of
from colloque.envelope.file import chunk_count, sealed_size


@given(st.integers(0, 20 * 2**20))
def test_every_file_up_to_twenty_mebibytes_can_be_announced(size: int) -> None:
    chunks, sealed = chunk_count(size), sealed_size(size)
    assert is_possible(chunks=chunks, size=sealed)
    parts = [size_of(n, chunks=chunks, size=sealed) for n in range(chunks)]
    assert sum(parts) == sealed
    assert all(part == CHUNK_BYTES for part in parts[:-1])
    assert is_complete(parts, size=sealed)


def test_what_does_not_add_up_is_not_possible() -> None:
    assert not is_possible(chunks=0, size=0)
    assert not is_possible(chunks=1, size=15)
    assert not is_possible(chunks=1, size=CHUNK_BYTES + 1)
    assert not is_possible(chunks=2, size=CHUNK_BYTES)
    assert not is_possible(chunks=MOST_CHUNKS + 1, size=MOST_BYTES)
    assert not is_possible(chunks=MOST_CHUNKS, size=MOST_BYTES + 1)


def test_a_file_with_a_hole_is_not_complete() -> None:
    assert not is_complete([16, None], size=16)
    assert not is_complete([16, 16], size=33)
