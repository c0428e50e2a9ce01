"""Openings of records: load facts in bulk, decide each, write its line (steps 2 to 4 of the release)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from colloque.kernel.errors import ColloqueError
from colloque.ledger.append import Cursor
from colloque.vault import budget, ladder, relation
from colloque.vault.batch import Outcome, Transaction, array_of
from colloque.vault.errors import (
    BY_WORD,
    BudgetExhausted,
    DeviceRevoked,
    Erased,
    Frozen,
    Malformed,
    NoRelation,
    UnknownCompartment,
)
from colloque.vault.facts import COMPARTMENTS, Asker, Care
from colloque.vault.purse import Payer, Purse, role_of
from colloque.vault.statements import Said, take_bytes, take_id, take_number, take_text
from colloque.vault.ties import Ties, ask_ties

MOST_OPENINGS = 25

ASKERS = """
SELECT a.n, p.kind, d.revoked_at IS NOT NULL,
       EXISTS (SELECT FROM frozen f WHERE f.scope = 'device' AND f.target = a.device)
       OR EXISTS (SELECT FROM frozen f WHERE f.scope = 'person' AND f.target = a.person), s.name
FROM unnest(%s::int[], %s::uuid[], %s::uuid[]) AS a (n, person, device)
JOIN device d ON d.id = a.device AND d.person = a.person
JOIN person p ON p.id = a.person
LEFT JOIN service s ON s.person = a.person"""


class Wanted(NamedTuple):
    record: str
    compartment: str
    epoch: int


class Opening(NamedTuple):
    """One opening as decided: `secret` is there only when it is allowed."""

    wanted: Wanted
    error: ColloqueError | None = None
    secret: bytes = b""


def check_form(said: Said) -> None:
    """Refuse a release that is not written as one."""
    take_text(said.body, "purpose", most=40)
    take_text(said.body, "reason", usual="", most=500)
    take_bytes(said.body, "reply_key", 32)
    _check_wanted(said)


def read_wanted(said: Said) -> list[Wanted]:
    """List what a release asks for, once `check_form` has looked at it."""
    return [Wanted(e["record"], e["compartment"], e["epoch"]) for e in said.body["openings"]]


def _check_wanted(said: Said) -> None:
    listed = said.body.get("openings")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_OPENINGS:
        raise Malformed("openings")
    if not all(isinstance(entry, dict) for entry in listed):
        raise Malformed("openings")
    for entry in listed:
        take_id(entry, "record")
        take_text(entry, "compartment", most=40)
        take_number(entry, "epoch")


async def ask_askers(tx: Transaction, saids: Sequence[Said]) -> Cursor:
    return await tx.ask(
        ASKERS,
        array_of(range(len(saids))),
        array_of(s.person for s in saids),
        array_of(s.device for s in saids),
    )


async def read_askers(asked: Cursor, count: int) -> list[Asker | None]:
    found = {
        n: Asker(kind, revoked, frozen, service)
        for n, kind, revoked, frozen, service in await asked.fetchall()
    }
    return [found.get(n) for n in range(count)]


async def load_askers(tx: Transaction, saids: Sequence[Said]) -> list[Asker | None]:
    return await read_askers(await ask_askers(tx, saids), len(saids))


async def decide_all(tx: Transaction, saids: Sequence[Said]) -> list[Outcome]:
    """Decide every opening of these releases, and write one line for each."""
    wanted = [read_wanted(said) for said in saids]
    pairs = {(said.person, w.record) for said, some in zip(saids, wanted, strict=True) for w in some}
    purse = Purse(tx.now, tx.vault.settings)
    # All that is decided from, asked for before anything is waited for: once there and back, while others wait for the log.
    asked = await ask_askers(tx, saids)
    read_ties = await ask_ties(tx, pairs)
    read_purse = await purse.ask(tx, {said.device: said.person for said in saids}, pairs)
    askers = await read_askers(asked, len(saids))
    ties = await read_ties({s.person: asker.service for s, asker in zip(saids, askers, strict=True) if asker})
    await read_purse()

    wishes = [
        [_weigh(said, w, asker, ties, tx.now) for w in some]
        for said, some, asker in zip(saids, wanted, askers, strict=True)
    ]
    await purse.recall(
        tx, {s.person for s, some in zip(saids, wishes, strict=True) if any(w.cost for w in some)}
    )
    outcomes = [
        await _settle(tx, said, some, asker, purse)
        for said, some, asker in zip(saids, wishes, askers, strict=True)
    ]
    await purse.save(tx)
    return outcomes


class Wish(NamedTuple):
    """An opening as it is weighed: by which relation, at what cost, and what refuses it before any budget."""

    wanted: Wanted
    care: Care | None
    relation: str
    cost: int
    error: ColloqueError | None


def _weigh(said: Said, w: Wanted, asker: Asker | None, ties: Ties, now: datetime) -> Wish:
    why, error = "none", refusal_of_asker(asker)
    care, replaced = ties.of(said.person, w.record)
    if error is None:
        why, error = _find_relation(said, w, care, replaced, now)
    if care and error is None:
        error = ladder.refuse_opening(care.frozen, why, is_today=care.is_today)
    # An address is as old as its account; what was not looked at for long is care.
    touched_at = care.touched_at if care and care.kind != "person" else None
    cost = 0 if error else budget.price(why, touched_at=touched_at, now=now)
    return Wish(w, care, why, cost, error)


async def _settle(
    tx: Transaction, said: Said, wishes: Sequence[Wish], asker: Asker | None, purse: Purse
) -> Outcome:
    outcome = Outcome()
    by_patient = asker is not None and asker.kind == "patient"
    over_practices = len(wishes) > 1 and len({wish.care and wish.care.practice for wish in wishes}) > 1
    for wish in wishes:
        w, care, error, detail = wish.wanted, wish.care, wish.error, None
        if wish.cost and asker and care:
            error, detail = _pay(said, wish, care, asker, purse)
        line = tx.line(
            said,
            "refusal" if error else "release",
            by_patient=by_patient,
            over_practices=over_practices,
            record=w.record,
            practice=care.practice if care else None,
            subject=care.subject if care else None,
            compartment=w.compartment,
            epoch=w.epoch,
            relation=wish.relation,
            purpose=said.body["purpose"],
            outcome=error.word if error else "allowed",
            detail=detail,
        )
        outcome.lines.append(line)
        outcome.openings.append(Opening(w, error, care.secret if care and not error else b""))
    outcome.error = error_when_all_refused(outcome.openings)
    if said.person in purse.frozen:
        await _freeze(tx, said, outcome)
    return outcome


def _pay(
    said: Said, wish: Wish, care: Care, asker: Asker, purse: Purse
) -> tuple[ColloqueError | None, dict[str, str] | None]:
    """Pay for an opening: from a quota that is for its purpose, else from the budget. Return what refuses it, and why."""
    if said.person in purse.frozen:
        return Frozen(), None
    detail, record = None, wish.wanted.record
    quota = purse.allowances.quota(care.practice, said.person, said.body["purpose"])
    if quota:
        detail, refused = {"quota": quota.id}, purse.draw(record, quota)
    else:
        payer = Payer(said.person, said.device, care.practice, role_of(care, asker))
        refused = purse.spend(payer, record, wish.cost)
    if refused:
        return BudgetExhausted(retry_at=refused.retry_at, level=refused.level), {
            "level": refused.level,
            "window": refused.window,
        }
    return None, detail


async def _freeze(tx: Transaction, said: Said, outcome: Outcome) -> None:
    """Freeze who emptied the one bucket more: in the transaction that refuses them, with a line that their request signs."""
    if await tx.one("SELECT 1 FROM frozen WHERE scope = 'person' AND target = %s", said.person):
        return
    await tx.run("INSERT INTO frozen (scope, target, at) VALUES ('person', %s, %s)", said.person, tx.now)
    detail = {"scope": "person"}
    outcome.lines.append(
        tx.line(said, "budget-freeze", subject=said.person, target=said.person, detail=detail)
    )


def refusal_of_asker(asker: Asker | None) -> ColloqueError | None:
    if asker is None or asker.is_revoked:
        return DeviceRevoked()
    return Frozen() if asker.is_frozen else None


def _find_relation(
    said: Said, w: Wanted, care: Care | None, replaced: list[Care], now: datetime
) -> tuple[str, ColloqueError | None]:
    if care is None:
        return "none", NoRelation()
    # A later epoch's turn must not leave before that epoch is: hostile hands would have it in advance.
    if w.compartment not in COMPARTMENTS[care.kind] or w.epoch > care.epoch:
        return "none", UnknownCompartment()
    why = relation.find(
        care, w.compartment,
        purpose=said.body["purpose"], reason=said.body.get("reason", ""), now=now, replaced=replaced,
    )  # fmt: skip
    if why == "none":
        return why, NoRelation()
    return why, Erased() if care.is_erased else None


def error_when_all_refused(openings: Sequence[Opening]) -> ColloqueError | None:
    return openings[0].error if all(o.error for o in openings) else None


async def openings_again(tx: Transaction, lines: Sequence[Any]) -> Outcome:
    """Read a release's openings back from its lines, for a retry."""
    lines = [w for w in lines if w.fields["kind"] in ("release", "refusal")]
    allowed = [w.fields["record"] for w in lines if w.fields["outcome"] == "allowed"]
    secrets = dict(
        await tx.all(
            "SELECT id, secret FROM record WHERE id = ANY(%s::uuid[]) AND erased_at IS NULL", allowed
        )
    )
    outcome = Outcome(lines=list(lines))
    for line in lines:
        f = line.fields
        error = None if f["outcome"] == "allowed" else BY_WORD[f["outcome"]]()
        if error is None and f["record"] not in secrets:
            error = Erased()  # since then: what was released once is not released again
        w = Wanted(f["record"], f["compartment"], f["epoch"])
        outcome.openings.append(Opening(w, error, b"" if error else secrets[f["record"]]))
    outcome.error = error_when_all_refused(outcome.openings)
    return outcome
