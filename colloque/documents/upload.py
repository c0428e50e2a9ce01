"""What an upload must be (docs/spec/envelope.md, "Files"). Pure."""

from collections.abc import Sequence

MOST_CHUNKS = 21
TAG_BYTES = 16
CHUNK_BYTES = (1 << 20) + TAG_BYTES
MOST_BYTES = 20 * (1 << 20) + MOST_CHUNKS * TAG_BYTES


def is_possible(*, chunks: int, size: int) -> bool:
    """Tell whether so many chunks can hold so many bytes of ciphertext: all full but the last, which is not
    empty."""
    if not 1 <= chunks <= MOST_CHUNKS:
        return False
    return (chunks - 1) * CHUNK_BYTES + TAG_BYTES <= size <= min(chunks * CHUNK_BYTES, MOST_BYTES)


def size_of(number: int, *, chunks: int, size: int) -> int:
    """Return how many bytes chunk `number` has: this is known from the start, so that no other is ever
    kept."""
    return CHUNK_BYTES if number < chunks - 1 else size - (chunks - 1) * CHUNK_BYTES


def is_complete(arrived: Sequence[int | None], *, size: int) -> bool:
    return None not in arrived and sum(n or 0 for n in arrived) == size
