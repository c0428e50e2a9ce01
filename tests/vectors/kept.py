"""Samples of every format that is kept for ever: made once, never again, opened by both languages in every version to come.

`python -m tests.vectors.kept` adds a sample of what has none yet, and changes none that is there. A format that is no longer
written is still read: its sample stays.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from colloque.archive import parts
from colloque.envelope import hpke, statement, unlock
from colloque.envelope.item import item_hash, seal_json
from colloque.envelope.keys import PersonKeys
from colloque.envelope.manifest import sign_manifest
from colloque.envelope.recovery_code import SheetKey
from colloque.envelope.sealed_key import Purpose, Recipient, seal_key, seal_note
from colloque.kernel.encoding import b64u_encode, key_id
from colloque.ledger import checkpoint, line, merkle
from colloque.ledger.pseudonym import Name, mask, pseudonym_of
from colloque.vault import turn
from colloque.vault.acts import FACTS
from colloque.vault.data_keys import head_of
from colloque.vault.kek import FileKek
from colloque.vault.statements import BY_SHEET, TOGETHER
from tests.vectors import golden
from tests.vectors.people import ALICE, AT, DEVICE, ITEM, METHODS, PRACTICE, RECORD, REQUEST, inputs, secret

FILE = Path(__file__).with_name("kept.json")
# Said to others than the vault's desk: openings and reads, and what only browsers check.
ELSEWHERE = frozenset({"release", "lines", "feed", "budgets", "fingerprint", "grants", "sheet-find"})
STATEMENTS = frozenset(FACTS) | ELSEWHERE

SECOND_DEVICE = "55ee66ff-9999-4db2-a71b-d48f5f0fe20a"
SECOND_PERSON = "66ff7700-aaaa-4ec3-b82c-e590600ff30b"
SECOND_KEY = golden.DeviceKey(secret("second device scalar"))
SHEET = SheetKey.from_code(secret("recovery code", 16))
PERSON = PersonKeys.from_root(secret("person root"))
NEXT_SEED = golden.practice_kem_seed(secret("next practice seed"))
LOG = checkpoint.Signer("kept.example/ledger", Ed25519PrivateKey.from_private_bytes(secret("ledger key")))
LATER = "2026-12-24T08:30:00.000Z"
SHEET_SAID = {"kem_key_id": "5" * 32, "signing_key": b64u_encode(SHEET.public_key)}
NEXT_KEY = b64u_encode(hpke.public_key(NEXT_SEED))

# What each kind says besides who and when, where its form is more than a word.
BODIES: Mapping[str, Mapping[str, Any]] = {
    "person": {"kind": "patient", "identity_key": b64u_encode(PERSON.identity_key), "kem_key": b64u_encode(PERSON.kem_key)},
    "device": {"new_device": DEVICE, "public_key": b64u_encode(golden.DEVICE_KEY.public_key)},
    "practice": {"practice": PRACTICE, "generation": 0, "kem_key": NEXT_KEY, "sheet": SHEET_SAID},
    "sheet": {"practice": PRACTICE, "sheet": SHEET_SAID},
    "generation": {"practice": PRACTICE, "generation": 1, "kem_key": NEXT_KEY, "sheet_key_id": "5" * 32,
                   "members": [{"id": ALICE, "key_id": key_id(PERSON.kem_key)}]},
    "member": {"practice": PRACTICE, "member": SECOND_PERSON, "roles": ["practitioner"], "kem_key_id": "6" * 32},
    "reopen": {"practice": PRACTICE, "step": "ask", "not_before": LATER},
    "reopen-cancel": {"practice": PRACTICE, "target": SECOND_PERSON},
    "record": {"record": RECORD, "kind": "file", "subject": ALICE, "practice": PRACTICE,
               "recipients": [{"id": ALICE, "key_id": key_id(PERSON.kem_key)}, {"id": PRACTICE, "key_id": "7" * 32}]},
    "grant": {"record": RECORD, "to": SECOND_PERSON, "not_before": LATER},
    "grant-cancel": {"record": RECORD, "to": SECOND_PERSON},
    "erase": {"record": RECORD, "step": "ask", "not_before": LATER, "reason": "mistake", "until": LATER},
    "erase-withdraw": {"record": RECORD, "reason": "kept-by-law"},
    "custody": {"practice": PRACTICE, "to": SECOND_PERSON, "step": "ask", "not_before": LATER, "until": LATER},
    "custody-cancel": {"practice": PRACTICE},
    "custody-refuse": {"record": RECORD},
    "archive": {"practice": PRACTICE, "step": "ask", "not_before": LATER},
    "archive-cancel": {"practice": PRACTICE},
    "capacity": {"practice": PRACTICE, "role": "practitioner", "minute": 1, "hour": 2, "day": 3, "month": 4, "until": LATER},
    "quota": {"practice": PRACTICE, "member": SECOND_PERSON, "purpose": "recall", "records": 9, "ends_at": LATER,
              "until": LATER},
    "unfreeze": {"scope": "practice", "target": PRACTICE, "until": LATER, "why": "false alarm"},
    "freeze": {"scope": "practice", "target": PRACTICE},
    "release": {"openings": [{"record": RECORD, "compartment": "care", "epoch": 0}], "purpose": "care",
                "reply_key": b64u_encode(secret("reply key"))},
    "request": {"record": RECORD, "practice": PRACTICE},
    "assets": {"manifest": "8" * 64, "version": "0.1.0", "files": 3},
}  # fmt: skip


def make_missing(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept, with a sample of each format that had none."""
    made: dict[str, Any] = {}
    for part, wanted in WANTED.items():
        known = dict(kept.get(part, {}))
        made[part] = known | {name: make() for name, make in sorted(wanted.items()) if name not in known}
    return made


def read() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text("utf-8"))) if FILE.exists() else {}


def write(kept: Mapping[str, Any]) -> None:
    FILE.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def _statement(kind: str) -> dict[str, Any]:
    body = {"id": REQUEST, "at": AT, "person": ALICE, "device": DEVICE, **BODIES.get(kind, {})}
    device, sheet = statement.as_device(DEVICE, golden.DEVICE_KEY), statement.as_sheet(SHEET)
    identity = statement.as_identity(ALICE, PERSON)
    if kind == "archive":
        return statement.sign(kind, {**body, "person": PRACTICE}, sheet)
    if kind == "sheet-find":
        return statement.sign(kind, {"id": REQUEST, "at": AT, "sheet_key": SHEET_SAID["signing_key"]}, sheet)
    if kind in ("person", "passkey"):
        return statement.sign(kind, body, identity)
    if kind == "device":
        return statement.sign(kind, body, identity, device)
    if kind == "reopen":
        return statement.sign(kind, body, device, sheet)
    second = statement.as_device(SECOND_DEVICE, SECOND_KEY)
    return statement.sign(kind, body, *((device, second) if kind in TOGETHER else (device,)))


def _item() -> dict[str, Any]:
    """An item, and the signed list of it."""
    how: dict[str, Any] = {"author": golden.AUTHOR, "device_key": golden.DEVICE_KEY, "at": AT}
    item = seal_json(inputs()["message"], golden.key(), item=ITEM, version=2, kind="message", **how)
    return {"item": item, "manifest": sign_manifest(golden.PLACE, [item_hash(item)], counter=7, **how)}


def _sealed(purpose: Purpose) -> Any:
    practice = Recipient(PRACTICE, hpke.public_key(golden.PRACTICE_SEED), 1)
    person = Recipient(ALICE, PERSON.kem_key, 1)
    if purpose == "note":
        return seal_note(str(inputs()["note"]), practice=practice).to_json()
    if purpose in ("person-root", "practice-recovery"):
        by, owner = (
            unlock.by_recovery(secret("recovery code", 16)),
            {"person-root": ALICE}.get(purpose, PRACTICE),
        )
        made = unlock.make_method(
            secret(purpose), by, owner=owner, method_id=METHODS["recovery"], purpose=purpose
        )
        return made.to_json()
    about, to = {
        "care-key": (RECORD, person),
        "practice-seed": (PRACTICE, person),
        "past-practice-seed": (PRACTICE, practice),
    }[purpose]
    return seal_key(secret(purpose), purpose=purpose, about=about, to=to).to_json()


def _line(kind: str) -> dict[str, str]:
    fields = {"v": 1, "seq": 7, "time": AT, "kind": kind, "id": REQUEST, "actor": ALICE, "outcome": "allowed",
              "record": RECORD, "detail": {"kind": "file", "n": 3}}  # fmt: skip
    text = line.to_bytes(fields)
    return {"text": text.decode(), "leaf": line.leaf_hash(text).hex()}


def _named() -> dict[str, Any]:
    """A line with a patient's names, and what opens them."""
    values, salt = (ALICE, DEVICE), secret("salt")
    names = {one: Name(PRACTICE, one, salt, pseudonym_of(PRACTICE, salt, one)) for one in values}
    fields = {"v": 2, "seq": 7, "time": AT, "kind": "release", "id": REQUEST, "actor": ALICE, "device": DEVICE,
              "keyid": DEVICE, "subject": ALICE, "practice": PRACTICE, "record": RECORD}  # fmt: skip
    text = line.to_bytes(mask(fields, lambda _, value: names[value].pseudonym))
    told = {"text": text.decode(), "leaf": line.leaf_hash(text).hex()}
    return {**told, "names": [one.to_json() for one in names.values()], "person": ALICE, "device": DEVICE}


def _receipt() -> dict[str, Any]:
    """The second of three lines."""
    leaves = [line.leaf_hash(bytes([n])) for n in range(3)]
    proof = [leaves[0], leaves[2]]
    note = LOG.sign(size=3, root=merkle.root_of(leaves))
    told = {"seq": 1, "leaf": b64u_encode(leaves[1]), "proof": [b64u_encode(one) for one in proof]}
    return {"request": "9" * 64, "lines": [told], "checkpoint": note, "vkey": LOG.verifier().to_vkey()}


def _by_data_key() -> str:
    nonce, context = secret("nonce", 12), turn.secret_context(RECORD)
    sealed = AESGCM(secret("data key")).encrypt(nonce, secret("record secret"), context)
    return b64u_encode(head_of(3) + nonce + sealed)


WANTED: Mapping[str, Mapping[str, Callable[[], Any]]] = {
    "statements": {kind: lambda kind=kind: _statement(kind) for kind in STATEMENTS},
    "sealed_keys": {purpose: lambda purpose=purpose: _sealed(purpose) for purpose in get_args(Purpose)},
    "lines": {kind: lambda kind=kind: _line(kind) for kind in line.KINDS},
    "items": {"message": _item},
    "names": {"of-a-patient": _named},
    "receipts": {"release": _receipt},
    "vault_secrets": {
        "key-file": lambda: b64u_encode(
            FileKek(secret("kek")).wrap(secret("record secret"), turn.secret_context(RECORD))
        ),
        "data-key": _by_data_key,
    },
    "sheets": {"in-three-parts": lambda: parts.split(secret("recovery code", 16))},
}  # fmt: skip
# Said by a sheet alone as well as by a device.
assert {"archive", "release"} == BY_SHEET

if __name__ == "__main__":
    write(make_missing(read()))
