"""Records, and the consultation's life as far as it decides who may open what."""

import secrets
from dataclasses import dataclass

from colloque.vault import turn
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Conflict, Exists, Frozen, Malformed, NotAllowed, NotFound, TooSoon
from colloque.vault.practices import check_role, roles_of
from colloque.vault.statements import Said, take_id, take_optional_id, take_time, take_word

KINDS = frozenset({"person", "file", "consultation"})


@dataclass(frozen=True)
class Visit:
    """A consultation as it stands."""

    record: str
    subject: str
    practice: str
    state: str
    practitioner: str | None
    assigned: str | None


async def create_record(tx: Transaction, said: Said) -> Outcome:
    """Make S for a new record."""
    record, kind = take_id(said.body, "record"), take_word(said.body, "kind", KINDS)
    subject, practice = take_id(said.body, "subject"), take_optional_id(said.body, "practice")
    file = take_optional_id(said.body, "file")
    _check_recipients(said)
    if (practice is None) != (kind == "person") or (file is None) != (kind != "consultation"):
        raise Malformed("practice or file")
    if subject != said.person and (
        practice is None or "practitioner" not in await roles_of(tx, practice, said.person)
    ):
        raise NotAllowed
    await _check_known(tx, subject, practice, file)
    if await tx.one("SELECT 1 FROM record WHERE id = %s", record):
        raise Exists
    detail = {"kind": kind} | ({"file": file} if file else {})
    line = tx.line(said, "record-created", record=record, practice=practice, subject=subject, detail=detail)
    wrapped = tx.vault.kek.wrap(secrets.token_bytes(32), turn.secret_context(record))
    await tx.run(
        "INSERT INTO record (id, kind, subject, practice, secret, seq) VALUES (%s, %s, %s, %s, %s, %s)",
        record, kind, subject, practice, wrapped, line.seq,
    )  # fmt: skip
    if file:
        await tx.run(
            "INSERT INTO consultation (record, file, practice, state) VALUES (%s, %s, %s, 'new')",
            record, file, practice,
        )  # fmt: skip
    return Outcome([line])


async def request_consultation(tx: Transaction, said: Said) -> Outcome:
    visit = await _visit(tx, said)
    practitioner = take_optional_id(said.body, "practitioner")
    if visit.subject != said.person:
        raise NotAllowed
    if visit.practice != take_id(said.body, "practice"):
        raise Conflict
    if await tx.one("SELECT 1 FROM frozen WHERE scope = 'practice' AND target = %s", visit.practice):
        raise Frozen
    await _check_practitioner(tx, visit, practitioner)
    if visit.state not in ("new", "refused", "cancelled"):
        raise Conflict
    return await _move(tx, said, visit, "consultation-requested", "waiting", practitioner=practitioner)


async def take_consultation(tx: Transaction, said: Said) -> Outcome:
    visit = await _visit(tx, said)
    await _check_could_take(tx, said, visit)
    outcome = await _move(tx, said, visit, "consultation-taken", "open", assigned=said.person)
    await tx.run("INSERT INTO taken VALUES (%s, %s) ON CONFLICT DO NOTHING", visit.record, said.person)
    return outcome


async def transfer_consultation(tx: Transaction, said: Said) -> Outcome:
    visit, to = await _visit(tx, said), take_optional_id(said.body, "to")
    await _check_assigned(tx, said, visit)
    await _check_practitioner(tx, visit, to)
    return await _move(tx, said, visit, "consultation-transferred", "waiting", practitioner=to)


async def refuse_consultation(tx: Transaction, said: Said) -> Outcome:
    visit = await _visit(tx, said)
    await _check_could_take(tx, said, visit)
    return await _move(tx, said, visit, "consultation-refused", "refused")


async def close_consultation(tx: Transaction, said: Said) -> Outcome:
    visit = await _visit(tx, said)
    await _check_assigned(tx, said, visit)
    outcome = await _move(tx, said, visit, "consultation-closed", "closed", assigned=said.person)
    await tx.run("UPDATE consultation SET closed_at = %s WHERE record = %s", tx.now, visit.record)
    return outcome


async def cancel_consultation(tx: Transaction, said: Said) -> Outcome:
    visit = await _visit(tx, said)
    if visit.subject != said.person:
        raise NotAllowed
    if visit.state != "waiting":
        raise Conflict
    return await _move(tx, said, visit, "consultation-cancelled", "cancelled")


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


async def _visit(tx: Transaction, said: Said) -> Visit:
    row = await tx.one(
        "SELECT c.record, r.subject, c.practice, c.state, c.practitioner, c.assigned "
        "FROM consultation c JOIN record r ON r.id = c.record WHERE c.record = %s",
        take_id(said.body, "record"),
    )
    if row is None:
        raise NotFound
    return Visit(*row)


async def _move(
    tx: Transaction,
    said: Said,
    visit: Visit,
    kind: str,
    state: str,
    *,
    practitioner: str | None = None,
    assigned: str | None = None,
) -> Outcome:
    line = tx.line(
        said, kind, record=visit.record, practice=visit.practice, subject=visit.subject, target=practitioner
    )
    await tx.run(
        "UPDATE consultation SET state = %s, practitioner = %s, assigned = %s WHERE record = %s",
        state, practitioner, assigned, visit.record,
    )  # fmt: skip
    return Outcome([line])


async def _check_could_take(tx: Transaction, said: Said, visit: Visit) -> None:
    await check_role(tx, visit.practice, said.person, "practitioner")
    if visit.state != "waiting":
        raise Conflict
    if visit.practitioner not in (None, said.person):
        raise NotAllowed


async def _check_assigned(tx: Transaction, said: Said, visit: Visit) -> None:
    await check_role(tx, visit.practice, said.person, "practitioner")
    if visit.state != "open":
        raise Conflict
    if visit.assigned != said.person:
        raise NotAllowed


async def _check_practitioner(tx: Transaction, visit: Visit, person: str | None) -> None:
    if person is not None and "practitioner" not in await roles_of(tx, visit.practice, person):
        raise NotFound


async def _check_known(tx: Transaction, subject: str, practice: str | None, file: str | None) -> None:
    if not await tx.one("SELECT 1 FROM person WHERE id = %s", subject):
        raise NotFound
    if practice and not await tx.one("SELECT 1 FROM practice WHERE id = %s", practice):
        raise NotFound
    if file and not await tx.one(
        "SELECT 1 FROM record WHERE id = %s AND kind = 'file' AND subject = %s AND practice = %s",
        file, subject, practice,
    ):  # fmt: skip
        raise NotFound


def _check_recipients(said: Said) -> None:
    listed = said.body.get("recipients")
    if not isinstance(listed, list) or len(listed) > 10 or not all(isinstance(r, dict) for r in listed):
        raise Malformed("recipients")
    for recipient in listed:
        take_id(recipient, "id")
        if not isinstance(recipient.get("key_id"), str):
            raise Malformed("recipients")
