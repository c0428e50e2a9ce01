"""A service principal's key file: who it is and the P-256 key it signs with, readable by its owner alone."""

import base64
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from colloque.kernel import clock, dsse
from colloque.kernel.encoding import b64u_decode, b64u_encode
from colloque.kernel.ids import new_id
from colloque.vault.settings import UnsafeSetting


@dataclass(frozen=True)
class Principal:
    name: str
    person: str
    device: str
    device_key: ec.EllipticCurvePrivateKey
    identity_seed: bytes
    kem_seed: bytes

    def public_key(self) -> bytes:
        return self.device_key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def identity_key(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.identity_seed).public_key().public_bytes_raw()

    def say(self, kind: str, /, *, id: str | None = None, **fields: Any) -> dict[str, Any]:  # noqa: A002
        """Sign a statement with the device key, with a new id unless this is a retry."""
        return self._envelope(kind, self._payload(id, fields), {self.device: self._sign_device})

    def agree(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """Sign the same bytes as a second person."""
        message = dsse.pae(envelope["payloadType"], base64.b64decode(envelope["payload"]))
        own = {"keyid": self.device, "sig": _b64(self._sign_device(message))}
        return {**envelope, "signatures": [*envelope["signatures"], own]}

    def say_as_identity(self, kind: str, /, *, with_device: bool = False, **fields: Any) -> dict[str, Any]:
        signers: dict[str, Any] = {f"identity:{self.person}": self._sign_identity}
        if with_device:
            signers[self.device] = self._sign_device
        return self._envelope(kind, self._payload(None, fields), signers)

    def _payload(self, statement_id: str | None, fields: dict[str, Any]) -> bytes:
        said = {
            "id": statement_id or new_id(),
            "at": clock.to_wire(clock.now()),
            "person": self.person,
            "device": self.device,
            **{name: value for name, value in fields.items() if value is not None},
        }
        return json.dumps(said, ensure_ascii=False).encode()

    def _envelope(self, kind: str, payload: bytes, signers: dict[str, Any]) -> dict[str, Any]:
        type_ = dsse.payload_type(kind)
        message = dsse.pae(type_, payload)
        return {
            "payload": _b64(payload),
            "payloadType": type_,
            "signatures": [{"keyid": k, "sig": _b64(sign(message))} for k, sign in signers.items()],
        }

    def _sign_device(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self.device_key.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def _sign_identity(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.identity_seed).sign(message)


def make(name: str) -> Principal:
    return Principal(
        name, new_id(), new_id(), ec.generate_private_key(ec.SECP256R1()), os.urandom(32), os.urandom(32)
    )


def save(principal: Principal, path: Path) -> None:
    """Write the key file; fails when there is one already."""
    pem = principal.device_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    text = json.dumps(
        {
            "name": principal.name,
            "person": principal.person,
            "device": principal.device,
            "device_key": pem.decode(),
            "identity_seed": b64u_encode(principal.identity_seed),
            "kem_seed": b64u_encode(principal.kem_seed),
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def load(path: Path) -> Principal:
    """Read a key file; refuse one that others may read."""
    try:
        mode, text = stat.S_IMODE(path.stat().st_mode), path.read_text()
    except OSError as error:
        raise UnsafeSetting(f"The service key file {path} can't be read ({error.strerror}).") from error
    if mode & 0o077:
        raise UnsafeSetting(f"Others may read the service key file {path}. Run: chmod 600 {path}")
    try:
        held = json.loads(text)
        key = serialization.load_pem_private_key(held["device_key"].encode(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("not an elliptic curve key")  # noqa: TRY004  damage, not a caller's mistake
        return Principal(
            held["name"], held["person"], held["device"], key,
            b64u_decode(held["identity_seed"], length=32), b64u_decode(held["kem_seed"], length=32),
        )  # fmt: skip
    except (ValueError, KeyError) as error:
        raise UnsafeSetting(f"The service key file {path} is damaged. Restore it from its backup.") from error


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
