"""Whether to cosign: a pure function of what was seen last and what is asked (C2SP tlog-witness, "add-checkpoint")."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from colloque.ledger import checkpoint, merkle
from colloque.ledger.checkpoint import Checkpoint, MalformedCheckpoint, Verifier

MOST_PROOF_LINES = 63


@dataclass(frozen=True)
class Asked:
    """`old N`, the proof, and the checkpoint as it is signed."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @property
    def origin(self) -> str:
        return self.note.partition("\n")[0]


@dataclass(frozen=True)
class Cosign:
    """The checkpoint continues what was seen: remember it, and only then sign."""

    head: Checkpoint


@dataclass(frozen=True)
class Refuse:
    """An HTTP status of the protocol, and what the log should know: for 409, the size that was seen."""

    status: int
    what: str
    size: int | None = None


def parse(body: bytes) -> Asked | Refuse:
    """Read a request's body; 400 for what is none."""
    try:
        head, _, note = body.decode().partition("\n\n")
        first, *proof = head.split("\n")
        word, _, number = first.partition(" ")
        if word != "old" or not _is_size(number) or len(proof) > MOST_PROOF_LINES or not note:
            raise ValueError("not a request")
        hashes = tuple(base64.b64decode(line, validate=True) for line in proof)
        if any(len(one) != 32 for one in hashes):
            raise ValueError("not a hash")
    except ValueError:
        return Refuse(400, "The request is not `old N`, a proof, a blank line and a checkpoint.")
    return Asked(int(number), hashes, note)


def decide(asked: Asked, logs: Mapping[str, Verifier], seen: Checkpoint | None) -> Cosign | Refuse:
    """`seen` is the last checkpoint cosigned for the origin. The caller holds it still until the answer is remembered."""
    verifier = logs.get(asked.origin)
    if verifier is None:
        return Refuse(404, "This witness does not know the log.")
    try:
        head = checkpoint.read(asked.note, verifier)
    except MalformedCheckpoint:
        return Refuse(403, "The checkpoint is not signed by the log's key.")
    return _against(seen, asked, head)


def _against(seen: Checkpoint | None, asked: Asked, head: Checkpoint) -> Cosign | Refuse:
    known = seen or Checkpoint(head.origin, 0, b"")
    refused: Refuse | None = None
    if asked.old > head.size:
        refused = Refuse(400, "The old size is larger than the checkpoint.")
    elif asked.old != known.size:
        refused = Refuse(409, "Another checkpoint was seen last.", known.size)
    elif seen and head.size == seen.size and head.root != seen.root:
        refused = Refuse(409, "The log shows two histories of one length.", known.size)
    elif not _continues(known, asked, head):
        refused = Refuse(422, "The checkpoint does not continue the one seen before.")
    return refused or Cosign(head)


def _continues(known: Checkpoint, asked: Asked, head: Checkpoint) -> bool:
    if known.size in (0, head.size):
        return not asked.proof  # nothing is to be proved
    return merkle.is_consistent(
        old=known.size, old_root=known.root, new=head.size, new_root=head.root, proof=asked.proof
    )


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and str(int(text)) == text and len(text) < 17
