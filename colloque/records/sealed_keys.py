"""Sealed keys, as far as one can check them without a key (docs/spec/envelope.md, "Sealed keys"). Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from colloque.kernel.encoding import EncodingError, b64u_decode, b64u_encode
from colloque.kernel.ids import is_id
from colloque.records.errors import WrongSealedKey

SUITE = "colloque/v1"
FIELDS = frozenset({"suite", "purpose", "about", "recipient", "key_id", "generation", "sealed"})
# HPKE: X-Wing's enc of 1,120 bytes, then the sealed text and a tag of 16.
ENC_BYTES, TAG_BYTES, KEY_BYTES = 1_120, 16, 32
MOST_NOTE = 10_240
_KEY_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class SealedKeyText:
    purpose: str
    about: str
    recipient: str
    key_id: str
    generation: int
    sealed: bytes

    def to_json(self) -> dict[str, object]:
        return {
            "suite": SUITE,
            "purpose": self.purpose,
            "about": self.about,
            "recipient": self.recipient,
            "key_id": self.key_id,
            "generation": self.generation,
            "sealed": b64u_encode(self.sealed),
        }


def read_sealed_key(source: object, *, purpose: str, about: str) -> SealedKeyText:
    """Check the form of a sealed key that is for this purpose and about this thing; raise WrongSealedKey."""
    if not isinstance(source, Mapping) or source.keys() != FIELDS or source["suite"] != SUITE:
        raise WrongSealedKey("fields")
    if (source["purpose"], source["about"]) != (purpose, about) or not is_id(source["recipient"]):
        raise WrongSealedKey("purpose, subject or recipient")
    generation, key_id = source["generation"], source["key_id"]
    if type(generation) is not int or not 0 <= generation < 2**31:
        raise WrongSealedKey("generation")
    if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
        raise WrongSealedKey("key id")
    try:
        sealed = b64u_decode(source["sealed"])
    except EncodingError as error:
        raise WrongSealedKey("sealed") from error
    text = len(sealed) - ENC_BYTES - TAG_BYTES
    if text != KEY_BYTES if purpose != "note" else not 256 <= text <= MOST_NOTE:
        raise WrongSealedKey("length")
    return SealedKeyText(purpose, about, source["recipient"], key_id, generation, sealed)
