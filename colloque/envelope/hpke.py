"""Seal to a public key: HPKE base mode, single shot (RFC 9180 section 6.1; docs/spec/envelope.md, "Suite").

Output is `enc || ct`; all context is bound by `info`, and HPKE's aad is empty. X-Wing private keys are
32-byte seeds (draft-connolly-cfrg-xwing-kem): SHAKE256(seed, 96) = ML-KEM `d || z`, then the X25519 key.
"""

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from colloque.envelope.errors import NotSealedForThis
from colloque.kernel.encoding import label

SEED_BYTES = 32
PUBLIC_KEY_BYTES = 1216
_ML_KEM_PUBLIC_BYTES = 1184
_ML_KEM_SEED_BYTES = 64

_XWING = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_X25519 = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def public_key(seed: bytes) -> bytes:
    """The 1,216 bytes of the X-Wing public key: ML-KEM-768, then X25519."""
    ml_kem, x25519 = _expand(seed)
    return ml_kem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def seal(recipient: bytes, info: bytes, plaintext: bytes) -> bytes:
    """Seal to an X-Wing public key; raise NotSealedForThis when it is not one."""
    if len(recipient) != PUBLIC_KEY_BYTES:
        raise NotSealedForThis("an X-Wing public key has 1,216 bytes")
    try:
        key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(recipient[:_ML_KEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(recipient[_ML_KEM_PUBLIC_BYTES:]),
        )
        return _XWING.encrypt(plaintext, key, info)
    except ValueError as error:
        raise NotSealedForThis("this public key is not valid") from error


def open_sealed(seed: bytes, info: bytes, sealed: bytes) -> bytes:
    """Open with the X-Wing seed; raise NotSealedForThis for another key, another context or altered bytes."""
    try:
        return _XWING.decrypt(sealed, MLKEM768X25519PrivateKey(*_expand(seed)), info)
    except (InvalidTag, ValueError) as error:
        raise NotSealedForThis("not sealed for this key and purpose, or altered") from error


def new_reply_key() -> tuple[bytes, bytes]:
    """An X25519 pair (private, public) for the vault's answers to one page load."""
    private = X25519PrivateKey.from_private_bytes(secrets.token_bytes(SEED_BYTES))
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal_reply(reply_key: bytes, request_id: str, plaintext: bytes) -> bytes:
    """Seal a release's answer as the vault does (docs/spec/key-release.md, "Reply")."""
    try:
        key = X25519PublicKey.from_public_bytes(reply_key)
        return _X25519.encrypt(plaintext, key, _reply_info(request_id))
    except ValueError as error:
        raise NotSealedForThis("this reply key is not valid") from error


def open_reply(private: bytes, request_id: str, sealed: bytes) -> bytes:
    """Open the vault's answer to one request; raise NotSealedForThis when it answers another."""
    try:
        key = X25519PrivateKey.from_private_bytes(private)
        return _X25519.decrypt(sealed, key, _reply_info(request_id))
    except (InvalidTag, ValueError) as error:
        raise NotSealedForThis("not the answer to this request, or altered") from error


def _reply_info(request_id: str) -> bytes:
    return label("colloque/v1/release-reply", request_id)


def _expand(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(seed) != SEED_BYTES:
        raise NotSealedForThis("an X-Wing seed has 32 bytes")
    expanded = hashlib.shake_256(seed).digest(_ML_KEM_SEED_BYTES + SEED_BYTES)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:_ML_KEM_SEED_BYTES]),
        X25519PrivateKey.from_private_bytes(expanded[_ML_KEM_SEED_BYTES:]),
    )
