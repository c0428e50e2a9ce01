"""Who said what a line says: each statement's signatures, against keys that earlier lines published."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from colloque.kernel.dsse import pae, verify_ed25519, verify_p256
from colloque.kernel.encoding import b64u_decode, b64u_encode
from colloque.ledger.finding import Finding
from colloque.ledger.pseudonym import OF_ACTOR

IDENTITY, SHEET = "identity:", "sheet:"
# What the vault never keeps a payload of, because it held a secret; everything else must show its signature.
UNSIGNED = frozenset({"lookup", "unlock", "unlock-refused", "factors"})
# What the vault says of itself, signed by nobody but in its checkpoint.
OWN_WORD = frozenset({"heartbeat"})
# The line that each kind of statement may lead to: a signature counts for what was said, and nothing else.
SAID_AS = {
    "person-registered": "person", "device-enrolled": "device", "device-revoked": "device-revoke",
    "practice-created": "practice", "practice-generation": "generation", "practice-sheet": "sheet",
    "practice-reopened": "reopen", "reopening-asked": "reopen", "reopening-cancelled": "reopen-cancel",
    "member-joined": "member",
    "member-left": "member-end", "record-created": "record", "consultation-requested": "request",
    "consultation-taken": "take", "consultation-transferred": "transfer", "consultation-refused": "refuse",
    "appointment": "appointment", "message": "message", "messages-read": "messages-read", "rota": "rota",
    "absence": "absence", "rota-ended": "rota-end", "capacity": "capacity", "quota": "quota",
    "passkey": "passkey", "step-up": "step-up", "budget-freeze": "release",
    "consultation-cancelled": "cancel", "consultation-closed": "close", "release": "release", "refusal": "release",
    "grant": "grant", "grant-cancelled": "grant-cancel",
    "erase-asked": "erase", "erase-withdrawn": "erase-withdraw", "record-erased": "erase", "archive-asked": "archive",
    "custody-asked": "custody", "custody-cancelled": "custody-cancel", "custody-refused": "custody-refuse",
    "custody-moved": "custody",
    "archive-cancelled": "archive-cancel",
    "freeze": "freeze", "unfreeze": "unfreeze",
    "officer-appointed": "officer", "officer-ended": "officer", "sign-in": "sign-in", "item-written": "item-lines",
    "item-served": "item-lines", "sign-in-refused": "item-lines", "objection": "item-lines",
    "factors-ended": "factors-end", "lines-erased": "erase-lines",
    "assets-published": "assets",
}  # fmt: skip


@dataclass
class Keys:
    """Keys published by the lines read so far."""

    identities: dict[str, bytes] = field(default_factory=dict)
    devices: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    sheets: dict[str, bytes] = field(default_factory=dict)


def read_statements(rows: Iterable[bytes]) -> dict[str, Mapping[str, Any]]:
    statements: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        try:
            held = json.loads(row)
            payload = b64u_decode(held["payload"])
            digest = hashlib.sha256(payload).hexdigest()
            statements[digest] = {**held, "payload": payload}
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Finding(f"a statement can't be read: {error}") from error
        if digest != held.get("sha256"):
            raise Finding(f"a statement's hash is not {held.get('sha256')}")
    return statements


def check_signature(
    fields: Mapping[str, Any], statements: Mapping[str, Mapping[str, Any]], keys: Keys
) -> int:
    """Check who said what the line says; return the number of signatures checked."""
    seq, kind = fields["seq"], fields["kind"]
    if "request" not in fields:
        if kind not in UNSIGNED | OWN_WORD:
            raise Finding("nobody signed it", seq)
        return 0
    held = statements.get(fields["request"])
    if held is None:
        raise Finding("its statement is missing", seq)
    body, type_ = json.loads(held["payload"]), held["payloadType"]
    if type_ != f"application/vnd.colloque.{SAID_AS[kind]}.v1+json":
        raise Finding("its statement is of another kind", seq)
    _check_said(fields, body)
    message = pae(type_, held["payload"])
    signers = {s["keyid"]: _signature(s["sig"]) for s in held["signatures"]}
    if signers.get(fields.get("keyid")) != _signature(fields.get("sig", "")):
        raise Finding("its signature is not the statement's", seq)
    if not _has_agreed(fields, signers, keys):
        raise Finding("the second person's signature is missing", seq)
    for keyid, signature in signers.items():
        if not _is_signed(keyid, signature, message, fields, body, keys):
            raise Finding(f"the signature of {keyid} does not hold", seq)
    return len(signers)


def _check_said(fields: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    seq, kind = fields["seq"], fields["kind"]
    if SAID_AS[kind] == "item-lines":
        entry = next((one for one in body.get("lines", []) if one.get("id") == fields["id"]), None)
        if entry is None:
            raise Finding("its statement does not speak of it", seq)
        if any(entry.get(name) not in (None, "", fields.get(name)) for name in OF_ACTOR):
            raise Finding("its statement says that another one did it", seq)
        return
    if (body.get("id"), body.get("person")) != (fields.get("id"), fields.get("actor")):
        raise Finding("its statement is another one's", seq)
    if any(fields.get(name) not in (None, body.get(name)) for name in ("device", "session")):
        raise Finding("its statement is of another device or session", seq)
    if kind == "record-created" and any(
        body.get(name) != fields.get(name) for name in ("record", "subject", "practice")
    ):
        raise Finding("its statement made another record", seq)
    if kind == "lines-erased" and any(
        body.get(n) != fields.get("detail", {}).get(n) for n in ("first", "last", "why")
    ):
        raise Finding("its statement asked for other lines", seq)
    if kind == "assets-published" and body.get("manifest") != fields.get("detail", {}).get("manifest"):
        raise Finding("its statement publishes another manifest", seq)
    detail = fields.get("detail", {})
    if kind == "unfreeze" and detail.get("scope") not in ("device", "person") and "agreed" not in detail:
        raise Finding("one person alone lifted a freeze that takes two", seq)
    if kind == "custody-asked" and "agreed" not in detail:
        raise Finding("one person alone handed a practice's records over", seq)
    if kind in ("release", "refusal"):
        asked = [(o.get("record"), o.get("compartment"), o.get("epoch")) for o in body.get("openings", [])]
        if (fields.get("record"), fields.get("compartment"), fields.get("epoch")) not in asked:
            raise Finding("its statement did not ask for this", seq)


def _has_agreed(fields: Mapping[str, Any], signers: Mapping[str, bytes], keys: Keys) -> bool:
    """Whether who the line says agreed is among the signers, and is someone else than its author."""
    agreed = fields.get("detail", {}).get("agreed")
    people = {keys.devices.get(keyid, ("", b""))[0] for keyid in signers}
    return agreed is None or (agreed in people and agreed != fields.get("actor"))


def _is_signed(  # noqa: PLR0917
    keyid: str,
    signature: bytes,
    message: bytes,
    fields: Mapping[str, Any],
    body: Mapping[str, Any],
    keys: Keys,
) -> bool:
    kind, detail = fields["kind"], fields.get("detail", {})
    if keyid.startswith(IDENTITY):
        if keyid != IDENTITY + str(body.get("person")):
            return False
        own = detail.get("identity_key") if kind == "person-registered" else None
        key = b64u_decode(own) if own else keys.identities.get(str(body.get("person")), b"")
        return verify_ed25519(key, signature, message)
    if keyid.startswith(SHEET):
        key = keys.sheets.get(str(body.get("practice")), b"")
        return keyid == SHEET + b64u_encode(key) and verify_ed25519(key, signature, message)
    if kind == "device-enrolled" and keyid == fields.get("device"):
        return verify_p256(b64u_decode(detail.get("public_key", "")), signature, message)
    person, key = keys.devices.get(keyid, ("", b""))
    # Who agreed is named by the line: their signature is their own, under the same bytes.
    if person not in (body.get("person"), detail.get("agreed")) or (
        keyid in keys.revoked and kind != "refusal"
    ):
        return False
    return verify_p256(key, signature, message)


def learn(fields: Mapping[str, Any], keys: Keys) -> None:
    kind, detail = fields["kind"], fields.get("detail", {})
    if kind == "person-registered":
        if fields["actor"] in keys.identities:
            raise Finding("a person is registered twice", fields["seq"])
        keys.identities[fields["actor"]] = b64u_decode(detail["identity_key"])
    elif kind == "device-enrolled":
        if fields["device"] in keys.devices:
            raise Finding("a device is enrolled twice", fields["seq"])
        keys.devices[fields["device"]] = (fields["actor"], b64u_decode(detail["public_key"]))
    elif kind in ("practice-created", "practice-sheet") and "sheet_key" in detail:
        keys.sheets[fields["practice"]] = b64u_decode(detail["sheet_key"])
    elif kind == "device-revoked":
        keys.revoked.add(fields["target"])


def _signature(text: str) -> bytes:
    """Read standard base64 as DSSE writes it; empty for anything else."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""
