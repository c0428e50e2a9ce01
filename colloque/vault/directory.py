"""What anyone may read: published keys with their statements and proofs, checkpoints, and lines about oneself."""

import base64
import json
from collections.abc import Sequence
from typing import Any

import orjson

from colloque.kernel import clock
from colloque.ledger import merkle
from colloque.ledger.append import Cursor, Written, prove_inclusion, prove_spans, read_head, read_lines
from colloque.ledger.checkpoint import Signer
from colloque.ledger.published import describe
from colloque.vault.errors import Malformed, NotAllowed, NotFound
from colloque.vault.pseudonyms import Pseudonyms, names_of, read_names
from colloque.vault.statements import Said, take_number

MOST_LINES = 500
MOST_FED = 5000
MOST_RELEASES = 20
_IS_NAMED = '"v":2}'  # how a line with names ends: its keys are in order


async def person(cursor: Cursor, signer: Signer, person_id: str) -> dict[str, Any]:
    await cursor.execute("SELECT seq FROM person WHERE id = %s", (person_id,))
    row = await cursor.fetchone()
    if row is None:
        raise NotFound
    await cursor.execute("SELECT id, seq, revoked_at IS NOT NULL FROM device WHERE person = %s", (person_id,))
    devices = await cursor.fetchall()
    revoked = [device for device, _, is_revoked in devices if is_revoked]
    seqs = [row[0], *(seq for _, seq, _ in devices)]
    return await _published(cursor, signer, f"persons/{person_id}", seqs, revoked=revoked)


async def practice(cursor: Cursor, signer: Signer, practice_id: str) -> dict[str, Any]:
    # Who left is there too: a generation that they signed stands, and a reader must see that they were a member.
    await cursor.execute(
        "SELECT seq FROM practice_generation WHERE practice = %(id)s UNION "
        "SELECT seq FROM practice_sheet WHERE practice = %(id)s UNION "
        "SELECT seq FROM membership WHERE practice = %(id)s",
        {"id": practice_id},
    )
    seqs = [seq for (seq,) in await cursor.fetchall()]
    if not seqs:
        raise NotFound
    await cursor.execute(
        "SELECT person FROM membership WHERE practice = %s AND ended_at IS NULL", (practice_id,)
    )
    members = [member for (member,) in await cursor.fetchall()]
    return await _published(cursor, signer, f"practices/{practice_id}", seqs, members=members)


async def assets(cursor: Cursor, signer: Signer) -> dict[str, Any]:
    """The newest asset manifests that were published, oldest first."""
    await cursor.execute("SELECT seq FROM asset_manifest ORDER BY seq DESC LIMIT %s", (MOST_RELEASES,))
    seqs = sorted(seq for (seq,) in await cursor.fetchall())
    return await _published(cursor, signer, "assets", seqs)


async def lines_for(cursor: Cursor, said: Said, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """List the newest lines about the author's own records, or about one of them, as they were hashed; and what opens the
    author's own names in them."""
    about, after = said.body.get("about"), -1
    if "after" in said.body:
        after = take_number(said.body, "after", most=2**53 - 1)
    if about == "self":
        where, key = "subject = %s", said.person
    elif isinstance(about, str):
        await _check_own(cursor, about, said.person)
        where, key = "record = %s", about
    else:
        raise Malformed("about")
    sql = f"SELECT seq FROM ledger_line WHERE {where} AND seq > %s ORDER BY seq DESC LIMIT {MOST_LINES}"  # noqa: S608 – both are ours
    head = await read_head(cursor)
    await cursor.execute(sql.encode(), (key, after))
    seqs = sorted(seq for (seq,) in await cursor.fetchall() if seq < head.tree.size)
    lines = await read_lines(cursor, seqs)
    proofs = await prove_inclusion(cursor, seqs, head.tree.size)
    reasons = await _reasons(cursor, lines)
    listed = [
        {"line": w.body.decode(), "proof": p} | ({"reason": reasons[w.seq]} if w.seq in reasons else {})
        for w, p in zip(lines, proofs, strict=True)
    ]
    names = await read_names(cursor, pseudonyms, (w.fields for w in lines))
    hers = {name for w in lines for name in names_of(w.fields, names, said.person)}
    return {"lines": listed, "names": [name.to_json() for name in hers], "checkpoint": head.note}


async def feed(cursor: Cursor, said: Said, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """List every line from `first` on, oldest first, and what opens the names in them: for the service that notices, which
    may open no record."""
    await cursor.execute("SELECT 1 FROM service WHERE person = %s AND name = 'officer'", (said.person,))
    if await cursor.fetchone() is None:
        raise NotAllowed
    first = take_number(said.body, "first", most=2**53 - 1)
    head = await read_head(cursor)
    await cursor.execute(
        # From after what was erased: a reader takes a number that is missing for a line that is.
        "SELECT body FROM ledger_line WHERE seq >= greatest(%s, (SELECT coalesce(max(last) + 1, 0) FROM ledger_erasure)) "
        "AND seq < %s ORDER BY seq LIMIT %s",
        (first, head.tree.size, MOST_FED),
    )
    lines = [body for (body,) in await cursor.fetchall()]
    named = (orjson.loads(body) for body in lines if body.endswith(_IS_NAMED))
    names = await read_names(cursor, pseudonyms, named)
    return {"lines": lines, "names": [name.to_json() for name in names.values()], "size": head.tree.size}


async def _reasons(cursor: Cursor, lines: Sequence[Written]) -> dict[int, str]:
    """What was written as the reason of each opening that nothing but a reason allowed.

    The statement as a whole may name other people's records, so the subject gets this field alone; the line's
    `request` binds it, for who exports the log.
    """
    broken = [w for w in lines if w.fields.get("relation") == "break-glass"]
    await cursor.execute(
        "SELECT id::text, payload FROM ledger_statement WHERE id = ANY(%s::uuid[]) AND payload IS NOT NULL",
        ([w.fields["id"] for w in broken],),
    )
    told = {id_: json.loads(payload).get("reason") for id_, payload in await cursor.fetchall()}
    # One statement may open several compartments: each of its lines has the reason.
    return {w.seq: reason for w in broken if isinstance(reason := told.get(w.fields["id"]), str)}


async def inclusion(cursor: Cursor, index: int, size: int) -> list[str]:
    await _check_size(cursor, size)
    if index >= size:
        raise Malformed("index")
    return (await prove_inclusion(cursor, [index], size))[0]


async def consistency(cursor: Cursor, old: int, new: int) -> list[str]:
    await _check_size(cursor, new)
    if old > new:
        raise Malformed("from")
    return (await prove_spans(cursor, [merkle.consistency_spans(old, new)]))[0]


async def _published(
    cursor: Cursor, signer: Signer, about: str, seqs: list[int], **named: list[str]
) -> dict[str, Any]:
    """Each statement with its line and proof, who is named beside, and the vault's word that this is all."""
    head = await read_head(cursor)
    lines = await read_lines(cursor, (seq for seq in seqs if seq < head.tree.size))
    proofs = await prove_inclusion(cursor, [w.seq for w in lines], head.tree.size)
    await cursor.execute(
        "SELECT id, payload, payload_type, signatures FROM ledger_statement WHERE id = ANY(%s::uuid[])",
        ([w.fields["id"] for w in lines],),
    )
    envelopes = {
        said: {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": payload_type,
            "signatures": json.loads(signatures),
        }
        for said, payload, payload_type, signatures in await cursor.fetchall()
    }
    statements = [
        {"envelope": envelopes[w.fields["id"]], "line": w.body.decode(), "proof": proof}
        for w, proof in zip(lines, proofs, strict=True)
    ]
    said = describe(signer.name, about, head.tree.size, (w.seq for w in lines), named)
    return {"statements": statements, **named, "checkpoint": head.note, "state": signer.sign_note(said)}


async def _check_own(cursor: Cursor, record: str, author: str) -> None:
    await cursor.execute(
        "SELECT 1 FROM record r WHERE r.id::text = %(record)s AND (r.subject = %(who)s OR EXISTS "
        "(SELECT FROM granted g WHERE g.record = r.id AND g.person = %(who)s AND g.not_before <= %(now)s))",
        {"record": record, "who": author, "now": clock.now()},
    )
    if await cursor.fetchone() is None:
        raise NotAllowed


async def _check_size(cursor: Cursor, size: int) -> None:
    if size > (await read_head(cursor)).tree.size:
        raise Malformed("size")
