"""A vault in hostile hands: it has the ledger's key, and writes what it likes for whom it likes.

What it cannot do is sign for people. It answers the directory's questions as the real one does, from a history of its own.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from colloque.client.person import Person
from colloque.kernel import dsse
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.ids import new_id
from colloque.ledger import line, merkle
from colloque.ledger.checkpoint import Signer
from colloque.ledger.published import describe

ORIGIN = "held.example/ledger"
LINE_OF = {
    "person": "person-registered",
    "device": "device-enrolled",
    "practice": "practice-created",
    "generation": "practice-generation",
    "member": "member-joined",
}


@dataclass(eq=False)
class HeldVault:
    """Takes the place of a browser's connection: `get` alone is asked of it."""

    signer: Signer = field(default_factory=lambda: Signer(ORIGIN, Ed25519PrivateKey.generate()))
    texts: list[bytes] = field(default_factory=list)
    published: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    named: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def publish(self, about: str, envelope: dict[str, Any]) -> None:
        said = dsse.parse(envelope)
        seq = self.append(LINE_OF[said.kind], request=_request(said))
        self.published.setdefault(about, []).append((seq, envelope))

    def append(self, kind: str, **fields: Any) -> int:
        seq = len(self.texts)
        text = {
            "v": 1,
            "seq": seq,
            "time": "2026-11-24T09:00:00.000Z",
            "kind": kind,
            "id": new_id(),
            **fields,
        }
        self.texts.append(line.to_bytes(text))
        return seq

    def register(self, person: Person) -> None:
        about = f"persons/{person.id}"
        self.publish(about, person.person_statement())
        self.publish(about, person.device_statement())
        self.named[about] = {"revoked": []}

    def found(self, practice: str, manager: Person) -> None:
        about = f"practices/{practice}"
        self.publish(about, practice_statement(practice, manager))
        self.named[about] = {"members": [manager.id]}

    def rewrite(self) -> None:
        """Another history of the same length, for this client alone: the same things, at another time."""
        for seq, text in enumerate(self.texts):
            self.texts[seq] = text.replace(b"09:00", b"08:00")

    def get(self, path: str) -> Any:
        url = urlsplit(path)
        asked = {name: int(value) for name, (value,) in parse_qs(url.query).items()}
        if url.path == "/vault/directory/key":
            return {"vkey": self.signer.verifier().to_vkey(), "service_persons": {}}
        if url.path == "/vault/proof/consistency":
            return {"proof": self._prove(merkle.consistency_spans(asked["from"], asked["to"]))}
        return self._told(url.path.removeprefix("/vault/directory/"))

    def _told(self, about: str) -> dict[str, Any]:
        listed, named, size = self.published[about], self.named[about], len(self.texts)
        statements = [
            {
                "envelope": envelope,
                "line": self.texts[seq].decode(),
                "proof": self._prove(merkle.inclusion_spans(seq, size)),
            }
            for seq, envelope in listed
        ]
        state = self.signer.sign_note(describe(ORIGIN, about, size, [seq for seq, _ in listed], named))
        note = self.signer.sign(size=size, root=merkle.root_of(self._leaves))
        return {"statements": statements, **named, "checkpoint": note, "state": state}

    @property
    def _leaves(self) -> list[bytes]:
        return [line.leaf_hash(text) for text in self.texts]

    def _prove(self, spans: Any) -> list[str]:
        return [b64u_encode(merkle.root_of(self._leaves[start:end])) for start, end in spans]


def practice_statement(practice: str, by: Person, generation: int = 0) -> dict[str, Any]:
    kem_key = b64u_encode(Person(None, "professional").keys.kem_key)  # type: ignore[arg-type]
    kind = "generation" if generation else "practice"
    return by.say(kind, practice=practice, generation=generation, kem_key=kem_key)


def _request(said: dsse.Statement) -> str:
    return hashlib.sha256(said.payload).hexdigest()
