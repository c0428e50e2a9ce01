"""A practice whose managers have lost every way in: who holds its recovery sheet becomes its manager, later.

The sheet signs beside the person's device. Asking leaves a line and starts the delay; any manager or practitioner who is
still there says no with one click; asked again once the time has come, the same two signatures let in.
"""

from colloque.kernel.encoding import key_id
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import BadSignature, Frozen, NotAllowed, NotFound, TooSoon
from colloque.vault.officers import has_office
from colloque.vault.practices import check_role, newest_sheet, roles_of
from colloque.vault.statements import Said, check_sheet, take_id, take_not_before, take_word

STEPS = frozenset({"ask", "enter"})


async def reopen_practice(tx: Transaction, said: Said) -> Outcome:
    practice, step = take_id(said.body, "practice"), take_word(said.body, "step", STEPS)
    await check_sheet_of(tx, said, practice)
    author = await tx.one("SELECT kind, kem_key FROM person WHERE id = %s", said.person)
    if author is None or author[0] != "professional" or await has_office(tx, said.person):
        raise NotAllowed
    asked = await tx.one(
        "SELECT not_before FROM reopening WHERE practice = %s AND person = %s", practice, said.person
    )
    if step == "ask":
        return await _ask(tx, said, practice)
    if asked and tx.now < asked[0]:
        raise TooSoon(retry_at=asked[0])
    # Who is in already has lost the answer: then there is one line more, and nothing else.
    if asked is None and "manager" not in await roles_of(tx, practice, said.person):
        raise NotFound
    return await _enter(tx, said, practice, key_id(author[1]))


async def cancel_reopening(tx: Transaction, said: Said) -> Outcome:
    """Only denies: no sheet is asked for, and nobody waits."""
    practice, person = take_id(said.body, "practice"), take_id(said.body, "target")
    if person != said.person:
        await check_role(tx, practice, said.person, "manager", "practitioner")
    if not await tx.one("SELECT 1 FROM reopening WHERE practice = %s AND person = %s", practice, person):
        raise NotFound
    line = tx.line(said, "reopening-cancelled", practice=practice, target=person)
    await tx.run("DELETE FROM reopening WHERE practice = %s AND person = %s", practice, person)
    return Outcome([line])


async def _ask(tx: Transaction, said: Said, practice: str) -> Outcome:
    not_before = take_not_before(said.body, tx.now + tx.vault.settings.grant_delay)
    detail = {"not_before": said.body["not_before"]}
    line = tx.line(said, "reopening-asked", practice=practice, target=said.person, detail=detail)
    await tx.run(
        "INSERT INTO reopening VALUES (%s, %s, %s) ON CONFLICT (practice, person) "
        "DO UPDATE SET not_before = greatest(reopening.not_before, excluded.not_before)",
        practice, said.person, not_before,
    )  # fmt: skip
    return Outcome([line])


async def _enter(tx: Transaction, said: Said, practice: str, kem_key_id: str) -> Outcome:
    detail = {"roles": "manager", "kem_key_id": kem_key_id}
    line = tx.line(said, "practice-reopened", practice=practice, target=said.person, detail=detail)
    await tx.run(
        "INSERT INTO membership VALUES (%s, %s, %s, %s) ON CONFLICT (practice, person) "
        "DO UPDATE SET roles = ARRAY(SELECT DISTINCT unnest(membership.roles || excluded.roles)), "
        "seq = excluded.seq, ended_at = NULL",
        practice, said.person, ["manager"], line.seq,
    )  # fmt: skip
    await tx.run("DELETE FROM reopening WHERE practice = %s AND person = %s", practice, said.person)
    return Outcome([line])


async def check_sheet_of(tx: Transaction, said: Said, practice: str) -> None:
    """The newest sheet, and no other: one that was replaced is paper."""
    sheet = await newest_sheet(tx, practice)
    if sheet is None:
        raise BadSignature
    check_sheet(said, sheet.signing_key)
    if await tx.one("SELECT 1 FROM frozen WHERE scope = 'practice' AND target = %s", practice):
        raise Frozen
