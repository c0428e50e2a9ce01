"""A practice that ends hands its records to a successor (docs/adr/0021-custody.md): two managers say so, everybody is told,
each patient may keep hers out of it, and after a delay the records are the successor's.

The vault moves what it decides by, the record's practice. The care keys stay sealed to the former practice until browsers
that can open one, of its members or the patient's own, seal it anew to the successor. The practice's seed is never handed
over.
"""

from datetime import datetime

from colloque.vault.agreement import check_two, load_signers, second_of
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Conflict, Erased, Frozen, Malformed, NotAllowed, NotFound, TooSoon
from colloque.vault.persons import service_of
from colloque.vault.practices import check_role, roles_of
from colloque.vault.statements import Said, take_id, take_not_before, take_word

STEPS = frozenset({"ask", "carry-out"})
# Files moved by one statement, each with its consultations; said again for the rest. A batch holds the log meanwhile.
MOST_FILES = 100

DUE = """
SELECT f.id FROM record f WHERE f.practice = %s AND f.kind = 'file' AND f.erased_at IS NULL
AND NOT EXISTS (SELECT FROM custody_refused x WHERE x.file = f.id)
AND NOT EXISTS (SELECT FROM consultation k WHERE k.file = f.id AND k.state IN ('waiting', 'open'))
ORDER BY f.seq LIMIT %s"""
RECORDS = """
SELECT r.id, r.kind, r.subject FROM record r LEFT JOIN consultation k ON k.record = r.id
WHERE r.erased_at IS NULL AND (r.id = ANY(%s::uuid[]) OR k.file = ANY(%s::uuid[])) ORDER BY r.seq"""


async def hand_over(tx: Transaction, said: Said) -> Outcome:
    practice = take_id(said.body, "practice")
    if take_word(said.body, "step", STEPS) == "carry-out":
        return await _carry_out(tx, said, practice)
    return await _ask(tx, said, practice, take_id(said.body, "to"))


async def cancel_custody(tx: Transaction, said: Said) -> Outcome:
    """Only denies: a manager or practitioner of the practice, or a manager of the successor. What was moved stays moved."""
    practice = take_id(said.body, "practice")
    asked = await _asked(tx, practice)
    of_practice = not (await roles_of(tx, practice, said.person)).isdisjoint({"manager", "practitioner"})
    if not of_practice and "manager" not in await roles_of(tx, asked[0], said.person):
        raise NotAllowed
    line = tx.line(said, "custody-cancelled", practice=practice, detail={"to": asked[0]})
    await tx.run("DELETE FROM custody WHERE practice = %s", practice)
    return Outcome([line])


async def refuse_custody(tx: Transaction, said: Said) -> Outcome:
    """Her word about her own file: it stays where it is, with its consultations. Said before it is moved."""
    file = take_id(said.body, "record")
    row = await tx.one(
        "SELECT subject, practice, kind, erased_at IS NOT NULL FROM record WHERE id = %s", file
    )
    if row is None or row[2] != "file":
        raise NotFound
    subject, practice, _, erased = row
    if subject != said.person:
        raise NotAllowed
    if erased:
        raise Erased
    await _asked(tx, practice)
    line = tx.line(said, "custody-refused", record=file, practice=practice, subject=subject)
    await tx.run("INSERT INTO custody_refused VALUES (%s) ON CONFLICT DO NOTHING", file)
    return Outcome([line])


async def _ask(tx: Transaction, said: Said, practice: str, to: str) -> Outcome:
    """A manager of the practice and one of the successor, two people: neither gives, nor takes, alone."""
    if practice == to:
        raise Malformed("to")
    not_before = take_not_before(said.body, tx.now + tx.vault.settings.custody_delay)
    signers = await load_signers(tx, said)
    check_two(signers)
    await check_role(tx, practice, said.person, "manager")
    await check_role(tx, to, second_of(signers) or "", "manager")
    held = await tx.one("SELECT successor FROM custody WHERE practice = %s", practice)
    if held and held[0] != to:
        raise Conflict
    # What is handed on while it is being received would move twice: the chain is walked one link at a time.
    if await tx.one("SELECT 1 FROM custody WHERE practice = %s OR successor = %s", to, practice):
        raise Conflict
    detail = {"to": to, "not_before": said.body["not_before"], "agreed": second_of(signers) or ""}
    line = tx.line(said, "custody-asked", practice=practice, detail=detail)
    await tx.run(
        "INSERT INTO custody VALUES (%s, %s, %s) ON CONFLICT (practice) "
        "DO UPDATE SET not_before = greatest(custody.not_before, excluded.not_before)",
        practice, to, not_before,
    )  # fmt: skip
    return Outcome([line])


async def _carry_out(tx: Transaction, said: Said, practice: str) -> Outcome:
    """Move what is due, a line for each record. The web's worker may say so too: who decided has signed already.

    What waits or is open stays until it has ended, and moves when this is said again; with nothing due it leaves no line.
    """
    to, not_before = await _asked(tx, practice)
    if await service_of(tx, said.person) != "web":
        mine = await roles_of(tx, practice, said.person) | await roles_of(tx, to, said.person)
        if "manager" not in mine:
            raise NotAllowed
    if tx.now < not_before:
        raise TooSoon(retry_at=not_before)
    if await tx.one(
        "SELECT 1 FROM frozen WHERE scope IN ('practice', 'history') AND target = ANY(%s::uuid[])",
        [practice, to],
    ):
        raise Frozen
    files = [file for (file,) in await tx.all(DUE, practice, MOST_FILES)]
    records = await tx.all(RECORDS, files, files)
    lines = [
        tx.line(
            said,
            "custody-moved",
            record=record,
            practice=to,
            subject=subject,
            detail={"from": practice, "kind": kind},
        )
        for record, kind, subject in records
    ]
    moved = [record for record, _, _ in records]
    await tx.run("UPDATE record SET practice = %s WHERE id = ANY(%s::uuid[])", to, moved)
    # An appointment with someone of the former practice is nobody's any more: she takes another one.
    await tx.run(
        "UPDATE consultation SET practice = %s, state = CASE state WHEN 'booked' THEN 'cancelled' ELSE state END "
        "WHERE record = ANY(%s::uuid[])",
        to, moved,
    )  # fmt: skip
    return Outcome(lines)


async def _asked(tx: Transaction, practice: str) -> tuple[str, datetime]:
    row = await tx.one("SELECT successor, not_before FROM custody WHERE practice = %s", practice)
    if row is None:
        raise NotFound
    return row[0], row[1]
