"""Step-up: a fresh passkey, its user verified, buys one more bucket (docs/spec/key-release.md, "Step-up").

The vault checks the authenticator's signature itself (WebAuthn Level 3, section 7.2), against a key that the person's
identity registered here days before: no server vouches for it, and no server can make one up.
"""

import hashlib

import webauthn
from webauthn.helpers.exceptions import WebAuthnException

from colloque.kernel.encoding import b64u_decode, b64u_encode, label
from colloque.vault.allowances import STEP_LASTS
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import (
    BadSignature,
    Conflict,
    Exists,
    Frozen,
    Malformed,
    NotAllowed,
    NotFound,
    TooSoon,
    WrongSecret,
)
from colloque.vault.statements import Said, take_bytes, take_text

# An ES256 key as COSE writes it (RFC 9053, section 7.1.1): the parts around the point's two coordinates.
_COSE_X, _COSE_Y = bytes.fromhex("a5010203262001215820"), bytes.fromhex("225820")


def challenge_of(statement: str, device: str) -> bytes:
    """What the authenticator signs: this statement of this device and no other, so that it is as fresh as the statement."""
    return hashlib.sha256(label("colloque/v1/step-up", statement, device)).digest()


async def register_passkey(tx: Transaction, said: Said) -> Outcome:
    """Remember a passkey's public key, for later: a thief who finds an unlocked browser adds one that is of no use yet."""
    if said.device:
        raise BadSignature  # the identity's to say: a device alone adds no way to widen what it may open
    credential, key = take_text(said.body, "credential", most=1400), take_bytes(said.body, "public_key", 65)
    if key[0] != 4 or not credential:
        raise Malformed("public_key")
    if await tx.one("SELECT 1 FROM frozen WHERE scope = 'person' AND target = %s", said.person):
        raise Frozen
    if await tx.one("SELECT 1 FROM passkey WHERE credential = %s", credential):
        raise Exists
    line = tx.line(said, "passkey", subject=said.person, detail={"credential": _name(credential)})
    await tx.run(
        "INSERT INTO passkey (credential, person, public_key, usable_at) VALUES (%s, %s, %s, %s)",
        credential, said.person, key, tx.now + tx.vault.settings.grant_delay,
    )  # fmt: skip
    return Outcome([line])


async def step_up(tx: Transaction, said: Said) -> Outcome:
    origin, host = tx.vault.settings.web_origin, tx.vault.settings.web_host
    if not origin:
        raise NotAllowed
    credential = take_text(said.body, "credential", most=1400)
    row = await tx.one(
        "SELECT public_key, sign_count, usable_at FROM passkey WHERE credential = %s AND person = %s",
        credential, said.person,
    )  # fmt: skip
    if row is None:
        raise NotFound
    if row[2] > tx.now:
        raise TooSoon(retry_at=row[2])
    if await tx.one("SELECT 1 FROM stepped WHERE person = %s AND at > %s", said.person, tx.now - STEP_LASTS):
        raise Conflict
    count = _verify(said, credential, bytes(row[0]), row[1], origin, host)
    line = tx.line(said, "step-up", subject=said.person, detail={"credential": _name(credential)})
    await tx.run("UPDATE passkey SET sign_count = %s WHERE credential = %s", count, credential)
    await tx.run(
        "INSERT INTO stepped VALUES (%s, %s) ON CONFLICT (person) DO UPDATE SET at = excluded.at",
        said.person, tx.now,
    )  # fmt: skip
    return Outcome([line])


def _verify(said: Said, credential: str, key: bytes, count: int, origin: str, host: str) -> int:  # noqa: PLR0917
    response = {
        "clientDataJSON": b64u_encode(take_bytes(said.body, "client_data")),
        "authenticatorData": b64u_encode(take_bytes(said.body, "authenticator_data")),
        "signature": b64u_encode(take_bytes(said.body, "signature")),
    }
    try:
        verified = webauthn.verify_authentication_response(
            credential={
                "id": credential, "rawId": credential, "type": "public-key", "response": response,
                "clientExtensionResults": {},
            },
            expected_challenge=challenge_of(said.id, said.device),
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=_COSE_X + key[1:33] + _COSE_Y + key[33:],
            credential_current_sign_count=count,
            require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise WrongSecret(type(error).__name__) from error
    return verified.new_sign_count


def _name(credential: str) -> str:
    """A short name for a line: which passkey, without its whole id."""
    return hashlib.sha256(b64u_decode(credential)).hexdigest()[:16]
