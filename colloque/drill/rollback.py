"""An old database is put back under the vault, and the ledger goes on as if lines had never been: who notices, and by what.

What remembers is real: the witness decides by its own function and signs with a key, browsers keep receipts with their
proofs, and the export is then held against both by the verifier. Time is made up, and lines are the simulation's.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from colloque.drill.gate import UNWITNESSED, Gate
from colloque.drill.outcome import LEDGER, Story
from colloque.kernel.encoding import b64u_encode
from colloque.ledger import merkle, verify
from colloque.ledger.checkpoint import Checkpoint, Signer
from colloque.ledger.cosignature import WitnessKey, cosign
from colloque.ledger.finding import Finding
from colloque.ledger.line import leaf_hash, to_bytes
from colloque.simulation import writing
from colloque.simulation.event import ALLOWED, ASKS, Event, wire
from colloque.simulation.world import HOUR, SECOND
from colloque.witness import decide

COSIGNED, RECEIPTS, WITNESS = "cosigned", "receipts.jsonl", "witness.vkey"
ASKED_EVERY = 20 * SECOND  # the vault shows its witness each checkpoint (docs/operate/witness.md)
SWEPT_EVERY = 10 * SECOND  # the worker sees that the ledger has fewer lines than it has read
SILENT_AFTER = 60 * SECOND  # so old may the witness's newest checkpoint be
WATCHED_BEFORE = HOUR  # how long before the intrusion we begin to keep notes: a drill needs no more of them
LASTS = 2 * HOUR  # until someone has decided which history is the true one
MOST_RECEIPTS = 20
NAME = "witness.invalid"


class Tree:
    """The ledger's tree from some moment on, with what proofs need."""

    def __init__(self) -> None:
        self.head = merkle.Tree()
        self.hashes: dict[merkle.Place, bytes] = {}
        self.keeps = False

    def add(self, leaf: bytes) -> None:
        if not self.keeps:
            self.head, _ = merkle.grow(self.head, [leaf])
            return
        self.hashes[0, self.head.size] = leaf
        self.head, nodes = merkle.grow(self.head, [leaf])
        self.hashes |= {(node.level, node.index): node.hash for node in nodes}

    def keep(self) -> None:
        """From now on, remember every hash: what was before stands in the peaks."""
        self.keeps = True
        self.hashes |= dict(zip(self.head.peak_places(), self.head.peaks, strict=True))

    def prove(self, spans: list[merkle.Span]) -> list[bytes]:
        return merkle.prove(spans, self.hashes.__getitem__)


class Witness:
    """Another one's memory: what it saw last, and its notes."""

    def __init__(self, signer: Signer, seed: int, folder: Path) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))
        self.vkey = WitnessKey(NAME, self.key.public_key().public_bytes_raw()).to_vkey()
        self.seen: Checkpoint | None = None
        self._logs, self._folder = {signer.name: signer.verifier()}, folder
        folder.mkdir(parents=True)

    def ask(self, tree: Tree, signer: Signer, at: int) -> str:
        """Show it the newest checkpoint: an empty word when it cosigns, else the vault's word for its refusal."""
        note = signer.sign(size=tree.head.size, root=tree.head.root())
        old = self.seen.size if self.seen else 0
        if old > tree.head.size:
            return "lines-gone"
        spans = merkle.consistency_spans(old, tree.head.size) if 0 < old < tree.head.size else []
        answer = decide.decide(decide.Asked(old, tuple(tree.prove(spans)), note), self._logs, self.seen)
        if isinstance(answer, decide.Refuse):
            return "two-histories"
        self.seen = answer.head
        line = cosign(note, NAME, self.key, at=at // SECOND)
        (self._folder / f"{answer.head.size:016d}.note").write_text(note + line, encoding="utf-8")
        return ""


@dataclass
class Rollback:
    """Stands between what happened and what the export holds."""

    gate: Gate
    since: int  # the state of this moment is put back,
    at: int  # at this one
    seed: int
    out: Path
    lost: int = 0  # lines that are gone
    lost_openings: int = 0  # and how many of them were the thief's
    unseen: int = 0  # of those, how many no witness had seen
    refused: str = ""  # the witness's word
    refused_at: int = 0
    waited: int = 0  # openings that were not answered for it
    _receipts: list[dict[str, Any]] = field(default_factory=list)
    _before: merkle.Tree | None = None
    _restored: bool = False

    def __post_init__(self) -> None:
        self.signer = writing.signer_of(self.seed, signed=False)
        self.tree, self.witness = Tree(), Witness(self.signer, self.seed, self.out / COSIGNED)
        self._ask_at = self.since - WATCHED_BEFORE
        self.gate.unwitnessed = self.at + SILENT_AFTER

    def kept(
        self, pairs: Iterator[tuple[Event, dict[str, Any]]]
    ) -> Iterator[tuple[Event, dict[str, Any], bool]]:
        """Each line, and whether it is still there at the end. Of what waits for a witness the vault writes none."""
        for event, line in pairs:
            if event.at > self.at + LASTS:
                break
            self._go_on(event.at)
            if line.get("outcome") == UNWITNESSED:
                self.waited += 1
                continue
            told = {**line, "seq": self.tree.head.size}
            self.tree.add(leaf_hash(to_bytes(told)))
            gone = self._before is not None and not self._restored
            if gone:
                self._lose(event, told)
            yield event, told, not gone
        self._go_on(self.at + LASTS)
        (self.out / WITNESS).write_text(self.witness.vkey + "\n", encoding="utf-8")
        rows = "".join(json.dumps(row) + "\n" for row in self._receipts)
        (self.out / RECEIPTS).write_text(rows, encoding="utf-8")

    def _go_on(self, until: int) -> None:
        """What happens by then apart from lines: the old state is kept, put back, the witness asked: each in its time."""
        while self._ask_at <= until:
            self._turn(self._ask_at)
            self._ask(self._ask_at)
            self._ask_at += ASKED_EVERY
        self._turn(until)

    def _turn(self, at: int) -> None:
        if self._before is None and at >= self.since:
            self._before = self.tree.head
        if self._before is not None and not self._restored and at >= self.at:
            seen = self.witness.seen.size if self.witness.seen else 0
            self.unseen = max(0, self.tree.head.size - seen)
            self.tree.head, self._restored = self._before, True

    def _ask(self, at: int) -> None:
        if not self.tree.keeps:
            self.tree.keep()
        word = self.witness.ask(self.tree, self.signer, at)
        if word and not self.refused:
            self.refused, self.refused_at = word, at

    def _lose(self, event: Event, line: dict[str, Any]) -> None:
        self.lost += 1
        opens = event.kind == ASKS and line.get("outcome") == ALLOWED
        if event.by:
            self.lost_openings += opens
        elif opens and len(self._receipts) < MOST_RECEIPTS:
            self._receipts.append(self._receipt(line["seq"]))

    def _receipt(self, seq: int) -> dict[str, Any]:
        """What a browser keeps of its opening: the line's leaf, its place in the tree of then, and the signed head."""
        head = self.tree.head
        proof = self.tree.prove(merkle.inclusion_spans(seq, head.size))
        told = {
            "seq": seq,
            "leaf": b64u_encode(self.tree.hashes[0, seq]),
            "proof": [b64u_encode(one) for one in proof],
        }
        return {"checkpoint": self.signer.sign(size=head.size, root=head.root()), "lines": [told]}

    # What it came to

    def tell(self, story: Story) -> None:
        """Who noticed, and when; and what each memory finds in the export."""
        by_worker = (self.at // SWEPT_EVERY + 1) * SWEPT_EVERY
        noticed = [(by_worker, "ledger-gap: the worker had read more lines than there are")]
        if self.refused:
            noticed.append((self.refused_at, f"the witness refuses: {self.refused}"))
            story.stopped = wire(self.gate.unwitnessed or self.refused_at)
            story.stopped_by = f"nothing is released while the witness says {self.refused}"
        at, by = min(noticed)
        if not story.noticed or story.noticed > wire(at):
            story.noticed, story.noticed_by = wire(at), by
        story.said += [
            f"{self.lost:,} lines are gone, {self.lost_openings:,} of them the thief's; no witness saw {self.unseen:,}.",
            *(f"{wire(at)}: {by}." for at, by in sorted(noticed)),
            f"{self.waited:,} openings waited for the witness in the {LASTS // HOUR} hours until someone had decided.",
            *(f"{what}: {self._found(**against)}" for what, against in self._memories()),
        ]

    def _memories(self) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "The export against itself", {}
        yield (
            "Against the witness's notes",
            {"cosigned": self.out / COSIGNED, "witness": self.witness.vkey},
        )
        if self._receipts:
            yield f"Against {len(self._receipts)} receipts of browsers", {"receipts": self.out / RECEIPTS}

    def _found(self, **against: Any) -> str:
        try:
            report = verify.verify_tree(self.out / LEDGER, **against)
        except Finding as finding:
            return f"found: {finding}"
        return f"{report.size:,} lines, and nothing to find: without another's memory it holds."
