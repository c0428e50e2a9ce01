"""Grants: a record for the new account of who lost every way in; later, and not against the old key."""

from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Conflict, NotAllowed, NotFound, TooSoon
from colloque.vault.practices import check_role
from colloque.vault.statements import Said, take_id, take_time


async def grant_record(tx: Transaction, said: Said) -> Outcome:
    """Make a person a further subject of a record, later: long enough for the old channels to be told."""
    record, to = take_id(said.body, "record"), take_id(said.body, "to")
    not_before = take_time(said.body, "not_before")
    row = await tx.one("SELECT practice, subject FROM record WHERE id = %s", record)
    if row is None:
        raise NotFound
    await check_role(tx, row[0], said.person, "manager", "practitioner")
    person = await tx.one("SELECT kind FROM person WHERE id = %s", to)
    if person is None or person[0] != "patient":
        raise NotFound
    if not_before < tx.now + tx.vault.settings.grant_delay:
        raise TooSoon(retry_at=tx.now + tx.vault.settings.grant_delay)
    detail = {"not_before": said.body["not_before"]}
    line = tx.line(said, "grant", record=record, practice=row[0], subject=row[1], target=to, detail=detail)
    await tx.run(
        "INSERT INTO granted VALUES (%s, %s, %s) ON CONFLICT (record, person) "
        "DO UPDATE SET not_before = greatest(granted.not_before, excluded.not_before)",
        record, to, not_before,
    )  # fmt: skip
    return Outcome([line])


async def cancel_grant(tx: Transaction, said: Said) -> Outcome:
    """The old key is not lost: whoever asked is someone else. Any device of the subject says so, until it is in force."""
    record, to = take_id(said.body, "record"), take_id(said.body, "to")
    row = await tx.one("SELECT practice, subject FROM record WHERE id = %s", record)
    if row is None:
        raise NotFound
    if row[1] != said.person:
        raise NotAllowed
    granted = await tx.one("SELECT not_before FROM granted WHERE record = %s AND person = %s", record, to)
    if granted is None:
        raise NotFound
    if granted[0] <= tx.now:
        raise Conflict
    line = tx.line(said, "grant-cancelled", record=record, practice=row[0], subject=row[1], target=to)
    await tx.run("DELETE FROM granted WHERE record = %s AND person = %s", record, to)
    return Outcome([line])
