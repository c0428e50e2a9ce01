"""The ledger as one client sees it: its key, its proofs, and that its history only grows."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from colloque.client.errors import NotProven
from colloque.client.http import Browser
from colloque.kernel import clock, dsse
from colloque.kernel.encoding import b64u_decode, b64u_encode
from colloque.ledger import checkpoint, line, merkle
from colloque.ledger.checkpoint import MalformedCheckpoint
from colloque.ledger.cosignature import WitnessKey, parse_witness_vkey
from colloque.ledger.pseudonym import Values, put_back
from colloque.ledger.published import describe
from colloque.ledger.witnessing import cosigners

MOST_AGE = 600  # seconds: the vault stops long before, and a client's clock may be off


@dataclass(frozen=True)
class Line:
    """One line that was written down, and its place in the tree. Names of a practice are put back where they were opened."""

    fields: Mapping[str, Any]
    leaf: bytes
    reason: str | None = None

    @classmethod
    def read(cls, text: str, reason: str | None = None, names: Values | None = None) -> "Line":
        try:
            fields = put_back(line.from_bytes(text.encode()), names or {})
            return cls(fields, line.leaf_hash(text.encode()), reason)
        except line.MalformedLine as error:
            raise NotProven("line", f"A line of the ledger cannot be read ({error}).") from error

    @property
    def seq(self) -> int:
        return int(self.fields["seq"])

    @property
    def kind(self) -> str:
        return str(self.fields["kind"])

    def says(self, said: dsse.Statement) -> bool:
        return self.fields.get("request") == hashlib.sha256(said.payload).hexdigest()


class Log:
    """Remembers the newest checkpoint of one deployment, and checks each further one against it."""

    _known: "WeakKeyDictionary[Browser, Log]" = WeakKeyDictionary()

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        told = browser.get("/vault/directory/key")
        self._vkey = checkpoint.parse_vkey(told["vkey"])
        self.services: dict[str, str] = told["service_persons"]
        self._head: checkpoint.Checkpoint | None = None
        self.note = ""
        self.trust([parse_witness_vkey(one) for one in told.get("witnesses", ())], int(told.get("quorum", 0)))

    @classmethod
    def of(cls, browser: Browser) -> "Log":
        if browser not in cls._known:
            cls._known[browser] = cls(browser)
        return cls._known[browser]

    @property
    def size(self) -> int:
        """How many lines this client has seen."""
        return self._head.size if self._head else 0

    @property
    def seen(self) -> dict[str, object] | None:
        """The last checkpoint, as a request names it: whoever keeps the log has it signed that it was shown."""
        return {"size": self.size, "root": b64u_encode(self._head.root)} if self._head else None

    def read(self, note: str, *, seen: int = 0) -> checkpoint.Checkpoint:
        """Check a note's signature, and that it belongs to the history seen so far.

        `seen` is what this client had seen when it asked: an answer from before then is an old one.
        """
        try:
            found = checkpoint.read(note, self._vkey)
        except MalformedCheckpoint as error:
            if self._browser.get("/vault/directory/key")["vkey"] != self._vkey.to_vkey():
                raise NotProven(
                    "ledger-key-changed", "The ledger signs with another key than before."
                ) from error
            raise NotProven("signature", "The ledger's key did not sign this checkpoint.") from error
        if found.size < seen:
            raise NotProven("older", f"The ledger has {found.size} lines, and {seen} were seen before.")
        if self._head is None:
            self._head, self.note = found, note
            return found
        older, newer = sorted((self._head, found), key=lambda head: head.size)
        if not self._continues(older, newer):
            raise NotProven(
                "fork", f"The ledger of {newer.size} lines does not continue the one of {older.size}."
            )
        if newer is found:
            self._head, self.note = newer, note
        return found

    def trust(self, witnesses: Sequence[WitnessKey], quorum: int) -> None:
        """Hold the ledger against these witnesses, `quorum` of them at least, not those that it names."""
        self.witnesses, self.quorum = tuple(witnesses), quorum

    def witnessed(self) -> list[str]:
        """Fetch the newest cosigned checkpoint and check it: one history, enough witnesses, lately. Name those who signed.

        None are named where none are configured. Raises NotProven.
        """
        if not self.witnesses:
            return []
        note = self._browser.get_bytes("/vault/checkpoint/witnessed").decode()
        signed = cosigners(note, self.witnesses)
        oldest = clock.now().timestamp() - MOST_AGE
        late = [key.name for key, at in signed.items() if at < oldest]
        if len(signed) - len(late) < max(1, self.quorum):
            raise NotProven(
                "unwitnessed",
                f"Of the ledger's {len(self.witnesses)} witnesses {len(signed)} cosigned its newest checkpoint, "
                f"{len(late)} of them over {MOST_AGE // 60} minutes ago; {self.quorum} are needed.",
            )
        self.read(note)
        return sorted(key.name for key in signed)

    def check_whole(
        self,
        state: str,
        about: str,
        head: checkpoint.Checkpoint,
        lines: Iterable[int],
        **named: Iterable[str],
    ) -> None:
        """Check the log's own word that what is published about someone is all there is."""
        expected = describe(self._vkey.name, about, head.size, lines, named)
        try:
            said = checkpoint.open_note(state, self._vkey)
        except MalformedCheckpoint as error:
            raise NotProven("withheld", "Nothing says that all that is published came.") from error
        if said.split("\n")[1] != about:
            raise NotProven("unproven", "What came is published about another.")
        if said != expected:
            raise NotProven("withheld", "Not all that is published came, or it is from another time.")

    def check(self, leaf: bytes, seq: int, proof: Sequence[str], head: checkpoint.Checkpoint) -> None:
        if not merkle.is_included(leaf, index=seq, size=head.size, proof=_hashes(proof), root=head.root):
            raise NotProven(
                "inclusion", f"Line {seq} is not proved to be in the ledger of {head.size} lines."
            )

    def _continues(self, older: checkpoint.Checkpoint, newer: checkpoint.Checkpoint) -> bool:
        if older.size == newer.size:
            return older.root == newer.root
        told = self._browser.get(f"/vault/proof/consistency?from={older.size}&to={newer.size}")
        proof = _hashes(told["proof"])
        return merkle.is_consistent(
            old=older.size, old_root=older.root, new=newer.size, new_root=newer.root, proof=proof
        )


def _hashes(proof: Sequence[str]) -> list[bytes]:
    try:
        return [b64u_decode(one, length=32) for one in proof]
    except ValueError as error:
        raise NotProven("inclusion", "A proof is not made of hashes.") from error
