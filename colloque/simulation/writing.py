"""Write what happened as an export of the ledger: real lines, a real tree, a checkpoint; signed where that is asked for.

Signed, each statement is made by a key of its own device and `python -m colloque.ledger.verify` holds. Unsigned, for volume,
lines name no statement, the log's name says so, and `simulation.json` beside them does: nobody can take it for a real one.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import batched
from pathlib import Path
from typing import Any, TextIO

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from colloque.kernel import dsse
from colloque.kernel.encoding import b64u_encode
from colloque.ledger import merkle
from colloque.ledger.checkpoint import Signer
from colloque.ledger.line import VERSION, leaf_hash, to_bytes
from colloque.ledger.signed import SAID_AS
from colloque.simulation.event import Event, id_of, wire

ORIGIN = "simulation.invalid/{signed}/{seed}"
KEM_BYTES = 1216
BATCH = 4_000


class Written:
    """What an export came to."""

    def __init__(self) -> None:
        self.size = 0
        self.root = ""


def lines_of(events: Iterable[Event], seed: int) -> Iterator[dict[str, Any]]:
    """Each event as a line: number, time and id, and no signature."""
    last = 0
    for seq, event in enumerate(events):
        last = max(last, event.at)  # times never go back
        yield line_of(event, seq, last, seed)


def line_of(event: Event, seq: int, at: int, seed: int) -> dict[str, Any]:
    fields = {name: value for name, value in event.fields.items() if value is not None}
    return {"v": VERSION, "seq": seq, "time": wire(at), "id": id_of(seed, "line", seq), **fields}


def write(
    folder: Path, lines: Iterable[dict[str, Any]], *, seed: int, web: tuple[str, str] | None = None
) -> Written:
    """Write an export. `web`, the web's person and device, signs what the web tells; given, every line is signed."""
    folder.mkdir(parents=True, exist_ok=True)
    scribe = Scribe(seed, *web) if web else None
    signer = signer_of(seed, signed=bool(scribe))
    tree, done = merkle.Growing(), Written()
    with (
        (folder / "lines.jsonl").open("wb") as file,
        (folder / "statements.jsonl").open("w", encoding="utf-8", newline="\n") as statements,
    ):
        for rows in batched(lines, BATCH):
            bodies = [to_bytes(scribe.sign(line, statements) if scribe else line) for line in rows]
            tree.extend(map(leaf_hash, bodies))
            file.write(b"\n".join(bodies) + b"\n")
    done.size, done.root = tree.size, tree.root().hex()
    (folder / "checkpoint").write_text(signer.sign(size=tree.size, root=tree.root()), encoding="utf-8")
    (folder / "vkey").write_text(signer.verifier().to_vkey() + "\n", encoding="utf-8")
    told = {"made_by": "colloque.simulation", "seed": seed, "signed": bool(scribe), "lines": done.size}
    (folder / "simulation.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return done


def signer_of(seed: int, *, signed: bool) -> Signer:
    """The log's key; its name says whether the lines are signed."""
    name = ORIGIN.format(signed="signed" if signed else "unsigned", seed=seed)
    return Signer(name, Ed25519PrivateKey.from_private_bytes(_secret(seed, "log")))


class Scribe:
    """Signs each line's statement as who says it would: keys come from the seed, and secure nothing."""

    def __init__(self, seed: int, web: str, web_device: str) -> None:
        self.seed, self.web, self.web_device = seed, web, web_device
        self._devices: dict[str, ec.EllipticCurvePrivateKey] = {}

    def sign(self, line: dict[str, Any], statements: TextIO) -> dict[str, Any]:
        kind = SAID_AS[line["kind"]]
        by_web = kind in ("item-lines", "sign-in")
        person, device = (self.web, self.web_device) if by_web else (line["actor"], line.get("device", ""))
        line = self._with_keys(line)
        body: dict[str, Any] = {"id": line["id"], "at": line["time"], "person": person}
        told = ("record", "subject", "practice", "session") if kind == "record" else ("session",)
        body |= {name: line[name] for name in told if line.get(name)}
        if kind == "item-lines":
            body = {
                **body,
                "id": id_of(self.seed, "told", line["seq"]),
                "lines": [{"id": line["id"], "kind": line["kind"]}],
            }
        if kind == "release":
            body["openings"] = [{name: line[name] for name in ("record", "compartment", "epoch")}]
        signers = [device] if kind != "device" else [f"identity:{person}", device]
        if kind == "person":
            signers = [f"identity:{person}"]
        else:
            body["device"] = device
        payload = json.dumps(body, separators=(",", ":")).encode()
        message = dsse.pae(dsse.payload_type(kind), payload)
        signatures = [
            {"keyid": one, "sig": base64.b64encode(self._sign(one, message)).decode()} for one in signers
        ]
        request = hashlib.sha256(payload).hexdigest()
        held = {
            "sha256": request,
            "payload": b64u_encode(payload),
            "payloadType": dsse.payload_type(kind),
            "signatures": signatures,
        }
        statements.write(json.dumps(held, sort_keys=True) + "\n")
        return {**line, "request": request, "keyid": signatures[0]["keyid"], "sig": signatures[0]["sig"]}

    def _with_keys(self, line: dict[str, Any]) -> dict[str, Any]:
        if line["kind"] == "person-registered":
            public = self._identity(line["actor"]).public_key().public_bytes_raw()
            kem = hashlib.shake_256(_secret(self.seed, "kem", line["actor"])).digest(KEM_BYTES)
            return {
                **line,
                "detail": {
                    **line["detail"],
                    "identity_key": b64u_encode(public),
                    "kem_key": b64u_encode(kem),
                },
            }
        if line["kind"] == "device-enrolled":
            public = (
                self._device(line["device"])
                .public_key()
                .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            )
            return {**line, "detail": {"public_key": b64u_encode(public)}}
        return line

    def _sign(self, keyid: str, message: bytes) -> bytes:
        if keyid.startswith("identity:"):
            return self._identity(keyid.removeprefix("identity:")).sign(message)
        # RFC 6979: the same seed gives the same bytes, and so the same root.
        r, s = decode_dss_signature(
            self._device(keyid).sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))
        )
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def _identity(self, person: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(_secret(self.seed, "identity", person))

    def _device(self, device: str) -> ec.EllipticCurvePrivateKey:
        if device not in self._devices:
            number = (
                int.from_bytes(_secret(self.seed, "device-key", device), "big") >> 1
            )  # below the curve's order
            self._devices[device] = ec.derive_private_key(number, ec.SECP256R1())
        return self._devices[device]


def _secret(seed: int, *parts: str) -> bytes:
    return hashlib.sha256(repr((seed, *parts)).encode()).digest()
