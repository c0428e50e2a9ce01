"""Lines that the web tells: sign-ins, items written and served. They carry the web's signature, and are its word."""

from collections.abc import Mapping
from typing import Any

from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Malformed
from colloque.vault.persons import check_service
from colloque.vault.statements import Said, take_id, take_number, take_optional_id, take_text, take_word

ITEM_KINDS = frozenset({"item-written", "item-served", "sign-in-refused", "objection"})
MOST_LINES = 500


async def sign_in(tx: Transaction, said: Said) -> Outcome:
    await check_service(tx, said, "web")
    subject = take_id(said.body, "subject")
    return Outcome(
        [tx.line(said, "sign-in", subject=subject, network=_network(said.body), purpose=_purpose(said.body))]
    )


async def item_lines(tx: Transaction, said: Said) -> Outcome:
    """Write those lines of the batch that were not written before."""
    await check_service(tx, said, "web")
    listed = said.body.get("lines")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_LINES:
        raise Malformed("lines")
    told = dict(map(_read, listed))
    known = {i for (i,) in await tx.all("SELECT id FROM ledger_fact WHERE id = ANY(%s::uuid[])", list(told))}
    records = [f["record"] for f in told.values() if f.get("record")]
    owners = {
        record: (practice, subject)
        for record, practice, subject in await tx.all(
            "SELECT id, practice, subject FROM record WHERE id = ANY(%s::uuid[])", records
        )
    }
    actors = [f["actor"] for f in told.values() if f.get("actor")]
    patients = {
        i
        for (i,) in await tx.all(
            "SELECT id FROM person WHERE id = ANY(%s::uuid[]) AND kind = 'patient'", actors
        )
    }
    outcome = Outcome()
    for entry_id, fields in told.items():
        if entry_id in known:
            continue
        practice, subject = owners.get(fields.get("record"), (None, None))
        # Whose record it is the vault knows itself; only without one is the web's word taken.
        whose = {"practice": practice, "subject": subject} if subject else {}
        kind = fields.pop("kind")
        by_patient = fields["actor"] in patients
        outcome.lines.append(
            tx.line(said, kind, by_patient=by_patient, **{**fields, **whose, "id": entry_id})
        )
    await tx.run(
        "INSERT INTO ledger_fact (id, seq) SELECT * FROM unnest(%s::uuid[], %s::bigint[])",
        [w.fields["id"] for w in outcome.lines], [w.seq for w in outcome.lines],
    )  # fmt: skip
    return outcome


def _read(entry: object) -> tuple[str, dict[str, Any]]:
    if not isinstance(entry, dict):
        raise Malformed("lines")
    fields: dict[str, Any] = {
        "kind": take_word(entry, "kind", ITEM_KINDS),
        "actor": take_optional_id(entry, "actor"),
        "device": take_optional_id(entry, "device"),
        "record": take_optional_id(entry, "record"),
        "subject": take_optional_id(entry, "subject"),
        "target": take_optional_id(entry, "target"),
        "session": take_text(entry, "session", usual="", most=64),
        "compartment": take_text(entry, "compartment", usual="", most=40),
        "epoch": take_number(entry, "epoch") if "epoch" in entry else None,
        "network": _network(entry),
        "purpose": _purpose(entry),
    }
    return take_id(entry, "id"), fields


def _network(body: Mapping[str, Any]) -> str:
    return take_text(body, "network", usual="", most=50)


def _purpose(body: Mapping[str, Any]) -> str:
    return take_text(body, "purpose", usual="", most=40)
