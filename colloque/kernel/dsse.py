"""DSSE v1 envelopes: read them, and check who signed (docs/spec/envelope.md, "Statements").

The bytes that were signed are the bytes that are parsed; nobody re-encodes them. Signing is in
`colloque.envelope.statement` and `colloque.vault.client`; checking is here because the vault needs it too.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

_PAYLOAD_TYPE = re.compile(r"application/vnd\.colloque\.([a-z][a-z0-9-]*)\.v1\+json")
_ECDSA = ec.ECDSA(SHA256())
P256_POINT_BYTES = 65
SIGNATURE_BYTES = 64


class MalformedStatement(ValueError):
    """Not a DSSE envelope of ours."""


@dataclass(frozen=True)
class Signature:
    """One signer's signature, 64 raw bytes: P-256 `r || s`, or Ed25519."""

    keyid: str
    sig: bytes


@dataclass(frozen=True)
class Statement:
    """A parsed envelope whose signatures are not yet checked."""

    kind: str
    payload_type: str
    payload: bytes
    body: Mapping[str, Any]
    signatures: tuple[Signature, ...]

    def signature_of(self, keyid: str) -> Signature | None:
        """Return the signature made under this key id, or None."""
        return next((s for s in self.signatures if s.keyid == keyid), None)

    def is_signed_by_device(self, keyid: str, public_key: bytes) -> bool:
        """Tell whether the P-256 key (65 bytes, uncompressed) signed under this key id."""
        found = self.signature_of(keyid)
        signed = pae(self.payload_type, self.payload)
        return found is not None and verify_p256(public_key, found.sig, signed)

    def is_signed_by_identity(self, keyid: str, public_key: bytes) -> bool:
        """Tell whether the Ed25519 key (32 bytes) signed under this key id."""
        found = self.signature_of(keyid)
        signed = pae(self.payload_type, self.payload)
        return found is not None and verify_ed25519(public_key, found.sig, signed)


def payload_type(kind: str) -> str:
    return f"application/vnd.colloque.{kind}.v1+json"


def pae(type_: str, body: bytes) -> bytes:
    """Pre-authentication encoding: what is signed. Lengths are of UTF-8 bytes, in decimal."""
    type_bytes = type_.encode()
    return b"DSSEv1 %d %b %d %b" % (len(type_bytes), type_bytes, len(body), body)


def parse(envelope: object) -> Statement:
    """Read a decoded JSON envelope; raise MalformedStatement when a part is missing or odd."""
    if not isinstance(envelope, Mapping):
        raise MalformedStatement("A statement is a JSON object.")
    payload = _standard_base64(envelope.get("payload"), "payload")
    type_ = envelope.get("payloadType")
    match = _PAYLOAD_TYPE.fullmatch(type_) if isinstance(type_, str) else None
    if match is None:
        raise MalformedStatement("This payloadType is not one of ours.")
    return Statement(match[1], match[0], payload, _parse_body(payload), _parse_signatures(envelope))


def verify_p256(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Check ECDSA P-256 with SHA-256 over `message`; False for a bad key, length or signature."""
    if len(public_key) != P256_POINT_BYTES or public_key[0] != 4 or len(signature) != SIGNATURE_BYTES:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        _p256_key(public_key).verify(encode_dss_signature(r, s), message, _ECDSA)
    except (ValueError, InvalidSignature):
        return False
    return True


@lru_cache(maxsize=4096)
def _p256_key(public_key: bytes) -> ec.EllipticCurvePublicKey:
    """Read a key once: to find that a point is on the curve takes a fifth of what a check takes."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)


def verify_ed25519(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Check Ed25519 over `message`; False for a bad key, length or signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (ValueError, InvalidSignature):
        return False
    return True


def _parse_signatures(envelope: Mapping[str, Any]) -> tuple[Signature, ...]:
    listed = envelope.get("signatures")
    if not isinstance(listed, list) or not 1 <= len(listed) <= 8:
        raise MalformedStatement("A statement has between one and eight signatures.")
    signatures = tuple(_parse_signature(entry) for entry in listed)
    if len({s.keyid for s in signatures}) != len(signatures):
        raise MalformedStatement("Two signatures claim the same key.")
    return signatures


def _parse_signature(entry: object) -> Signature:
    keyid = entry.get("keyid") if isinstance(entry, Mapping) else None
    if not isinstance(entry, Mapping) or not isinstance(keyid, str) or not keyid:
        raise MalformedStatement("A signature has a keyid and a sig.")
    sig = _standard_base64(entry.get("sig"), "sig")
    if len(sig) != SIGNATURE_BYTES:
        raise MalformedStatement("A signature has 64 bytes.")
    return Signature(keyid, sig)


def _parse_body(payload: bytes) -> Mapping[str, Any]:
    try:
        body = _decode_body(payload.decode())
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise MalformedStatement("The payload is not JSON in UTF-8.") from error
    if not isinstance(body, dict):
        raise MalformedStatement("The payload is a JSON object.")
    return body


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers may pick different values of a repeated name, and so see different statements.
    body = dict(pairs)
    if len(body) != len(pairs):
        raise MalformedStatement("A name occurs twice in the payload.")
    return body


_decode_body = json.JSONDecoder(object_pairs_hook=_refuse_repeats).decode


def _standard_base64(text: object, where: str) -> bytes:
    try:
        if not isinstance(text, str):
            raise ValueError("not text")  # noqa: TRY004 – caught below, with what base64 raises
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise MalformedStatement(f"The {where} is not base64.") from error
