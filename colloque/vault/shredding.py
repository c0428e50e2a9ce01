"""A record erased for good: its secret S is destroyed, and with it every copy of what was sealed, backups included.

Her wish, the practice's decision with a reason, a delay in which either takes it back, and only then the end
(docs/spec/key-release.md, "Erasing a record"). Lines stay, and keep their proofs.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from colloque.vault.agreement import check_two, load_signers, second_of
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import (
    Conflict,
    Erased,
    Frozen,
    Malformed,
    NotAllowed,
    NotFound,
    RecordKept,
    TooSoon,
)
from colloque.vault.persons import service_of
from colloque.vault.practices import check_role, roles_of
from colloque.vault.relation import DAY
from colloque.vault.statements import Said, take_id, take_not_before, take_word

STEPS = frozenset({"ask", "carry-out"})
# Why a practice erases: she asked; the time that the law keeps it is over; it was made by mistake; a court said so.
REASONS = frozenset({"asked", "retention", "mistake", "court"})
# Why a practice does not, or no longer.
KEEPS = frozenset({"kept-by-law", "care-goes-on", "mistake"})
# What takes a second member: nothing that the vault knows speaks for it.
TAKES_TWO = frozenset({"mistake", "court"})
UNSHOWN = "unshown"

RECORD = """
SELECT r.kind, r.subject, r.practice, r.erased_at IS NOT NULL,
       r.subject = %s OR EXISTS (SELECT FROM granted g WHERE g.record = r.id AND g.person = %s AND g.not_before <= %s),
       coalesce(bool_or(k.state IN ('waiting', 'open') OR (k.state = 'booked' AND k.ends_at > %s)), false),
       coalesce(bool_and(k.state = 'new'), true),
       greatest(r.made_at, max(k.closed_at), max(k.written_at)), e.wished_at, e.not_before, e.reason
FROM record r LEFT JOIN consultation k ON k.record = r.id OR k.file = r.id LEFT JOIN erasing e ON e.record = r.id
WHERE r.id = %s GROUP BY r.id, e.record"""


@dataclass(frozen=True)
class Erasable:
    """A record as far as erasing it goes."""

    record: str
    kind: str
    subject: str
    practice: str
    is_erased: bool
    is_own: bool
    is_under_way: bool
    # No practice has ever been asked: a draft is hers alone.
    is_unshown: bool
    touched_at: datetime
    wished_at: datetime | None
    not_before: datetime | None
    reason: str | None


async def erase_record(tx: Transaction, said: Said) -> Outcome:
    found, step = await _load(tx, said), take_word(said.body, "step", STEPS)
    if found.is_erased:
        raise Erased
    if found.is_under_way:
        raise Conflict
    if step == "carry-out":
        return await _carry_out(tx, said, found)
    return await (_wish(tx, said, found) if found.is_own else _decide(tx, said, found))


async def withdraw_erasure(tx: Transaction, said: Said) -> Outcome:
    """Only keeps: she, or any manager or practitioner, until it is carried out. Who refuses her wish says why."""
    found = await _load(tx, said)
    if found.is_erased:
        raise Erased
    if found.wished_at is None and found.not_before is None:
        raise NotFound
    detail = {"by": "subject"}
    if not found.is_own:
        if (await roles_of(tx, found.practice, said.person)).isdisjoint({"manager", "practitioner"}):
            raise NotAllowed
        detail = {"by": "practice", "reason": take_word(said.body, "reason", KEEPS)}
    line = _line(tx, said, "erase-withdrawn", found, detail)
    await tx.run("DELETE FROM erasing WHERE record = %s", found.record)
    return Outcome([line])


async def _wish(tx: Transaction, said: Said, found: Erasable) -> Outcome:
    """She asks: what was never shown to a practice is hers to end, everything else waits for the practice's decision."""
    detail = {"by": "subject"}
    not_before = reason = None
    if found.is_unshown:
        not_before, reason = _in_time(tx, said), UNSHOWN
        detail |= {"reason": reason, "not_before": said.body["not_before"]}
    line = _line(tx, said, "erase-asked", found, detail)
    await tx.run(
        "INSERT INTO erasing VALUES (%s, %s, %s, %s) ON CONFLICT (record) DO UPDATE SET "
        "wished_at = coalesce(erasing.wished_at, excluded.wished_at)",
        found.record, tx.now, reason, not_before,
    )  # fmt: skip
    return Outcome([line])


async def _decide(tx: Transaction, said: Said, found: Erasable) -> Outcome:
    reason, not_before = take_word(said.body, "reason", REASONS), _in_time(tx, said)
    await check_role(tx, found.practice, said.person, "manager")
    if reason == "asked" and found.wished_at is None:
        raise NotFound
    if reason == "retention" and found.touched_at > tx.now - tx.vault.settings.records_kept:
        raise RecordKept
    signers = await load_signers(tx, said)
    if reason in TAKES_TWO:
        check_two(signers)
        await check_role(tx, found.practice, second_of(signers) or "", "manager", "practitioner")
    detail: dict[str, Any] = {"by": "practice", "reason": reason, "not_before": said.body["not_before"]}
    line = _line(tx, said, "erase-asked", found, detail | _agreed(second_of(signers)))
    await tx.run(
        "INSERT INTO erasing VALUES (%s, NULL, %s, %s) ON CONFLICT (record) DO UPDATE SET reason = excluded.reason, "
        "not_before = greatest(erasing.not_before, excluded.not_before)",
        found.record, reason, not_before,
    )  # fmt: skip
    return Outcome([line])


async def _carry_out(tx: Transaction, said: Said, found: Erasable) -> Outcome:
    """Destroy S once the time has come. The web's worker may say so too: who decided has signed already."""
    is_web = await service_of(tx, said.person) == "web"
    if not (is_web or found.is_own):
        await check_role(tx, found.practice, said.person, "manager", "practitioner")
    if found.not_before is None:
        raise NotFound
    if tx.now < found.not_before:
        raise TooSoon(retry_at=found.not_before)
    if await tx.one(
        "SELECT 1 FROM frozen WHERE scope IN ('practice', 'history') AND target = %s", found.practice
    ):
        raise Frozen
    line = _line(tx, said, "record-erased", found, {"reason": found.reason or ""})
    # What was wrapped is overwritten here; in pages and logs of this database it stays until they are written over, and
    # in its backups: there it opens until the data key that wrapped it is rotated away (docs/operate/erasing.md).
    await tx.run("UPDATE record SET secret = '', erased_at = %s WHERE id = %s", tx.now, found.record)
    await tx.run("DELETE FROM erasing WHERE record = %s", found.record)
    return Outcome([line])


async def _load(tx: Transaction, said: Said) -> Erasable:
    record = take_id(said.body, "record")
    row = await tx.one(RECORD, said.person, said.person, tx.now, tx.now - DAY, record)
    if row is None:
        raise NotFound
    if row[0] == "person":  # an account's address: it ends with the account
        raise NotAllowed
    return Erasable(record, *row)


def _in_time(tx: Transaction, said: Said) -> datetime:
    least = tx.now + tx.vault.settings.erase_delay
    not_before = take_not_before(said.body, least)
    if not_before > least + tx.vault.settings.records_kept:
        raise Malformed("not_before")
    return not_before


def _line(tx: Transaction, said: Said, kind: str, found: Erasable, detail: dict[str, Any]) -> Any:
    return tx.line(
        said,
        kind,
        by_patient=found.is_own,
        record=found.record,
        practice=found.practice,
        subject=found.subject,
        detail=detail,
    )


def _agreed(second: str | None) -> dict[str, str]:
    return {"agreed": second} if second else {}
