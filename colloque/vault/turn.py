"""The vault's turn V, and the reply that carries it sealed to the device that asked."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from colloque.kernel.encoding import label, u32

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def derive(secret: bytes, compartment: str, epoch: int) -> bytes:
    info = label("colloque/v1/vault-turn", compartment, u32(epoch))
    return HKDF(hashes.SHA256(), 32, None, info).derive(secret)


def secret_context(record: str) -> bytes:
    return label("colloque/v1/kek", "record-secret", record)


def seal_reply(reply: Mapping[str, Any], reply_key: bytes, request_id: str) -> bytes:
    info = label("colloque/v1/release-reply", request_id)
    return SUITE.encrypt(json.dumps(reply).encode(), X25519PublicKey.from_public_bytes(reply_key), info)
