"""Keys and what they are made of (docs/spec/envelope.md, "Keys").

Everything is HKDF-SHA256 under a label that names the purpose, so that no secret serves two. Functions
here are pure; random bytes come from `secrets`.
"""

import secrets
from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from colloque.envelope import hpke
from colloque.envelope.errors import Malformed
from colloque.kernel.encoding import key_id, label, u32

SUITE = "colloque/v1"
KEY_BYTES = 32
CONTACT = "contact"


def hkdf(ikm: bytes, info: bytes, *, salt: bytes = b"", length: int = KEY_BYTES) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(ikm)


def new_secret() -> bytes:
    """32 random bytes: a person root, a practice seed, a care key."""
    return secrets.token_bytes(KEY_BYTES)


@dataclass(frozen=True)
class Place:
    """Where an item lives, and what its content key is bound to."""

    record: str
    compartment: str
    epoch: int = 0

    def label(self, purpose: str) -> bytes:
        return label(purpose, self.record, self.compartment, u32(self.epoch))


@dataclass(frozen=True)
class ContentKey:
    """The key of one place. `commitment` goes with each item, as AES-GCM does not commit to its key."""

    place: Place
    key: bytes = field(repr=False)

    @property
    def commitment(self) -> bytes:
        return hkdf(self.key, self.place.label("colloque/v1/commitment"))


def content_key(place: Place, *, care_key: bytes, turn: bytes) -> ContentKey:
    """Join the two keys. Raises Malformed when either is missing.

    Only `contact` has an empty care key (the server must write to people); were an empty one accepted
    elsewhere, a server could talk a client into sealing under a key that the vault alone can make.
    """
    if len(care_key) != (0 if place.compartment == CONTACT else KEY_BYTES):
        raise Malformed("the care key has 32 bytes, and none for contact")
    if len(turn) != KEY_BYTES:
        raise Malformed("the vault's turn has 32 bytes")
    return ContentKey(place, hkdf(care_key + turn, place.label(SUITE)))


def vault_turn(record_secret: bytes, *, compartment: str, epoch: int) -> bytes:
    """Derive V as the vault does, for tests and drills."""
    return hkdf(record_secret, label("colloque/v1/vault-turn", compartment, u32(epoch)))


@dataclass(frozen=True)
class PersonKeys:
    """The two key pairs that a person root expands to."""

    kem_seed: bytes = field(repr=False)
    kem_key: bytes
    identity_seed: bytes = field(repr=False)
    identity_key: bytes

    @classmethod
    def from_root(cls, root: bytes) -> Self:
        if len(root) != KEY_BYTES:
            raise Malformed("a person root has 32 bytes")
        kem_seed = hkdf(root, label("colloque/v1/person/kem"))
        identity_seed = hkdf(root, label("colloque/v1/person/identity"))
        identity_key = Ed25519PrivateKey.from_private_bytes(identity_seed).public_key().public_bytes_raw()
        return cls(kem_seed, hpke.public_key(kem_seed), identity_seed, identity_key)

    @property
    def kem_key_id(self) -> str:
        return key_id(self.kem_key)

    def sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.identity_seed).sign(message)


def practice_kem_seed(seed: bytes) -> bytes:
    """The X-Wing seed of one generation of a practice."""
    if len(seed) != KEY_BYTES:
        raise Malformed("a practice seed has 32 bytes")
    return hkdf(seed, label("colloque/v1/practice/kem"))


@dataclass(frozen=True)
class DeviceKey:
    """A device's ECDSA P-256 key. In a browser it cannot be exported; here `scalar` can be kept in a file."""

    scalar: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        return cls(number.to_bytes(KEY_BYTES, "big"))

    @property
    def public_key(self) -> bytes:
        """65 bytes, uncompressed."""
        return (
            self._private()
            .public_key()
            .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        )

    def sign(self, message: bytes) -> bytes:
        """Sign with SHA-256; raw `r || s`. Nonces are RFC 6979's: no bad random source can leak the key."""
        der = self._private().sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return r.to_bytes(KEY_BYTES, "big") + s.to_bytes(KEY_BYTES, "big")

    def _private(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(self.scalar, "big"), ec.SECP256R1())
