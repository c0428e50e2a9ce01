"""The vault's turn V, and the reply that carries it sealed to the device that asked."""

import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from colloque.kernel.encoding import label, lp, u32

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


_NO_SALT = bytes(32)
_RECORD_SECRET = label("colloque/v1/kek", "record-secret")


def derive(secret: bytes, compartment: str, epoch: int) -> bytes:
    """HKDF-SHA256 without salt, 32 bytes: RFC 5869 sections 2.2 and 2.3, whose expansion is then of one block.

    Written out, for it is done for each opening, and setting OpenSSL's HKDF up takes longer than both its hashes.
    """
    pseudorandom = hmac.digest(_NO_SALT, secret, "sha256")
    return hmac.digest(pseudorandom, _info(compartment, epoch) + b"\x01", "sha256")


@lru_cache(maxsize=256)
def _info(compartment: str, epoch: int) -> bytes:
    return label("colloque/v1/vault-turn", compartment, u32(epoch))


def secret_context(record: str) -> bytes:
    return _RECORD_SECRET + lp(record)


def seal_reply(reply: Mapping[str, Any], reply_key: bytes, request_id: str) -> bytes:
    info = label("colloque/v1/release-reply", request_id)
    return SUITE.encrypt(orjson.dumps(reply), X25519PublicKey.from_public_bytes(reply_key), info)
