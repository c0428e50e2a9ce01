"""Padded lengths, so that the size of what is sealed says little (docs/spec/envelope.md, "Items").

Padmé, Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", PETS 2019: at most 12 % longer,
and only O(log log n) bits of the length are shown.
"""

from colloque.envelope.errors import BadPadding
from colloque.kernel.encoding import u32

LEAST_PADDED = 256
_PREFIX = 4


def padme(length: int) -> int:
    """Round a length up so that its low bits are zero; lengths under 2 stay."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1 if low_bits > 0 else 0
    return (length + mask) & ~mask


def padded_length(length: int) -> int:
    return max(LEAST_PADDED, padme(_PREFIX + length))


def pad(data: bytes) -> bytes:
    padded = u32(len(data)) + data
    return padded.ljust(padded_length(len(data)), b"\0")


def unpad(padded: bytes) -> bytes:
    """Give back the data; raise BadPadding unless these are exactly the bytes that `pad` makes."""
    length = int.from_bytes(padded[:_PREFIX], "big")
    if len(padded) < LEAST_PADDED or len(padded) != padded_length(length):
        raise BadPadding("the padded length is not the one of its content")
    data, zeros = padded[_PREFIX : _PREFIX + length], padded[_PREFIX + length :]
    if any(zeros):
        raise BadPadding("the padding is not zeros")
    return data
