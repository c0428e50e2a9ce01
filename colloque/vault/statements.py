"""Statements: read one, find its signer, check the signature and the clock (step 1 of the release)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from colloque.kernel import dsse
from colloque.kernel.clock import from_wire
from colloque.kernel.encoding import EncodingError, b64u_decode, b64u_encode
from colloque.kernel.ids import is_id
from colloque.vault.errors import BadSignature, ClockOff, Malformed, TooSoon

# Their payloads hold a secret or an address: they are not kept, and no hash or signature of theirs is written
# down, for with it one could test guesses.
SECRET_KINDS = frozenset({"blind-index", "factors", "unlock"})
# What a second person may sign too, with a device of theirs; the act says whether they must (agreement.py).
TOGETHER = frozenset({"unfreeze", "capacity", "quota", "erase", "custody"})
LASTS = timedelta(hours=72)  # from the first signature to the second: a weekend
# What the identity says alone: a person has no device yet, or none that they trust.
BY_IDENTITY = frozenset({"person", "device-revoke", "passkey"})
# What a practice's sheet says alone, beside the database: nobody else is there (archive.py).
BY_SHEET = frozenset({"archive", "release"})
IDENTITY, SHEET = "identity:", "sheet:"


@dataclass(frozen=True)
class Said:
    """A statement whose form is checked; `network` is the asker's address prefix as the proxy told it."""

    statement: dsse.Statement
    id: str
    at: datetime
    person: str
    device: str
    session: str
    network: str
    request: bytes
    digest: bytes

    @property
    def kind(self) -> str:
        return self.statement.kind

    @property
    def body(self) -> Mapping[str, Any]:
        return self.statement.body

    @property
    def is_secret(self) -> bool:
        return self.kind in SECRET_KINDS

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """What every line of this statement says; the signature in standard base64 as in the envelope."""
        told = {
            "id": self.id,
            "actor": self.person,
            "device": self.device,
            "session": self.session,
            "network": self.network,
        }
        if not self.is_secret:
            signature = self.statement.signatures[0]
            told |= {
                "request": self.request.hex(),
                "keyid": signature.keyid,
                "sig": base64.b64encode(signature.sig).decode(),
            }
        return {name: value for name, value in told.items() if value}


def read(envelope: object, *, network: str, digest_key: bytes) -> Said:
    """Parse an envelope; raise Malformed. Signatures and clock come after."""
    try:
        statement = dsse.parse(envelope)
    except ValueError as error:
        raise Malformed(str(error)) from error
    body = statement.body
    request = hashlib.sha256(statement.payload).digest()
    keyed = statement.kind in SECRET_KINDS
    return Said(
        statement=statement,
        id=take_id(body, "id"),
        at=take_time(body, "at"),
        person=take_id(body, "person"),
        device=_take_device(statement),
        session=take_text(body, "session", usual="", most=64),
        network=network,
        request=request,
        digest=hmac.digest(digest_key, statement.payload, "sha256") if keyed else request,
    )


def check_clock(said: Said, *, now: datetime, window: timedelta) -> None:
    if abs(said.at - now) > window:
        raise ClockOff(now=now)


def check_signers(said: Said) -> None:
    """Refuse a signature that nobody asked for: it would be written down without ever being checked."""
    identity = IDENTITY + said.person
    signers = {s.keyid for s in said.statement.signatures}
    others = other_devices(said)
    expected = {said.device or identity, *others}
    if said.kind == "device":
        expected = {identity, said.device}
    elif said.kind in BY_SHEET and not said.device:
        expected = {next((one for one in signers if one.startswith(SHEET)), SHEET)}
    elif said.kind == "reopen":
        # Whose sheet it is, the transaction finds: here only that there is one, beside the device.
        expected = {said.device, next((one for one in signers if one.startswith(SHEET)), SHEET)}
    if signers != expected or len(others) > 1:
        raise BadSignature
    # The line carries the first signature: it must be the author's.
    if others and said.statement.signatures[0].keyid != said.device:
        raise BadSignature


def other_devices(said: Said) -> tuple[str, ...]:
    """The devices of others that signed beside the author's, where the kind lets them."""
    if said.kind not in TOGETHER or not said.device:
        return ()
    keyids = (s.keyid for s in said.statement.signatures)
    return tuple(keyid for keyid in keyids if keyid != said.device and is_id(keyid))


def check_device(said: Said, public_key: bytes) -> None:
    if not said.statement.is_signed_by_device(said.device, public_key):
        raise BadSignature


def check_identity(said: Said, identity_key: bytes) -> None:
    if not said.statement.is_signed_by_identity(IDENTITY + said.person, identity_key):
        raise BadSignature


def check_sheet(said: Said, signing_key: bytes) -> None:
    """The practice's recovery sheet signed as well: it is named by its key, which the ledger publishes."""
    if not said.statement.is_signed_by_identity(SHEET + b64u_encode(signing_key), signing_key):
        raise BadSignature


def signatures_json(statement: dsse.Statement) -> str:
    """Write the signatures as in the envelope, standard base64."""
    return json.dumps(
        [{"keyid": s.keyid, "sig": base64.b64encode(s.sig).decode()} for s in statement.signatures]
    )


def take_id(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not is_id(value):
        raise Malformed(f"{name} is not an id")
    return value


def take_optional_id(body: Mapping[str, Any], name: str) -> str | None:
    return None if body.get(name) is None else take_id(body, name)


def take_text(body: Mapping[str, Any], name: str, *, usual: str | None = None, most: int = 200) -> str:
    value = body.get(name, usual)
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise Malformed(f"{name} is not a short text")
    return value


def take_word(body: Mapping[str, Any], name: str, words: frozenset[str]) -> str:
    value = body.get(name)
    if not isinstance(value, str) or value not in words:
        raise Malformed(f"{name} is not a word known here")
    return value


def take_number(body: Mapping[str, Any], name: str, *, most: int = 0xFFFFFFFF) -> int:
    value = body.get(name)
    if type(value) is not int or not 0 <= value <= most:
        raise Malformed(f"{name} is not a number of the right size")
    return value


def take_bytes(body: Mapping[str, Any], name: str, length: int | None = None) -> bytes:
    value = body.get(name)
    try:
        return b64u_decode(value if isinstance(value, str) else "!", length=length)
    except EncodingError as error:
        raise Malformed(f"{name}: {error}") from error


def take_time(body: Mapping[str, Any], name: str) -> datetime:
    value = body.get(name)
    try:
        return from_wire(value if isinstance(value, str) else "")
    except ValueError as error:
        raise Malformed(f"{name} is not a time") from error


def take_not_before(body: Mapping[str, Any], least: datetime) -> datetime:
    """From when on something is in force; raise TooSoon where that leaves people less time than they have to refuse it."""
    not_before = take_time(body, "not_before")
    if not_before < least:
        raise TooSoon(retry_at=least)
    return not_before


def _take_device(statement: dsse.Statement) -> str:
    """The device that speaks; none where only the identity signed."""
    if all(s.keyid.startswith(IDENTITY) for s in statement.signatures):
        return ""
    if statement.kind in BY_SHEET and all(s.keyid.startswith(SHEET) for s in statement.signatures):
        return ""
    return take_id(statement.body, "device")
