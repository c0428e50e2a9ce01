"""A practice's recovery sheet in three parts, two of which make it whole: Shamir's scheme as words, SLIP-0039.

One part says nothing about the code. Splitting the same code again makes parts that fit only one another.
"""

from collections.abc import Sequence

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from colloque.envelope import recovery_code

PARTS, NEEDED = 3, 2


class WrongParts(ValueError):
    """Words that are not two parts of one sheet; the message says what is odd."""


def split(code: bytes) -> list[str]:
    """Write the code of a sheet as three parts of twenty words."""
    recovery_code.encode(code)  # raises for what is no code
    made: list[list[str]] = generate_mnemonics(1, [(NEEDED, PARTS)], code)
    return made[0]


def combine(parts: Sequence[str]) -> bytes:
    """Make a code of two parts, as a person types them. Raises WrongParts: a mistyped word is found by a checksum."""
    words = [" ".join(part.lower().split()) for part in parts]
    try:
        code: bytes = combine_mnemonics(words)
    except MnemonicError as error:
        raise WrongParts(f"These are not two parts of one sheet: {error}") from error
    if len(code) != recovery_code.CODE_BYTES:
        raise WrongParts("These parts are of something else than a recovery sheet.")
    return code
