"""Check an exported log: `python -m colloque.ledger.verify DIR [--vkey KEY] [--json]`.

Needs the files, hashes and signatures; no database, no framework, nobody's word. It stops at the first
finding and says where. Give `--vkey` the key that you noted earlier: the one in the folder proves only that
the folder agrees with itself.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from colloque.kernel.clock import from_wire
from colloque.kernel.dsse import pae, verify_ed25519, verify_p256
from colloque.kernel.encoding import b64u_decode
from colloque.ledger import checkpoint, merkle
from colloque.ledger.cosignature import parse_witness_vkey, seen_at
from colloque.ledger.line import MalformedLine, from_bytes, leaf_hash

IDENTITY = "identity:"
# What the vault never keeps a payload of, because it held a secret; everything else must show its signature.
UNSIGNED = frozenset({"lookup", "unlock", "unlock-refused", "factors"})
# The line that each kind of statement may lead to: a signature counts for what was said, and nothing else.
SAID_AS = {
    "person-registered": "person", "device-enrolled": "device", "device-revoked": "device-revoke",
    "practice-created": "practice", "practice-generation": "generation", "member-joined": "member",
    "member-left": "member-end", "record-created": "record", "consultation-requested": "request",
    "consultation-taken": "take", "consultation-transferred": "transfer", "consultation-refused": "refuse",
    "consultation-cancelled": "cancel", "consultation-closed": "close", "release": "release", "refusal": "release",
    "grant": "grant", "freeze": "freeze", "unfreeze": "unfreeze", "sign-in": "sign-in", "item-written": "item-lines",
    "item-served": "item-lines", "sign-in-refused": "item-lines", "objection": "item-lines",
    "factors-ended": "factors-end",
}  # fmt: skip


class Finding(Exception):
    """Something that an honest log never shows."""

    def __init__(self, what: str, seq: int | None = None) -> None:
        super().__init__(what if seq is None else f"line {seq}: {what}")
        self.what, self.seq = what, seq


@dataclass
class Keys:
    """Keys published by the lines read so far."""

    identities: dict[str, bytes] = field(default_factory=dict)
    devices: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Report:
    size: int
    root: str
    releases: int
    signatures: int
    witnessed: int = 0


def verify(
    folder: Path, vkey: str | None = None, *, cosigned: Path | None = None, witness: str | None = None
) -> Report:
    """Check everything that the export holds; raise Finding at the first thing that is wrong.

    `cosigned` is a folder of notes that the witness of the vkey `witness` cosigned: the export must hold each of them.
    """
    head = _read_checkpoint(folder, vkey)
    notes = _read_cosigned(cosigned, witness, folder, vkey) if cosigned and witness else {}
    statements = _read_statements(folder / "statements.jsonl")
    keys, tree, last, releases, signatures = Keys(), merkle.Tree(), "", 0, 0
    for seq, data in enumerate(_read_rows(folder / "lines.jsonl")):
        fields = _read_line(seq, data, last)
        last = fields["time"]
        signatures += _check_signature(fields, statements, keys)
        _learn(fields, keys)
        releases += fields["kind"] == "release"
        tree, _ = merkle.grow(tree, [leaf_hash(data)])
        _check_note(tree, notes)
    if tree.size != head.size:
        raise Finding(f"the checkpoint counts {head.size} lines, the export has {tree.size}")
    if tree.root() != head.root:
        raise Finding("the lines do not give the root that the checkpoint signs")
    longest = max(notes, default=0)
    if longest > tree.size:
        at = _when(notes[longest][1])
        raise Finding(f"the witness saw {longest} lines at {at}, the export has {tree.size}: "
                      "lines are gone, or an old database was restored")  # fmt: skip
    return Report(tree.size, tree.root().hex(), releases, signatures, len(notes))


def _read_cosigned(
    folder: Path, witness: str, export: Path, vkey: str | None
) -> dict[int, tuple[bytes, int]]:
    """Root and time of each note that the witness cosigned, by size."""
    try:
        key = parse_witness_vkey(witness)
        log = checkpoint.parse_vkey(vkey or (export / "vkey").read_text("utf-8"))
        notes = [path.read_text("utf-8") for path in sorted(folder.glob("*.note"))]
        heads = [(checkpoint.read(note, log), seen_at(note, key)) for note in notes]
    except (OSError, ValueError) as error:
        raise Finding(f"a cosigned checkpoint does not hold: {error}") from error
    found: dict[int, tuple[bytes, int]] = {}
    for head, at in heads:
        if at is None:
            raise Finding(f"the witness did not cosign the note of {head.size} lines")
        if head.size in found and found[head.size][0] != head.root:
            raise Finding(f"the witness holds two histories of {head.size} lines")
        found[head.size] = (head.root, at)
    if not found:
        raise Finding(f"there is no cosigned checkpoint in {folder}")
    return found


def _check_note(tree: merkle.Tree, notes: Mapping[int, tuple[bytes, int]]) -> None:
    noted = notes.get(tree.size)
    if noted and noted[0] != tree.root():
        raise Finding(f"its first {tree.size} lines are not those that the witness saw at {_when(noted[1])}: "
                      "the ledger has two histories", tree.size - 1)  # fmt: skip


def _when(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _read_checkpoint(folder: Path, vkey: str | None) -> checkpoint.Checkpoint:
    try:
        verifier = checkpoint.parse_vkey(vkey or (folder / "vkey").read_text("utf-8"))
        return checkpoint.read((folder / "checkpoint").read_text("utf-8"), verifier)
    except (OSError, ValueError) as error:
        raise Finding(f"the checkpoint does not hold: {error}") from error


def _read_statements(path: Path) -> dict[str, Mapping[str, Any]]:
    statements: dict[str, Mapping[str, Any]] = {}
    for row in _read_rows(path):
        try:
            held = json.loads(row)
            payload = b64u_decode(held["payload"])
            digest = hashlib.sha256(payload).hexdigest()
            statements[digest] = {**held, "payload": payload}
        except (ValueError, KeyError, TypeError) as error:
            raise Finding(f"a statement can't be read: {error}") from error
        if digest != held.get("sha256"):
            raise Finding(f"a statement's hash is not {held.get('sha256')}")
    return statements


def _read_rows(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            for row in file:
                yield row.removesuffix(b"\n")
    except OSError as error:
        raise Finding(f"{path.name} can't be read") from error


def _read_line(seq: int, data: bytes, last: str) -> dict[str, Any]:
    try:
        fields = from_bytes(data)
        from_wire(fields["time"])
    except (MalformedLine, ValueError, KeyError, TypeError) as error:
        raise Finding(f"not a line: {error}", seq) from error
    if fields.get("seq") != seq:
        raise Finding(f"its sequence number is {fields.get('seq')}", seq)
    if fields["time"] < last:
        raise Finding("its time is before the line above it", seq)
    return fields


def _check_signature(
    fields: Mapping[str, Any], statements: Mapping[str, Mapping[str, Any]], keys: Keys
) -> int:
    """Check who said what the line says; return the number of signatures checked."""
    seq, kind = fields["seq"], fields["kind"]
    if "request" not in fields:
        if kind not in UNSIGNED:
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
    for keyid, signature in signers.items():
        if not _is_signed(keyid, signature, message, fields, body, keys):
            raise Finding(f"the signature of {keyid} does not hold", seq)
    return len(signers)


def _check_said(fields: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    seq, kind = fields["seq"], fields["kind"]
    if SAID_AS[kind] == "item-lines":
        if fields["id"] not in {entry.get("id") for entry in body.get("lines", [])}:
            raise Finding("its statement does not speak of it", seq)
        return
    if (body.get("id"), body.get("person")) != (fields.get("id"), fields.get("actor")):
        raise Finding("its statement is another one's", seq)
    if kind in ("release", "refusal"):
        asked = [(o.get("record"), o.get("compartment"), o.get("epoch")) for o in body.get("openings", [])]
        if (fields.get("record"), fields.get("compartment"), fields.get("epoch")) not in asked:
            raise Finding("its statement did not ask for this", seq)


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
    if kind == "device-enrolled" and keyid == fields.get("device"):
        return verify_p256(b64u_decode(detail.get("public_key", "")), signature, message)
    person, key = keys.devices.get(keyid, ("", b""))
    if person != body.get("person") or (keyid in keys.revoked and kind != "refusal"):
        return False
    return verify_p256(key, signature, message)


def _learn(fields: Mapping[str, Any], keys: Keys) -> None:
    kind, detail = fields["kind"], fields.get("detail", {})
    if kind == "person-registered":
        if fields["actor"] in keys.identities:
            raise Finding("a person is registered twice", fields["seq"])
        keys.identities[fields["actor"]] = b64u_decode(detail["identity_key"])
    elif kind == "device-enrolled":
        if fields["device"] in keys.devices:
            raise Finding("a device is enrolled twice", fields["seq"])
        keys.devices[fields["device"]] = (fields["actor"], b64u_decode(detail["public_key"]))
    elif kind == "device-revoked":
        keys.revoked.add(fields["target"])


def _signature(text: str) -> bytes:
    """Read standard base64 as DSSE writes it; empty for anything else."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m colloque.ledger.verify", description="Check an exported ledger."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vkey", help="the verifier key that you noted earlier")
    parser.add_argument("--cosigned", type=Path, help="a folder of checkpoints that a witness cosigned")
    parser.add_argument("--witness", help="that witness's key, as you noted it")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    if (asked.cosigned is None) != (asked.witness is None):
        parser.error(
            "--cosigned and --witness go together: notes prove nothing without the key they are checked with"
        )
    try:
        report = verify(asked.folder, asked.vkey, cosigned=asked.cosigned, witness=asked.witness)
    except Finding as finding:
        found = {"ok": False, "finding": finding.what, "line": finding.seq}
        print(json.dumps(found) if asked.json else f"Finding: {finding}")
        return 1
    print(json.dumps({"ok": True, **report.__dict__}) if asked.json else _sentence(report, asked.vkey))
    return 0


def _sentence(report: Report, vkey: str | None) -> str:
    whose = (
        "the key you gave" if vkey else "the key in the folder (give --vkey to check against one you noted)"
    )
    seen = f"\n{report.witnessed} checkpoints that the witness saw are all in it." if report.witnessed else ""
    return (
        f"{report.size} lines, {report.releases} of them releases; {report.signatures} signatures hold.\n"
        f"Their root {report.root} is the one signed by {whose}.{seen}"
    )


if __name__ == "__main__":
    sys.exit(main())
