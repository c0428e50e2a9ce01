"""Blind index of addresses: a dump and the web's secrets can't try a list of addresses without the vault's key."""

import hmac
import unicodedata

from colloque.kernel.encoding import label


def normalise(address: str) -> str:
    """NFKC, no white space around, lower case: how people mean an address when they type it."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def index_of(key: bytes, address: str) -> bytes:
    return hmac.digest(key, label("colloque/v1/blind-index", normalise(address)), "sha256")
