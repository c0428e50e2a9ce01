"""A passkey in software (WebAuthn Level 3): resident, verifies its user, ES256, and answers the PRF extension."""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from colloque.kernel.encoding import b64u_decode, b64u_encode, label

PRESENT_AND_VERIFIED, ATTESTED = 0x05, 0x40
# The salt that browsers give (docs/spec/envelope.md, "Unlock methods"), as WebAuthn hashes it before it reaches the key.
PRF_SALT = hashlib.sha256(b"WebAuthn PRF\x00" + hashlib.sha256(label("colloque/v1/prf")).digest()).digest()


@dataclass
class Authenticator:
    origin: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user: bytes = b""
    # What tests turn: whether someone was there and verified, and the site that the key takes itself to be at.
    flags: int = PRESENT_AND_VERIFIED
    host: str = ""
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @property
    def prf(self) -> bytes:
        """The 32 bytes that the extension gives for our salt: the same at each use."""
        return hmac.digest(self._secret, PRF_SALT, "sha256")

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer creation options, as `navigator.credentials.create` does, in JSON."""
        self.user = b64u_decode(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = (
            bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(cose)
        )
        data = self._data(ATTESTED) + attested
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._client_data("webauthn.create", options["challenge"])
        return self._credential({"clientDataJSON": b64u_encode(said), "attestationObject": b64u_encode(made)})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer request options, as `navigator.credentials.get` does."""
        data, said = self._data(0), self._client_data("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {
                "clientDataJSON": b64u_encode(said),
                "authenticatorData": b64u_encode(data),
                "signature": b64u_encode(signature),
                "userHandle": b64u_encode(self.user),
            }
        )

    def _data(self, more: int) -> bytes:
        host = self.host or urlsplit(self.origin).hostname or ""
        return hashlib.sha256(host.encode()).digest() + bytes([self.flags | more]) + bytes(4)

    def _client_data(self, type_: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": type_, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = b64u_encode(self.credential_id)
        # What PRF gives stays here: it opens the root, and the server has no use for it.
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
