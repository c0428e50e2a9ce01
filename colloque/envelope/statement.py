"""Say something as a device or an identity (docs/spec/envelope.md, "Statements").

Reading and checking are in `colloque.kernel.dsse`, as the vault needs them too; `read` here adds the errors
of this room.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from colloque.envelope.errors import BadSignature, Malformed, WrongKind
from colloque.envelope.keys import DeviceKey, PersonKeys
from colloque.envelope.recovery_code import SheetKey
from colloque.kernel import dsse
from colloque.kernel.encoding import b64u_encode


class SigningKey(Protocol):
    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True)
class Signer:
    keyid: str
    key: SigningKey


def as_device(device: str, key: DeviceKey) -> Signer:
    return Signer(device, key)


def as_identity(person: str, keys: PersonKeys) -> Signer:
    return Signer(f"identity:{person}", keys)


def as_sheet(key: SheetKey) -> Signer:
    """A practice's recovery sheet, for a practice that nobody else speaks for any more; named by its public key."""
    return Signer(f"sheet:{b64u_encode(key.public_key)}", key)


def sign(kind: str, body: Mapping[str, Any], *signers: Signer) -> dict[str, Any]:
    """Sign a body once for each signer; the JSON written here is the JSON that readers parse."""
    payload = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    type_ = dsse.payload_type(kind)
    message = dsse.pae(type_, payload)
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": type_,
        "signatures": [
            {"keyid": signer.keyid, "sig": base64.b64encode(signer.key.sign(message)).decode()}
            for signer in signers
        ],
    }


def read(envelope: object, *, kind: str) -> dsse.Statement:
    """Parse a statement of one kind; signatures are still to be checked."""
    try:
        statement = dsse.parse(envelope)
    except dsse.MalformedStatement as error:
        raise Malformed(str(error)) from error
    if statement.kind != kind:
        raise WrongKind(f"a {kind} is expected, this is a {statement.kind}")
    return statement


def check_device(statement: dsse.Statement, *, device: str, public_key: bytes) -> None:
    """Raise BadSignature unless this device signed."""
    if not statement.is_signed_by_device(device, public_key):
        raise BadSignature("not signed by this device")


def check_identity(statement: dsse.Statement, *, person: str, public_key: bytes) -> None:
    """Raise BadSignature unless this person's identity key signed."""
    if not statement.is_signed_by_identity(f"identity:{person}", public_key):
        raise BadSignature("not signed by this identity")
