"""Cosignatures: a witness says that it saw a checkpoint, when, and no other history. Pure. C2SP tlog-cosignature:

signed message:  cosignature/v1 ⏎ time <POSIX seconds> ⏎ <the note's text, its last line break included>
signature line:  — <witness name> base64(4 bytes of key hash ‖ time, 8 bytes big-endian ‖ 64 bytes of Ed25519)
vkey:            <name>+<key hash>+base64(0x04 ‖ public key); the key hash covers 0x04 as well
"""

import base64
import hashlib
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from colloque.ledger.checkpoint import MalformedCheckpoint

_COSIGNATURE = b"\x04"
_HASH_BYTES = 4
_LINE = struct.Struct(">4sQ64s")


@dataclass(frozen=True)
class WitnessKey:
    """A key that cosignatures are checked with, and the name it signs under."""

    name: str
    public_key: bytes

    @property
    def key_hash(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _COSIGNATURE + self.public_key).digest()[
            :_HASH_BYTES
        ]

    def to_vkey(self) -> str:
        return (
            f"{self.name}+{self.key_hash.hex()}+{base64.b64encode(_COSIGNATURE + self.public_key).decode()}"
        )


def parse_witness_vkey(text: str) -> WitnessKey:
    """Read a witness's vkey; raise MalformedCheckpoint when a part does not fit."""
    name, _, rest = text.strip().partition("+")
    key_hash, _, encoded = rest.partition("+")
    key = _unb64(encoded)
    witness = WitnessKey(name, key[1:])
    well_formed = bool(name) and not set(name) & set(" +\n") and key[:1] == _COSIGNATURE and len(key) == 33
    if not well_formed or witness.key_hash.hex() != key_hash:
        raise MalformedCheckpoint("not the key of a witness")
    return witness


def text_of(note: str) -> str:
    """The part of a note that is signed: up to the blank line, with the line break before it."""
    text, separator, _ = note.partition("\n\n")
    if not separator:
        raise MalformedCheckpoint("a note has a blank line before its signatures")
    return text + "\n"


def cosign(note: str, name: str, key: Ed25519PrivateKey, *, at: int) -> str:
    """Write a signature line for the note, seen at POSIX time `at`. The caller has checked that it is of the one history."""
    witness = WitnessKey(name, key.public_key().public_bytes_raw())
    signature = key.sign(_message(text_of(note), at))
    return f"— {name} {base64.b64encode(_LINE.pack(witness.key_hash, at, signature)).decode()}\n"


def seen_at(note: str, witness: WitnessKey) -> int | None:
    """POSIX seconds at which this witness says it saw the note; None without a cosignature of its own that holds."""
    text = text_of(note)
    key = Ed25519PublicKey.from_public_bytes(witness.public_key)
    for line in note[len(text) + 1 :].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if dash != "—" or name != witness.name:
            continue
        data = _unb64(encoded)
        if len(data) != _LINE.size or data[:_HASH_BYTES] != witness.key_hash:
            continue
        _, at, signature = _LINE.unpack(data)
        try:
            key.verify(signature, _message(text, at))
        except InvalidSignature:
            return None
        return int(at)
    return None


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _unb64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise MalformedCheckpoint("not base64") from error
