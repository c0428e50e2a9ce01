"""Append lines inside the caller's transaction, and read back what proofs need.

Whoever appends holds the head row from `open_log` until the transaction ends, so that several vault
processes over one database write one log.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import orjson
from psycopg import AsyncCursor

from colloque.kernel.clock import to_wire
from colloque.kernel.encoding import b64u_encode
from colloque.ledger import line, merkle
from colloque.ledger.checkpoint import Signer
from colloque.ledger.pseudonym import is_of_care, mask

_BLOCK = 8
# Nodes below this level are not kept: made again of sixteen leaves at most, and there would be one for each line.
LEAST_KEPT = 4

# Any two constants, within the database.
_NEXT = b"SELECT pg_advisory_xact_lock(1818585190)"
_BOTH = b"SELECT pg_advisory_xact_lock(1818585189), pg_advisory_xact_lock(1818585190)"

type Cursor = AsyncCursor[tuple[Any, ...]]


class LogMissing(Exception):
    """The log was never begun in this database: nothing may be released."""


class Written(NamedTuple):
    """One line as it stands in the log. Just added, its fields say whom it is about; read back, they say what was hashed."""

    seq: int
    body: bytes
    leaf: bytes
    fields: Mapping[str, Any]


class Namer(Protocol):
    """Who gives names of practices. `known` are those that the database is known to have, by practice and value."""

    @property
    def known(self) -> Mapping[tuple[str, str], str]: ...
    def derive(self, practice: str, value: str) -> str: ...


@dataclass(frozen=True)
class Saying:
    """A statement to keep beside its lines, by its request id."""

    id: str
    digest: bytes
    payload: bytes | None
    payload_type: str
    signatures: str
    first_seq: int
    lines: int


class Log:
    """The log as one transaction sees it: collects lines, then writes them all with the new head."""

    def __init__(self, tree: merkle.Tree, at: datetime, note: str, namer: Namer | None = None) -> None:
        self.tree, self.at, self.note = tree, at, note
        self.written: list[Written] = []
        # Names given here that the database may not have yet, by practice and value.
        self.names: dict[tuple[str, str], str] = {}
        self._namer = namer
        self._time = to_wire(at)
        self._sayings: list[Saying] = []
        self._hashes: dict[merkle.Place, bytes] = {}
        self._encoded: dict[int, dict[int, str]] = {}  # by level, then index
        self._above: dict[merkle.Place, list[str]] = {}

    @property
    def size(self) -> int:
        return self.tree.size + len(self.written)

    def add(
        self, fields: dict[str, Any], *, by_patient: bool = False, over_practices: bool = False
    ) -> Written:
        """Put a line at the end, its number and time added to the fields. It is in the log once `flush` has run and the
        transaction is committed. A line of care is hashed with names of its practice (`pseudonym.mask`)."""
        seq = self.size
        fields["v"], fields["seq"], fields["time"] = line.VERSION, seq, self._time
        if self._namer and is_of_care(fields):
            fields["v"] = line.NAMED
            body = line.to_bytes(
                mask(fields, self._name, by_patient=by_patient, over_practices=over_practices)
            )
        else:
            body = line.to_bytes(fields)
        written = Written(seq, body, line.leaf_hash(body), fields)
        self.written.append(written)
        return written

    def _name(self, practice: str, value: str) -> str:
        key, namer = (practice, value), self._namer
        if namer is None:
            raise TypeError("this log gives no names")
        known = namer.known.get(key) or self.names.get(key)
        if known is None:
            known = self.names[key] = namer.derive(practice, value)
        return known

    def keep(self, saying: Saying) -> None:
        self._sayings.append(saying)

    async def flush(self, cursor: Cursor, signer: Signer) -> None:
        """Write lines, nodes, statements and the signed head. Does not commit."""
        told = _told_sayings(self._sayings)
        if not self.written:
            if self._sayings:
                await cursor.execute(_WRITE_SAYINGS.encode(), told)
            return
        before = self.tree
        self.tree, nodes = merkle.grow(before, (w.leaf for w in self.written))
        self._remember(before, nodes)
        self.note = signer.sign(size=self.tree.size, root=self.tree.root())
        told |= _told_lines(self.written) | _told_nodes(node for node in nodes if node.level >= LEAST_KEPT)
        told |= {
            "size": self.tree.size,
            "peaks": b"".join(self.tree.peaks),
            "at": self.at,
            "note": self.note,
        }
        if self.names:
            told |= _told_names(self.names)
        await cursor.execute(_WRITE_NAMED if self.names else _WRITE, told)

    def receipt(self, request: bytes, lines: Iterable[Written]) -> dict[str, Any]:
        """Say where the lines are in the tree just flushed, each with its inclusion proof."""
        return {
            "request": request.hex(),
            "lines": [
                {"seq": w.seq, "leaf": self._encoded[0][w.seq], "proof": self._prove(w.seq)} for w in lines
            ],
            "checkpoint": self.note,
        }

    def _remember(self, before: merkle.Tree, nodes: Sequence[merkle.Node]) -> None:
        # The old peaks, the new leaves and the new nodes are all that proofs of new lines are made of.
        self._hashes.update(zip(before.peak_places(), before.peaks, strict=True))
        self._hashes.update(((0, w.seq), w.leaf) for w in self.written)
        self._hashes.update(((n.level, n.index), n.hash) for n in nodes)
        for (level, index), digest in self._hashes.items():
            self._encoded.setdefault(level, {})[index] = b64u_encode(digest)

    def _prove(self, index: int) -> list[str]:
        # Neighbours have proofs that differ inside the complete subtree of up to 256 that holds them, and agree above.
        size = self.tree.size
        height = min((index ^ size).bit_length() - 1, _BLOCK)
        block = (height, index >> height)
        if block not in self._above:
            spans = merkle.inclusion_spans(index, size)[height:]
            self._above[block] = [b64u_encode(one) for one in merkle.prove(spans, self._hashes.__getitem__)]
        encoded = self._encoded
        below = [encoded[level][(index >> level) ^ 1] for level in range(height)]
        return below + self._above[block]


async def begin_log(cursor: Cursor, signer: Signer, at: datetime) -> None:
    """Write the head of the empty log, once in a database's life."""
    note = signer.sign(size=0, root=merkle.EMPTY_ROOT)
    await cursor.execute(
        "INSERT INTO ledger_head (size, peaks, at, note) VALUES (0, '', %s, %s) ON CONFLICT DO NOTHING",
        (at, note),
    )


async def lock_log(cursor: Cursor, *, first: bool = False) -> None:
    """Ask for the head and its lock, to be held until the transaction ends; `open_log` reads the answer.

    Whoever asks `first` waits for the one that holds the log and for others that ask first, and for nobody else: the rest
    wait one behind the other at an outer lock. PostgreSQL grants these two in the order in which they were asked for; the
    row alone, once it is changed, goes to whoever comes by.
    """
    await cursor.execute(_NEXT if first else _BOTH)
    await cursor.execute("SELECT size, peaks, at, note FROM ledger_head FOR UPDATE")


async def open_log(cursor: Cursor, now: datetime, *, locked: bool = False, namer: Namer | None = None) -> Log:
    """Lock the head until the transaction ends, and return the log to append to."""
    if not locked:
        await lock_log(cursor)
    log = await _read_log(cursor)
    # Times never go back, even where two hosts' clocks differ.
    return Log(log.tree, max(log.at, now), log.note, namer)


async def write_heartbeat(cursor: Cursor, signer: Signer, now: datetime, every: int) -> bool:
    """Write that nothing was written for `every` seconds, unless another process has: for one log, one heart."""
    await lock_log(cursor)
    log = await _read_log(cursor)
    if (now - log.at).total_seconds() < every:
        return False
    log = Log(log.tree, now, log.note)
    log.add({"kind": "heartbeat", "detail": {"every": every}})
    await log.flush(cursor, signer)
    return True


async def read_head(cursor: Cursor) -> Log:
    """Read the head without locking it, for those who only prove."""
    await cursor.execute("SELECT size, peaks, at, note FROM ledger_head")
    return await _read_log(cursor)


async def _read_log(cursor: Cursor) -> Log:
    row = await cursor.fetchone()
    if row is None:
        raise LogMissing
    size, peaks, at, note = row
    return Log(_tree(size, peaks), at, note)


async def read_lines(cursor: Cursor, seqs: Iterable[int]) -> list[Written]:
    """Read lines by number; those that were erased are left out."""
    await cursor.execute(
        "SELECT seq, body, leaf FROM ledger_line WHERE seq = ANY(%s) AND body IS NOT NULL ORDER BY seq",
        (list(seqs),),
    )
    return [
        Written(seq, body.encode(), leaf, json.loads(body)) for seq, body, leaf in await cursor.fetchall()
    ]


async def prove_spans(cursor: Cursor, many: Sequence[Sequence[merkle.Span]]) -> list[list[str]]:
    """Make many proofs with one query, in base64url."""
    places = {place for spans in many for span in spans for place in merkle.cover(*span)}
    hashes = await _read_hashes(cursor, places)
    return [[b64u_encode(h) for h in merkle.prove(spans, hashes.__getitem__)] for spans in many]


async def prove_inclusion(cursor: Cursor, seqs: Sequence[int], size: int) -> list[list[str]]:
    return await prove_spans(cursor, [merkle.inclusion_spans(seq, size) for seq in seqs])


async def _read_hashes(cursor: Cursor, places: Collection[merkle.Place]) -> dict[merkle.Place, bytes]:
    low = [place for place in places if place[0] < LEAST_KEPT]
    leaves = sorted({seq for level, index in low for seq in range(index << level, index + 1 << level)})
    inner = [(level, index) for level, index in places if level >= LEAST_KEPT]
    await cursor.execute(
        "SELECT 0, seq, leaf FROM ledger_line WHERE seq = ANY(%s) UNION ALL "
        "SELECT n.level, n.index, n.hash FROM ledger_node n "
        "JOIN unnest(%s::smallint[], %s::bigint[]) AS asked (level, index) USING (level, index)",
        (leaves, [level for level, _ in inner], [index for _, index in inner]),
    )
    rows = await cursor.fetchall()
    hashes = {(level, index): digest for level, index, digest in rows}
    for level, index in low:
        under = (hashes[0, seq] for seq in range(index << level, index + 1 << level))
        hashes[level, index] = merkle.root_of(under)
    return hashes


# Rows go as one text: to write them as arrays, element by element, cost more than all else that is done here. Lines
# go one below the other, for JSON has no bare line break; ids, which have no comma, in the same order. And all of a
# batch goes in one statement: each has its price on both sides, and is paid while others wait for the log.

_WRITE_SAYINGS = """
INSERT INTO ledger_statement (id, digest, payload, payload_type, signatures, first_seq, lines)
SELECT id, decode(digest, 'hex'), decode(payload, 'hex'), payload_type, signatures, first_seq, lines
FROM json_to_recordset(%(sayings)s::json) AS s (id uuid, digest text, payload text, payload_type text,
     signatures text, first_seq bigint, lines integer)"""

_WRITE_NAMES = """
    INSERT INTO pseudonym (pseudonym, practice, value) SELECT pseudonym, practice, value
    FROM json_to_recordset(%(names)s::json) AS n (pseudonym uuid, practice uuid, value text) ON CONFLICT DO NOTHING"""


def _writing(more: str = "") -> bytes:
    return f"""
WITH sayings AS ({_WRITE_SAYINGS}), lines AS (
    INSERT INTO ledger_line (seq, leaf, body, record, subject)
    SELECT %(first)s::bigint + n - 1, substring(%(leaves)s::bytea FROM (n::integer - 1) * 32 + 1 FOR 32), body,
           record::uuid, subject::uuid
    FROM unnest(string_to_array(%(bodies)s, chr(10)), string_to_array(%(records)s, ',', ''),
         string_to_array(%(subjects)s, ',', '')) WITH ORDINALITY AS w (body, record, subject, n)
), {more}nodes AS (
    INSERT INTO ledger_node (level, index, hash) SELECT level, index, decode(hash, 'hex')
    FROM json_to_recordset(%(nodes)s::json) AS n (level smallint, index bigint, hash text)
)
UPDATE ledger_head SET size = %(size)s, peaks = %(peaks)s, at = %(at)s, note = %(note)s""".encode()  # noqa: S608 – ours


# Two: nearly every batch names only whom the database knows.
_WRITE, _WRITE_NAMED = _writing(), _writing(f"names AS ({_WRITE_NAMES}\n), ")


def _told_lines(lines: Sequence[Written]) -> dict[str, Any]:
    return {
        "first": lines[0].seq,
        "leaves": b"".join(w.leaf for w in lines),
        "bodies": b"\n".join(w.body for w in lines).decode(),
        "records": ",".join(w.fields.get("record", "") for w in lines),
        "subjects": ",".join(w.fields.get("subject", "") for w in lines),
    }


def _told_names(names: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    rows = [
        {"pseudonym": name, "practice": practice, "value": value} for (practice, value), name in names.items()
    ]
    return {"names": orjson.dumps(rows).decode()}


def _told_nodes(nodes: Iterable[merkle.Node]) -> dict[str, Any]:
    rows = [{"level": n.level, "index": n.index, "hash": n.hash.hex()} for n in nodes]
    return {"nodes": orjson.dumps(rows).decode()}


def _told_sayings(sayings: Sequence[Saying]) -> dict[str, Any]:
    rows = [
        {"id": s.id, "digest": s.digest.hex(), "payload": None if s.payload is None else s.payload.hex(),
         "payload_type": s.payload_type, "signatures": s.signatures, "first_seq": s.first_seq, "lines": s.lines}
        for s in sayings
    ]  # fmt: skip
    return {"sayings": orjson.dumps(rows).decode()}


def _tree(size: int, peaks: bytes) -> merkle.Tree:
    return merkle.Tree(size, tuple(peaks[i : i + 32] for i in range(0, len(peaks), 32)))
