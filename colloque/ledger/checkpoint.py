"""Checkpoints: the tree's head as a C2SP signed note (tlog-checkpoint), and the verifier key (vkey). Pure.

<origin>
<size in decimal>
<root in base64>

— <name> <base64(4 bytes of key hash ‖ Ed25519 signature)>
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_HASH_BYTES = 4
_SIGNATURE_BYTES = 64


class MalformedCheckpoint(ValueError):
    """Not a checkpoint, or one whose signature does not hold."""


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Verifier:
    """A key that checkpoints are checked with, and the name it signs under."""

    name: str
    public_key: bytes

    @property
    def key_hash(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()[:_HASH_BYTES]

    def to_vkey(self) -> str:
        return f"{self.name}+{self.key_hash.hex()}+{_b64(_ED25519 + self.public_key)}"


@dataclass(frozen=True)
class Signer:
    name: str
    key: Ed25519PrivateKey

    def verifier(self) -> Verifier:
        return Verifier(self.name, self.key.public_key().public_bytes_raw())

    def sign(self, *, size: int, root: bytes) -> str:
        """Write the note of a tree head, under the origin that the signer is named after."""
        return self.sign_note(_body(Checkpoint(self.name, size, root)))

    def sign_note(self, body: str) -> str:
        """Sign a text of whole lines. Its first line must say what it is: one key signs texts of several kinds."""
        signature = self.verifier().key_hash + self.key.sign(body.encode())
        return f"{body}\n— {self.name} {_b64(signature)}\n"


def parse_vkey(text: str) -> Verifier:
    """Read `name+hash+base64(0x01 ‖ public key)`; raise MalformedCheckpoint when a part does not fit."""
    name, _, rest = text.strip().partition("+")
    key_hash, _, encoded = rest.partition("+")
    key = _unb64(encoded)
    verifier = Verifier(name, key[1:])
    well_formed = bool(name) and not set(name) & set(" +\n") and key[:1] == _ED25519 and len(key) == 33
    if not well_formed or verifier.key_hash.hex() != key_hash:
        raise MalformedCheckpoint("not an Ed25519 verifier key")
    return verifier


def read(note: str, verifier: Verifier) -> Checkpoint:
    """Check the note's signature and return what it says; raise MalformedCheckpoint otherwise."""
    lines = open_note(note, verifier).split("\n")
    if len(lines) < 4 or lines[0] != verifier.name:
        raise MalformedCheckpoint("another log's checkpoint")
    if not (lines[1].isascii() and lines[1].isdigit()) or str(int(lines[1])) != lines[1]:
        raise MalformedCheckpoint("the size is not a number")
    root = _unb64(lines[2])
    if len(root) != 32:
        raise MalformedCheckpoint("the root is not a hash")
    return Checkpoint(lines[0], int(lines[1]), root)


def open_note(note: str, verifier: Verifier) -> str:
    """Return a note's text once its signature was checked; raise MalformedCheckpoint otherwise."""
    body, separator, signatures = note.partition("\n\n")
    body += "\n"
    if not separator or not _is_signed(body, signatures, verifier):
        raise MalformedCheckpoint("no signature by this key")
    return body


def _is_signed(body: str, signatures: str, verifier: Verifier) -> bool:
    key = Ed25519PublicKey.from_public_bytes(verifier.public_key)
    for line in signatures.split("\n"):  # U+2028 and the like end no line of a note
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if dash != "—" or name != verifier.name:
            continue
        signature = _unb64(encoded)
        if signature[:_HASH_BYTES] != verifier.key_hash or len(signature) != _HASH_BYTES + _SIGNATURE_BYTES:
            continue
        try:
            key.verify(signature[_HASH_BYTES:], body.encode())
        except InvalidSignature:
            return False
        return True
    return False


def _body(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.origin}\n{checkpoint.size}\n{_b64(checkpoint.root)}\n"


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise MalformedCheckpoint("not base64") from error
