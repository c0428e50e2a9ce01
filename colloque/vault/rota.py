"""Who is on duty, who is away, and who stands in: a manager's word, and never that of whom it would let in."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from colloque.ledger.append import Cursor
from colloque.vault.batch import Outcome, Transaction, array_of
from colloque.vault.errors import Malformed, NotAllowed, NotFound
from colloque.vault.facts import Standing
from colloque.vault.practices import check_role, roles_of
from colloque.vault.statements import Said, take_id, take_optional_id, take_time

LONGEST = timedelta(days=400)
NOBODY = Standing()

STANDINGS = """
SELECT 'away', x.practice, x.person, x.replacement FROM absence x
WHERE x.starts_at <= %(now)s AND x.ends_at > %(now)s
  AND (x.person = ANY(%(who)s::uuid[]) OR x.replacement = ANY(%(who)s::uuid[]))
UNION ALL
SELECT 'duty', r.practice, r.person, NULL FROM rota r
WHERE r.starts_at <= %(now)s AND r.ends_at > %(now)s AND r.practice IN (
    SELECT m.practice FROM membership m WHERE m.person = ANY(%(who)s::uuid[]) AND m.ended_at IS NULL)"""


class Rota:
    """Rota and absences as they are now, for the people of a batch."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._duty: dict[str, set[str]] = {}
        self._away: set[tuple[str, str]] = set()
        self._replaces: dict[tuple[str, str], list[str]] = {}
        for what, practice, person, replacement in rows:
            if what == "duty":
                self._duty.setdefault(practice, set()).add(person)
                continue
            self._away.add((practice, person))
            if replacement:
                self._replaces.setdefault((practice, replacement), []).append(person)

    def standing(self, practice: str | None, person: str) -> Standing:
        if practice is None or not (self._duty or self._away):
            return NOBODY
        key, on_duty = (practice, person), self._duty.get(practice)
        return Standing(
            is_absent=key in self._away,
            # An hour that nobody's duty covers is everyone's: a rota with a hole must not leave a patient waiting.
            is_off_duty=on_duty is not None and person not in on_duty,
            replaces=tuple(self._replaces.get(key, ())),
        )

    def replacements(self) -> Mapping[tuple[str, str], list[str]]:
        """For (practice, person): the absent colleagues in whose place they stand."""
        return self._replaces


async def ask_rota(tx: Transaction, people: Collection[str]) -> Cursor:
    """Ask for the rows of a Rota."""
    return await tx.ask(STANDINGS, now=tx.now, who=array_of(people))


async def load_rota(tx: Transaction, people: Collection[str]) -> Rota:
    return Rota(await (await ask_rota(tx, people)).fetchall())


async def put_on_rota(tx: Transaction, said: Said) -> Outcome:
    """Put a practitioner on duty. While a practice's rota names anyone, only they are expected by its queue."""
    practice, member = take_id(said.body, "practice"), take_id(said.body, "member")
    starts_at, ends_at = _take_span(tx, said)
    await check_role(tx, practice, said.person, "manager")
    await _check_practitioner(tx, practice, member)
    line = tx.line(said, "rota", practice=practice, target=member, detail=_span_of(said))
    await tx.run(
        "INSERT INTO rota VALUES (%s, %s, %s, %s, %s)", said.id, practice, member, starts_at, ends_at
    )
    return Outcome([line])


async def note_absence(tx: Transaction, said: Said) -> Outcome:
    """Say that a practitioner is away, and who stands in: said by them or by a manager, never by who stands in."""
    practice, member = take_id(said.body, "practice"), take_id(said.body, "member")
    replacement = take_optional_id(said.body, "replacement")
    starts_at, ends_at = _take_span(tx, said)
    await check_role(tx, practice, said.person, *(["practitioner"] if member == said.person else ["manager"]))
    await _check_practitioner(tx, practice, member)
    if replacement:
        if replacement in (said.person, member):
            raise NotAllowed
        await _check_practitioner(tx, practice, replacement)
    detail = _span_of(said) | ({"replacement": replacement} if replacement else {})
    line = tx.line(said, "absence", practice=practice, target=member, detail=detail)
    await tx.run(
        "INSERT INTO absence VALUES (%s, %s, %s, %s, %s, %s)",
        said.id, practice, member, replacement, starts_at, ends_at,
    )  # fmt: skip
    return Outcome([line])


async def end_entry(tx: Transaction, said: Said) -> Outcome:
    """Take an entry off the rota, or end an absence; it is named by the statement that made it."""
    practice, entry = take_id(said.body, "practice"), take_id(said.body, "entry")
    await check_role(tx, practice, said.person, "manager")
    row = await tx.one(
        # Who is away does not call themselves back: their account may be what was stolen meanwhile.
        "SELECT person FROM rota WHERE id = %s AND practice = %s UNION ALL "
        "SELECT person FROM absence WHERE id = %s AND practice = %s AND person <> %s",
        entry, practice, entry, practice, said.person,
    )  # fmt: skip
    if row is None:
        raise NotFound
    line = tx.line(said, "rota-ended", practice=practice, target=row[0], detail={"entry": entry})
    await tx.run("DELETE FROM rota WHERE id = %s", entry)
    await tx.run("DELETE FROM absence WHERE id = %s", entry)
    return Outcome([line])


async def _check_practitioner(tx: Transaction, practice: str, person: str) -> None:
    if "practitioner" not in await roles_of(tx, practice, person):
        raise NotFound


def _take_span(tx: Transaction, said: Said) -> tuple[datetime, datetime]:
    starts_at, ends_at = take_time(said.body, "starts_at"), take_time(said.body, "ends_at")
    if not (tx.now < ends_at and starts_at < ends_at <= starts_at + LONGEST):
        raise Malformed("starts_at or ends_at")
    return starts_at, ends_at


def _span_of(said: Said) -> dict[str, str]:
    return {"starts_at": said.body["starts_at"], "ends_at": said.body["ends_at"]}
