"""Officers: persons without a role in any practice, two of whom lift what is frozen. The operator says who they are."""

from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Conflict, NotFound
from colloque.vault.persons import check_service
from colloque.vault.statements import Said, take_id, take_word

ENDS = frozenset({"begin", "end"})


async def is_officer(tx: Transaction, person: str) -> bool:
    """Whether this person counts when a freeze is lifted: appointed, and not since a moment ago.

    The wait is for whoever holds the operator's key: two officers made to lift a freeze are seen in the ledger first.
    """
    row = await tx.one("SELECT since FROM officer WHERE person = %s AND ended_at IS NULL", person)
    return row is not None and tx.now >= row[0] + tx.vault.settings.office_delay


async def has_office(tx: Transaction, person: str) -> bool:
    return await tx.one("SELECT 1 FROM officer WHERE person = %s AND ended_at IS NULL", person) is not None


async def appoint(tx: Transaction, said: Said) -> Outcome:
    """Begin or end an office. Refused to whoever has a role in a practice: an officer must open nothing."""
    await check_service(tx, said, "operator")
    person, what = take_id(said.body, "target"), take_word(said.body, "what", ENDS)
    if not await tx.one("SELECT 1 FROM person WHERE id = %s", person):
        raise NotFound
    holds = await has_office(tx, person)
    if holds == (what == "begin"):
        raise Conflict
    if what == "end":
        line = tx.line(said, "officer-ended", target=person)
        await tx.run("UPDATE officer SET ended_at = %s WHERE person = %s", tx.now, person)
        return Outcome([line])
    if await tx.one("SELECT 1 FROM membership WHERE person = %s AND ended_at IS NULL", person):
        raise Conflict
    line = tx.line(said, "officer-appointed", target=person)
    await tx.run(
        "INSERT INTO officer (person, since) VALUES (%s, %s) "
        "ON CONFLICT (person) DO UPDATE SET since = excluded.since, ended_at = NULL",
        person, tx.now,
    )  # fmt: skip
    return Outcome([line])
