"""Fingerprints in words, for people who compare keys aloud (docs/spec/envelope.md, same heading)."""

import unicodedata
from functools import cache
from hashlib import sha256
from importlib.resources import files

WORDS = 6
_BITS = 11


@cache
def french_words() -> tuple[str, ...]:
    """The 2,048 words of the French list of BIP-39."""
    text = files("colloque.envelope").joinpath("bip39_french.txt").read_text("utf-8")
    return tuple(unicodedata.normalize("NFC", word) for word in text.split())


def fingerprint(public_key: bytes) -> tuple[str, ...]:
    """Six words for the first 66 bits of the key's SHA-256."""
    number = int.from_bytes(sha256(public_key).digest(), "big") >> 256 - WORDS * _BITS
    return tuple(french_words()[number >> _BITS * at & 2047] for at in reversed(range(WORDS)))
