"""Records, and the consultation's life as far as it decides who may open what."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from colloque.vault import turn
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Conflict, Erased, Exists, Frozen, Malformed, NotAllowed, NotFound, TooSoon
from colloque.vault.practices import check_newest, check_role, roles_of
from colloque.vault.relation import DAY
from colloque.vault.rota import load_rota
from colloque.vault.statements import Said, take_id, take_optional_id, take_text, take_time, take_word

KINDS = frozenset({"person", "file", "consultation"})
LONGEST_APPOINTMENT = timedelta(hours=12)


@dataclass(frozen=True)
class Visit:
    """A consultation as it stands."""

    record: str
    subject: str
    practice: str
    state: str
    practitioner: str | None
    assigned: str | None
    starts_at: datetime | None
    ends_at: datetime | None

    def is_today(self, now: datetime) -> bool:
        return bool(self.starts_at and self.ends_at and self.starts_at - DAY < now < self.ends_at + DAY)


async def create_record(tx: Transaction, said: Said) -> Outcome:
    """Make S for a new record."""
    record, kind = take_id(said.body, "record"), take_word(said.body, "kind", KINDS)
    subject, practice = take_id(said.body, "subject"), take_optional_id(said.body, "practice")
    file = take_optional_id(said.body, "file")
    recipients = _take_recipients(said)
    if (practice is None) != (kind == "person") or (file is None) != (kind != "consultation"):
        raise Malformed("practice or file")
    if subject != said.person and (
        practice is None or "practitioner" not in await roles_of(tx, practice, said.person)
    ):
        raise NotAllowed
    await _check_known(tx, subject, practice, file)
    if practice and practice in recipients:
        await check_newest(tx, practice, recipients[practice])
    if await tx.one("SELECT 1 FROM record WHERE id = %s", record):
        raise Exists
    detail = {"kind": kind} | ({"file": file} if file else {})
    line = tx.line(said, "record-created", record=record, practice=practice, subject=subject, detail=detail)
    wrapped = tx.vault.kek.wrap(secrets.token_bytes(32), turn.secret_context(record))
    await tx.run(
        "INSERT INTO record (id, kind, subject, practice, secret, seq, made_at) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        record, kind, subject, practice, wrapped, line.seq, tx.now,
    )  # fmt: skip
    if file:
        await tx.run(
            "INSERT INTO consultation (record, file, practice, state) VALUES (%s, %s, %s, 'new')",
            record, file, practice,
        )  # fmt: skip
    return Outcome([line])


async def book_appointment(tx: Transaction, said: Said) -> Outcome:
    """Her device says when she comes, and to whom: that practitioner is expected to open it on the day."""
    visit, practitioner = await _visit(tx, said), take_id(said.body, "practitioner")
    starts_at, ends_at = take_time(said.body, "starts_at"), take_time(said.body, "ends_at")
    await _check_hers(tx, said, visit)
    await _check_practitioner(tx, visit, practitioner)
    if not (tx.now < ends_at and starts_at < ends_at <= starts_at + LONGEST_APPOINTMENT):
        raise Malformed("starts_at or ends_at")
    if visit.state not in ("new", "booked", "refused", "cancelled"):
        raise Conflict
    detail = {"starts_at": said.body["starts_at"], "ends_at": said.body["ends_at"]}
    outcome = await _move(tx, said, visit, "appointment", "booked", practitioner=practitioner, detail=detail)
    await tx.run(
        "UPDATE consultation SET starts_at = %s, ends_at = %s WHERE record = %s",
        starts_at, ends_at, visit.record,
    )  # fmt: skip
    return outcome


async def write_message(tx: Transaction, said: Said) -> Outcome:
    """Her device says that she wrote: who has or had the consultation is expected to read it."""
    visit = await _visit(tx, said)
    if visit.subject != said.person:
        raise NotAllowed
    if visit.state not in ("open", "closed"):
        raise Conflict
    line = tx.line(said, "message", record=visit.record, practice=visit.practice, subject=visit.subject)
    await tx.run("UPDATE consultation SET written_at = %s WHERE record = %s", tx.now, visit.record)
    return Outcome([line])


async def read_messages(tx: Transaction, said: Said) -> Outcome:
    """A clinician who took it has read: from here on they are linked, no longer expected."""
    visit = await _visit(tx, said)
    await check_role(tx, visit.practice, said.person, "practitioner")
    row = await tx.one(
        "SELECT 1 FROM taken t JOIN consultation c USING (record) WHERE t.record = %s AND c.written_at IS NOT NULL "
        "AND (t.person = %s OR t.person = ANY(%s::uuid[]))",
        visit.record, said.person, await _replaced_by(tx, visit.practice, said.person),
    )  # fmt: skip
    if row is None:
        raise NotAllowed
    line = tx.line(said, "messages-read", record=visit.record, practice=visit.practice, subject=visit.subject)
    await tx.run("UPDATE consultation SET read_at = written_at WHERE record = %s", visit.record)
    return Outcome([line])


async def request_consultation(tx: Transaction, said: Said) -> Outcome:
    visit = await _visit(tx, said)
    practitioner = take_optional_id(said.body, "practitioner")
    await _check_hers(tx, said, visit)
    await _check_practitioner(tx, visit, practitioner)
    if visit.state not in ("new", "booked", "refused", "cancelled"):
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
    """Her word, while it waits or is booked; an appointment also a member takes back: that only denies."""
    visit = await _visit(tx, said)
    of_practice = visit.state == "booked" and bool(await roles_of(tx, visit.practice, said.person))
    if visit.subject != said.person and not of_practice:
        raise NotAllowed
    if visit.state not in ("waiting", "booked"):
        raise Conflict
    return await _move(tx, said, visit, "consultation-cancelled", "cancelled")


async def _visit(tx: Transaction, said: Said) -> Visit:
    row = await tx.one(
        "SELECT c.record, r.subject, c.practice, c.state, c.practitioner, c.assigned, c.starts_at, c.ends_at, "
        "r.erased_at IS NOT NULL FROM consultation c JOIN record r ON r.id = c.record WHERE c.record = %s",
        take_id(said.body, "record"),
    )
    if row is None:
        raise NotFound
    if row[-1]:
        raise Erased
    return Visit(*row[:-1])


async def _move(
    tx: Transaction,
    said: Said,
    visit: Visit,
    kind: str,
    state: str,
    *,
    practitioner: str | None = None,
    assigned: str | None = None,
    detail: Mapping[str, str] | None = None,
) -> Outcome:
    line = tx.line(
        said, kind, record=visit.record, practice=visit.practice, subject=visit.subject, target=practitioner,
        detail=detail,
    )  # fmt: skip
    await tx.run(
        "UPDATE consultation SET state = %s, practitioner = %s, assigned = %s WHERE record = %s",
        state, practitioner, assigned, visit.record,
    )  # fmt: skip
    return Outcome([line])


async def _check_could_take(tx: Transaction, said: Said, visit: Visit) -> None:
    await check_role(tx, visit.practice, said.person, "practitioner")
    if visit.state not in ("waiting", "booked"):
        raise Conflict
    standing = (await load_rota(tx, [said.person])).standing(visit.practice, said.person)
    for_them = visit.practitioner in (said.person, *standing.replaces)
    for_anyone = visit.state == "waiting" and visit.practitioner is None and not standing.is_off_duty
    if standing.is_absent or not (for_them or for_anyone):
        raise NotAllowed
    if visit.state == "booked" and not visit.is_today(tx.now):
        raise TooSoon(retry_at=visit.starts_at - DAY if visit.starts_at else None)


async def _check_hers(tx: Transaction, said: Said, visit: Visit) -> None:
    """What she asks of a practice is hers to ask, of the practice that the record is of."""
    if visit.subject != said.person:
        raise NotAllowed
    if visit.practice != take_id(said.body, "practice"):
        raise Conflict
    if await tx.one("SELECT 1 FROM frozen WHERE scope = 'practice' AND target = %s", visit.practice):
        raise Frozen


async def _replaced_by(tx: Transaction, practice: str, person: str) -> list[str]:
    return list((await load_rota(tx, [person])).standing(practice, person).replaces)


async def _check_assigned(tx: Transaction, said: Said, visit: Visit) -> None:
    # Also while the practice is frozen: what is open is ended by whoever has it.
    if "practitioner" not in await roles_of(tx, visit.practice, said.person):
        raise NotAllowed
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
        "SELECT 1 FROM record WHERE id = %s AND kind = 'file' AND subject = %s AND practice = %s "
        "AND erased_at IS NULL",
        file, subject, practice,
    ):  # fmt: skip
        raise NotFound


def _take_recipients(said: Said) -> dict[str, str]:
    """Whom the care key was sealed to, and to which key of theirs."""
    listed = said.body.get("recipients")
    if not isinstance(listed, list) or len(listed) > 10 or not all(isinstance(r, dict) for r in listed):
        raise Malformed("recipients")
    return {take_id(one, "id"): take_text(one, "key_id") for one in listed}
