"""What ties people to records: the facts of a whole batch, loaded at once, for `relation.find` to decide from."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from colloque.vault import relation
from colloque.vault.batch import Transaction, array_of
from colloque.vault.facts import Care
from colloque.vault.ladder import PLATFORM
from colloque.vault.rota import NOBODY, Rota, ask_rota

CARES = """
SELECT a.person, r.id, r.kind, r.subject, r.practice, r.epoch, r.secret,
       r.subject = a.person OR EXISTS (
           SELECT FROM granted g WHERE g.record = r.id AND g.person = a.person AND g.not_before <= %(now)s),
       m.roles, c.waiting, c.asked, c.booked, c.assigned, c.unread_at, c.contact_at, c.current, c.touched_at, r.made_at,
       ARRAY(SELECT f.scope FROM frozen f WHERE f.target IN (r.practice, %(platform)s)), r.erased_at IS NOT NULL, c.shown
FROM unnest(%(people)s::uuid[], %(records)s::uuid[]) AS a (person, record)
JOIN record r ON r.id = a.record
LEFT JOIN membership m ON m.practice = r.practice AND m.person = a.person AND m.ended_at IS NULL
LEFT JOIN LATERAL (
    SELECT bool_or(k.state = 'waiting' AND k.practitioner IS NULL) AS waiting,
           bool_or(k.state = 'waiting' AND k.practitioner = a.person) AS asked,
           bool_or(k.state IN ('booked', 'waiting') AND k.practitioner = a.person
               AND k.starts_at < %(day_ends)s AND k.ends_at > %(day_starts)s) AS booked,
           bool_or(k.state = 'open' AND k.assigned = a.person) AS assigned,
           max(k.written_at) FILTER (
               WHERE k.written_at > coalesce(k.read_at, '-infinity') AND t.person IS NOT NULL) AS unread_at,
           max(greatest(k.closed_at, k.written_at)) FILTER (WHERE k.state = 'closed' AND t.person IS NOT NULL) AS contact_at,
           bool_or(k.state <> 'new') AS shown,
           bool_or(k.state IN ('waiting', 'open') OR (k.state = 'closed' AND k.closed_at > %(recent)s)
               OR (k.state = 'booked' AND k.ends_at > %(day_starts)s)) AS current,
           max(greatest(k.closed_at, k.written_at, CASE WHEN k.state IN ('waiting', 'open') THEN %(now)s END)) AS touched_at
    FROM consultation k LEFT JOIN taken t ON t.record = k.record AND t.person = a.person
    WHERE k.record = r.id OR k.file = r.id
) c ON r.kind <> 'person'"""


# Of the day: a consultation of the record or its file is booked for now, waits, is open, or ended since a day ago.
TODAY = """
SELECT r.id FROM unnest(%(records)s::uuid[]) AS r (id) WHERE EXISTS (
    SELECT FROM consultation k WHERE (k.record = r.id OR k.file = r.id) AND (k.state IN ('waiting', 'open')
    OR k.closed_at > %(yesterday)s
    OR (k.state = 'booked' AND k.starts_at < %(day_ends)s AND k.ends_at > %(day_starts)s)))"""


class Ties:
    """What ties the people of a batch to the records they ask for, and the colleagues in whose place they stand."""

    def __init__(self, rota: Rota, cares: Mapping[tuple[str, str], Care]) -> None:
        self._rota, self._cares = rota, cares

    def of(self, person: str, record: str) -> tuple[Care | None, list[Care]]:
        care = self._cares.get((person, record))
        if care is None:
            return None, []
        standing = self._rota.standing(care.practice, person)
        replaced = [self._cares[other, record] for other in standing.replaces]
        if standing is not NOBODY:
            care = replace(care, is_absent=standing.is_absent, is_off_duty=standing.is_off_duty)
        return care, replaced


type Services = Mapping[str, str | None]


async def ask_ties(
    tx: Transaction, pairs: Collection[tuple[str, str]]
) -> Callable[[Services], Awaitable[Ties]]:
    """Ask for them in two queries, however many; what is returned reads the answers, and takes those persons that are
    services by their names."""
    rota_rows = await ask_rota(tx, {person for person, _ in pairs})
    rows = await tx.ask(CARES, **_told(tx, pairs))

    async def read(services: Services) -> Ties:
        rota = Rota(await rota_rows.fetchall())
        cares = _read_cares(await rows.fetchall(), services)
        stood_in: dict[str, set[str]] = {}
        for (_, person), others in rota.replacements().items():
            stood_in.setdefault(person, set()).update(others)
        more = {
            (other, record) for person, record in pairs for other in stood_in.get(person, ())
        } - cares.keys()
        if more:
            cares |= _read_cares(await (await tx.ask(CARES, **_told(tx, more))).fetchall(), services)
        return Ties(rota, await _mark_today(tx, cares))

    return read


def _told(tx: Transaction, pairs: Collection[tuple[str, str]]) -> dict[str, Any]:
    return {
        "now": tx.now, "people": array_of(p for p, _ in pairs), "records": array_of(r for _, r in pairs),
        "platform": PLATFORM, "recent": tx.now - timedelta(days=relation.LINKED_DAYS),
        "day_starts": tx.now - relation.DAY, "day_ends": tx.now + relation.DAY,
    }  # fmt: skip


def _read_cares(rows: Iterable[tuple[Any, ...]], services: Services) -> dict[tuple[str, str], Care]:
    return {
        (row[0], row[1]): Care(
            record=row[1], kind=row[2], subject=row[3], practice=row[4], epoch=row[5], secret=row[6],
            is_own=row[7], roles=frozenset(row[8] or ()), is_waiting=bool(row[9]), is_asked=bool(row[10]),
            is_booked=bool(row[11]), is_assigned=bool(row[12]), unread_at=row[13], contact_at=row[14],
            is_current=bool(row[15]), touched_at=max(row[16] or row[17], row[17]), frozen=frozenset(row[18]),
            is_erased=row[19], is_shown=bool(row[20]), service=services.get(row[0]),
        )
        for row in rows
    }  # fmt: skip


async def _mark_today(tx: Transaction, cares: dict[tuple[str, str], Care]) -> dict[tuple[str, str], Care]:
    """Where something is frozen, what is of the day goes on."""
    if not any(care.frozen for care in cares.values()):
        return cares
    rows = await tx.ask(
        TODAY, records=array_of({record for _, record in cares}), yesterday=tx.now - timedelta(days=1),
        day_starts=tx.now - relation.DAY, day_ends=tx.now + relation.DAY,
    )  # fmt: skip
    today = {record for (record,) in await rows.fetchall()}
    return {key: replace(care, is_today=care.record in today) for key, care in cares.items()}
