"""A practice's archive: its sheet opens its records with neither members nor a service, later, and in lines.

Only beside the database, never over HTTP: whoever does it holds this database and its keys' keeper already. The sheet signs
alone; the practice is named as the author, for nobody else is there (docs/spec/key-release.md, "The archive").
"""

from typing import Any

from colloque.kernel.clock import to_wire
from colloque.kernel.errors import ColloqueError
from colloque.ledger.append import Cursor
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import (
    Erased,
    Malformed,
    NoRelation,
    NotAllowed,
    NotFound,
    TooSoon,
    UnknownCompartment,
)
from colloque.vault.facts import COMPARTMENTS
from colloque.vault.openings import Opening, Wanted, error_when_all_refused, read_wanted
from colloque.vault.practices import roles_of
from colloque.vault.reopening import check_sheet_of
from colloque.vault.statements import Said, take_id, take_not_before, take_word

# Who may end it, and so may know of it.
MAY_END = frozenset({"manager", "practitioner"})


async def ask_archive(tx: Transaction, said: Said) -> Outcome:
    practice = await _check(tx, said)
    take_word(said.body, "step", frozenset({"ask"}))
    not_before = take_not_before(said.body, tx.now + tx.vault.settings.archive_delay)
    detail = {"not_before": said.body["not_before"]}
    line = tx.line(said, "archive-asked", practice=practice, detail=detail)
    await tx.run(
        "INSERT INTO archive_opening (practice, not_before, asked_at) VALUES (%s, %s, %s) ON CONFLICT (practice) "
        "DO UPDATE SET not_before = greatest(archive_opening.not_before, excluded.not_before)",
        practice, not_before, tx.now,
    )  # fmt: skip
    return Outcome([line])


async def cancel_archive(tx: Transaction, said: Said) -> Outcome:
    """Somebody is still there. Only denies: also once it is in force, also while the practice is frozen."""
    practice = take_id(said.body, "practice")
    if (await roles_of(tx, practice, said.person)).isdisjoint(MAY_END):
        raise NotAllowed
    if not await tx.one("SELECT 1 FROM archive_opening WHERE practice = %s", practice):
        raise NotFound
    line = tx.line(said, "archive-cancelled", practice=practice)
    await tx.run("DELETE FROM archive_opening WHERE practice = %s", practice)
    return Outcome([line])


async def waiting(cursor: Cursor, said: Said) -> dict[str, Any]:
    """Answer who may end it: `{"archive": {"asked_at"?, "not_before"}}`, or null where nobody asked."""
    await cursor.execute(
        "SELECT m.roles, a.asked_at, a.not_before FROM membership m LEFT JOIN archive_opening a USING (practice) "
        "WHERE m.practice = %s AND m.person = %s AND m.ended_at IS NULL",
        (take_id(said.body, "practice"), said.person),
    )
    row = await cursor.fetchone()
    if row is None or MAY_END.isdisjoint(row[0]):
        raise NotAllowed
    _, asked_at, not_before = row
    if not_before is None:
        return {"archive": None}
    asked = {} if asked_at is None else {"asked_at": to_wire(asked_at)}
    return {"archive": {**asked, "not_before": to_wire(not_before)}}


async def open_by_archive(tx: Transaction, said: Said) -> Outcome:
    """Decide a release that a sheet alone signed: lines as of any release, no budget, only records of the practice."""
    practice = await _check(tx, said)
    asked = await tx.one("SELECT not_before FROM archive_opening WHERE practice = %s", practice)
    if asked is None:
        raise NotFound
    if tx.now < asked[0]:
        raise TooSoon(retry_at=asked[0])
    outcome = Outcome()
    for wanted in read_wanted(said):
        outcome.openings.append(await _open(tx, said, practice, wanted, outcome))
    outcome.error = error_when_all_refused(outcome.openings)
    return outcome


async def _open(tx: Transaction, said: Said, practice: str, wanted: Wanted, outcome: Outcome) -> Opening:
    row = await tx.one(
        "SELECT kind, subject, epoch, secret FROM record WHERE id = %s AND practice = %s",
        wanted.record, practice,
    )  # fmt: skip
    error: ColloqueError | None = None
    if row is None:
        error = NoRelation()
    elif wanted.compartment not in COMPARTMENTS[row[0]] or wanted.epoch > row[2]:
        error = UnknownCompartment()
    elif not row[3]:
        error = Erased()
    line = tx.line(
        said, "refusal" if error else "release",
        record=wanted.record, practice=practice, subject=row[1] if row else None,
        compartment=wanted.compartment, epoch=wanted.epoch, relation="archive", purpose="archive",
        outcome=error.word if error else "allowed",
    )  # fmt: skip
    outcome.lines.append(line)
    return Opening(wanted, error, b"" if error or row is None else row[3])


async def _check(tx: Transaction, said: Said) -> str:
    practice = take_id(said.body, "practice")
    if said.person != practice:
        raise Malformed("person")
    await check_sheet_of(tx, said, practice)
    return practice
