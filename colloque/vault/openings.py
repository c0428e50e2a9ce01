"""Openings of records: load facts in bulk, decide each, write its line (steps 2 to 4 of the release)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from colloque.kernel.errors import ColloqueError
from colloque.vault import budget, relation
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import (
    BY_WORD,
    BudgetExhausted,
    DeviceRevoked,
    Frozen,
    Malformed,
    NoRelation,
    UnknownCompartment,
)
from colloque.vault.facts import COMPARTMENTS, Asker, Care
from colloque.vault.statements import Said, take_bytes, take_id, take_number, take_text
from colloque.vault.ties import Ties, load_ties

MOST_OPENINGS = 25

ASKERS = """
SELECT a.n, p.kind, d.revoked_at IS NOT NULL,
       EXISTS (SELECT FROM frozen f WHERE f.scope = 'device' AND f.target = a.device)
       OR EXISTS (SELECT FROM frozen f WHERE f.scope = 'person' AND f.target = a.person), s.name
FROM unnest(%s::int[], %s::uuid[], %s::uuid[]) AS a (n, person, device)
JOIN device d ON d.id = a.device AND d.person = a.person
JOIN person p ON p.id = a.person
LEFT JOIN service s ON s.person = a.person"""

USED = """
SELECT person, coalesce(sum(cost) FILTER (WHERE at > %s), 0), coalesce(sum(cost) FILTER (WHERE at > %s), 0),
       coalesce(sum(cost) FILTER (WHERE at > %s), 0), coalesce(sum(cost), 0)
FROM spent WHERE person = ANY(%s::uuid[]) AND at > %s GROUP BY person"""


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


async def load_askers(tx: Transaction, saids: Sequence[Said]) -> list[Asker | None]:
    rows = await tx.all(ASKERS, list(range(len(saids))), [s.person for s in saids], [s.device for s in saids])
    found = {n: Asker(kind, revoked, frozen, service) for n, kind, revoked, frozen, service in rows}
    return [found.get(n) for n in range(len(saids))]


class Purse:
    """The budgets of everyone in the batch, held still by the lock on the head."""

    def __init__(self, now: datetime, capacities: Mapping[str, budget.Capacity]) -> None:
        self.now, self.capacities = now, capacities
        self.used: dict[str, tuple[int, int, int, int]] = {}
        self.opened: dict[tuple[str, str], budget.Opened] = {}
        self.changed: dict[tuple[str, str], budget.Opened] = {}

    async def load(self, tx: Transaction, pairs: set[tuple[str, str]]) -> None:
        starts = [self.now - length for length in budget.WINDOWS.values()]
        people = sorted({person for person, _ in pairs})
        for person, minute, hour, day, month in await tx.all(USED, *starts[:3], people, starts[3]):
            self.used[person] = (minute, hour, day, month)
        ordered = sorted(pairs)
        for person, record, cost, at in await tx.all(
            "SELECT s.person, s.record, s.cost, s.at FROM spent s "
            "JOIN unnest(%s::uuid[], %s::uuid[]) AS a (person, record) USING (person, record)",
            [p for p, _ in ordered], [r for _, r in ordered],
        ):  # fmt: skip
            self.opened[person, record] = budget.Opened(at, cost)

    def spend(self, person: str, care: Care, asker: Asker, cost: int) -> budget.Refused | None:
        key = (person, care.record)
        state = budget.State(
            self.used.get(person, (0, 0, 0, 0)), self.capacities[_role(care, asker)], self.opened.get(key)
        )
        decision = budget.decide(state, cost=cost, now=self.now)
        if isinstance(decision, budget.Refused):
            return decision
        self.used[person] = decision.used
        self.opened[key] = self.changed[key] = decision.spent
        return None

    async def retry_at(self, tx: Transaction, person: str, refused: budget.Refused) -> datetime:
        start = self.now - budget.WINDOWS[refused.window]
        rows = {
            record: budget.Opened(at, cost)
            for record, cost, at in await tx.all(
                "SELECT record, cost, at FROM spent WHERE person = %s AND at > %s", person, start
            )
        }
        rows |= {record: opened for (who, record), opened in self.changed.items() if who == person}
        openings = sorted(rows.values(), key=lambda o: o.at)
        return budget.when_room(openings, refused, now=self.now)

    async def save(self, tx: Transaction) -> None:
        if self.changed:
            await tx.run(
                "INSERT INTO spent (person, record, cost, at) "
                "SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::int[], %s::timestamptz[]) "
                "ON CONFLICT (person, record) DO UPDATE SET cost = excluded.cost, at = excluded.at",
                [p for p, _ in self.changed], [r for _, r in self.changed],
                [o.cost for o in self.changed.values()], [o.at for o in self.changed.values()],
            )  # fmt: skip


async def decide_all(tx: Transaction, saids: Sequence[Said]) -> list[Outcome]:
    """Decide every opening of these releases, and write one line for each."""
    wanted = [read_wanted(said) for said in saids]
    pairs = {(said.person, w.record) for said, some in zip(saids, wanted, strict=True) for w in some}
    askers = await load_askers(tx, saids)
    services = {said.person: asker.service for said, asker in zip(saids, askers, strict=True) if asker}
    ties = await load_ties(tx, pairs, services)
    purse = Purse(tx.now, tx.vault.settings.budgets)
    await purse.load(tx, pairs)
    outcomes = []
    for said, some, asker in zip(saids, wanted, askers, strict=True):
        outcome = Outcome()
        for w in some:
            await _decide_one(tx, said, w, asker, ties, purse, outcome)
        outcome.error = _error_when_all_refused(outcome.openings)
        outcomes.append(outcome)
    await purse.save(tx)
    return outcomes


async def _decide_one(  # noqa: PLR0917
    tx: Transaction,
    said: Said,
    w: Wanted,
    asker: Asker | None,
    ties: Ties,
    purse: Purse,
    outcome: Outcome,
) -> None:
    why, error = "none", refusal_of_asker(asker)
    care, replaced = ties.of(said.person, w.record)
    if asker and error is None:
        why, error = _find_relation(said, w, care, replaced, tx.now)
    if asker and care and error is None and budget.COSTS[why]:
        refused = purse.spend(said.person, care, asker, budget.COSTS[why])
        if refused:
            error = BudgetExhausted(retry_at=await purse.retry_at(tx, said.person, refused))
    line = tx.line(
        said,
        "refusal" if error else "release",
        record=w.record,
        practice=care.practice if care else None,
        subject=care.subject if care else None,
        compartment=w.compartment,
        epoch=w.epoch,
        relation=why,
        purpose=said.body["purpose"],
        outcome=error.word if error else "allowed",
    )
    outcome.lines.append(line)
    outcome.openings.append(Opening(w, error, care.secret if care and not error else b""))


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
    if care.is_practice_frozen and why != "own":
        return why, Frozen()
    return why, None


def _role(care: Care, asker: Asker) -> str:
    if asker.service:
        return "service"
    return next((r for r in ("practitioner", "manager", "secretary") if r in care.roles), "patient")


def _error_when_all_refused(openings: Sequence[Opening]) -> ColloqueError | None:
    return openings[0].error if all(o.error for o in openings) else None


async def openings_again(tx: Transaction, lines: Sequence[Any]) -> Outcome:
    """Read a release's openings back from its lines, for a retry."""
    allowed = [w.fields["record"] for w in lines if w.fields["outcome"] == "allowed"]
    secrets = dict(await tx.all("SELECT id, secret FROM record WHERE id = ANY(%s::uuid[])", allowed))
    outcome = Outcome(lines=list(lines))
    for line in lines:
        f = line.fields
        error = None if f["outcome"] == "allowed" else BY_WORD[f["outcome"]]()
        w = Wanted(f["record"], f["compartment"], f["epoch"])
        outcome.openings.append(Opening(w, error, b"" if error else secrets[f["record"]]))
    outcome.error = _error_when_all_refused(outcome.openings)
    return outcome
