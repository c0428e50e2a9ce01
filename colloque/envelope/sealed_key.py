"""Sealed keys: a secret sealed to one public key for one purpose (docs/spec/envelope.md, "Sealed keys").

    {"suite", "purpose", "about", "recipient", "key_id", "generation", "sealed"}

Purpose, subject, recipient, key and generation are in HPKE's `info`: a server that moves a sealed key makes
it unopenable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from colloque.envelope import hpke, padding, wire
from colloque.envelope.errors import Malformed, NotSealedForThis
from colloque.envelope.keys import KEY_BYTES, SUITE
from colloque.kernel.encoding import b64u_encode, key_id, label, u32

Purpose = Literal[
    "care-key", "practice-seed", "past-practice-seed", "person-root", "practice-recovery", "note"
]
NOTE_CHARACTERS = 2_000


@dataclass(frozen=True)
class Recipient:
    """Whom a key is sealed to: a person, practice or unlock method, by one public key of theirs."""

    id: str
    public_key: bytes
    generation: int = 0


@dataclass(frozen=True)
class SealedKey:
    purpose: Purpose
    about: str
    recipient: str
    key_id: str
    generation: int
    sealed: bytes

    @classmethod
    def from_json(cls, value: object) -> "SealedKey":
        source = wire.fields(value)
        wire.check_suite(source)
        purpose = wire.text(source, "purpose")
        if purpose not in get_args(Purpose):
            raise Malformed("this sealed key has an unknown purpose")
        return cls(
            cast("Purpose", purpose),
            wire.text(source, "about"),
            wire.text(source, "recipient"),
            wire.text(source, "key_id"),
            wire.number(source, "generation"),
            wire.binary(source, "sealed"),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "suite": SUITE,
            "purpose": self.purpose,
            "about": self.about,
            "recipient": self.recipient,
            "key_id": self.key_id,
            "generation": self.generation,
            "sealed": b64u_encode(self.sealed),
        }


def seal_key(secret: bytes, *, purpose: Purpose, about: str, to: Recipient) -> SealedKey:
    """Seal a 32-byte secret."""
    if purpose == "note" or len(secret) != KEY_BYTES:
        raise Malformed("a sealed key holds 32 bytes; text goes by seal_note")
    return _seal(secret, purpose, about, to)


def open_key(
    sealed: SealedKey | Mapping[str, Any], seed: bytes, *, purpose: Purpose, about: str, recipient: str
) -> bytes:
    """Open a 32-byte secret with the recipient's X-Wing seed.

    Raises WrongSuite, Malformed, or NotSealedForThis when for another purpose, subject, recipient or key.
    """
    secret = _open(sealed, seed, purpose, about, recipient)
    if len(secret) != KEY_BYTES:
        raise Malformed("a sealed key holds 32 bytes")
    return secret


def seal_note(text: str, *, practice: Recipient) -> SealedKey:
    """Seal a word to a whole practice: at most 2,000 characters."""
    if len(text) > NOTE_CHARACTERS:
        raise Malformed("a note has at most 2,000 characters")
    return _seal(padding.pad(text.encode()), "note", practice.id, practice)


def open_note(sealed: SealedKey | Mapping[str, Any], seed: bytes, *, practice: str) -> str:
    padded = _open(sealed, seed, "note", practice, practice)
    try:
        return padding.unpad(padded).decode()
    except UnicodeDecodeError as error:
        raise Malformed("a note is UTF-8 text") from error


def _seal(plaintext: bytes, purpose: Purpose, about: str, to: Recipient) -> SealedKey:
    key = key_id(to.public_key)
    info = _info(purpose, about, to.id, key, to.generation)
    return SealedKey(purpose, about, to.id, key, to.generation, hpke.seal(to.public_key, info, plaintext))


def _open(
    sealed: SealedKey | Mapping[str, Any], seed: bytes, purpose: Purpose, about: str, recipient: str
) -> bytes:
    key = sealed if isinstance(sealed, SealedKey) else SealedKey.from_json(sealed)
    if (key.purpose, key.about, key.recipient) != (purpose, about, recipient):
        raise NotSealedForThis("sealed for another purpose, subject or recipient")
    if key.key_id != key_id(hpke.public_key(seed)):
        raise NotSealedForThis("sealed to another key")
    info = _info(key.purpose, key.about, key.recipient, key.key_id, key.generation)
    return hpke.open_sealed(seed, info, key.sealed)


def _info(purpose: str, about: str, recipient: str, key: str, generation: int) -> bytes:
    return label("colloque/v1/sealed-key", purpose, about, recipient, key, u32(generation))
