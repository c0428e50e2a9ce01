"""What a budget is widened by: two people's word for a practice, or for a piece of bulk work (docs/spec/key-release.md)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from colloque.vault.agreement import check_two, load_signers, second_of
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.budget import Capacity
from colloque.vault.errors import Malformed, NotAllowed, NotFound
from colloque.vault.meter import NAMES
from colloque.vault.practices import check_role, roles_of
from colloque.vault.statements import Said, take_id, take_number, take_text, take_time, take_word

ROLES = frozenset({"practitioner", "secretary", "manager", "practice"})
LONGEST_QUOTA = timedelta(days=31)
MOST_QUOTA = 1_000_000
# The purposes of every day: no quota is for them, or each opening would draw on it.
EVERY_DAY = frozenset({"care", "notify", "break-glass", "own-record"})
STEP_LASTS = timedelta(hours=24)

ALLOWANCES = """
SELECT 'capacity', c.practice, NULL::uuid, NULL::uuid, c.role, c.minute, c.hour, c.day, c.month, NULL::timestamptz
FROM capacity c WHERE c.practice IN (SELECT practice FROM record WHERE id = ANY(%s::uuid[]))
UNION ALL
SELECT 'quota', q.practice, q.person, q.id, q.purpose, q.records, q.used, 0, 0, q.ends_at FROM quota q
WHERE q.person = ANY(%s::uuid[]) AND q.ends_at > %s
UNION ALL
SELECT 'stepped', NULL, s.person, NULL, '', 0, 0, 0, 0, NULL FROM stepped s WHERE s.person = ANY(%s::uuid[]) AND s.at > %s"""


@dataclass
class Quota:
    """Bulk work that two people approved: so many records of a practice, for one purpose."""

    id: str
    records: int
    used: int
    ends_at: datetime
    known: set[str] = field(default_factory=set)
    drawn: set[str] = field(default_factory=set)

    def draw(self, record: str) -> bool:
        """Take a record from it that is new to it; tell whether there was room."""
        if self.used >= self.records:
            return False
        self.used += 1
        self.known.add(record)
        self.drawn.add(record)
        return True


class Allowances:
    """What widens the budgets of a batch: loaded at once, written at once."""

    def __init__(self) -> None:
        self._capacities: dict[tuple[str | None, str], Capacity] = {}
        self._quotas: dict[tuple[str | None, str, str], Quota] = {}
        self._stepped: set[str] = set()

    async def ask(self, tx: Transaction, *, people: str, records: str) -> Callable[[], Awaitable[None]]:
        """Ask for what widens the budgets of these people over these records (arrays of ids); what is returned reads it."""
        asked = await tx.ask(ALLOWANCES, records, people, tx.now, people, tx.now - STEP_LASTS)

        async def read() -> None:
            for what, practice, person, quota, word, *numbers, ends_at in await asked.fetchall():
                if what == "capacity":
                    minute, hour, day, month = numbers
                    self._capacities[practice, word] = (minute, hour, day, month)
                elif what == "quota":
                    self._keep((practice, person, word), Quota(quota, numbers[0], numbers[1], ends_at))
                else:
                    self._stepped.add(person)
            by_id = {quota.id: quota for quota in self._quotas.values()}
            if by_id:
                for id_, record in await tx.all(
                    "SELECT quota, record FROM quota_opened WHERE quota = ANY(%s::uuid[]) AND record = ANY(%s::uuid[])",
                    list(by_id), records,
                ):  # fmt: skip
                    by_id[id_].known.add(record)

        return read

    def capacity(self, practice: str | None, role: str, usual: Capacity) -> Capacity:
        return self._capacities.get((practice, role), usual)

    def has_stepped(self, person: str) -> bool:
        return person in self._stepped

    def quota(self, practice: str | None, person: str, purpose: str) -> Quota | None:
        return self._quotas.get((practice, person, purpose))

    async def save(self, tx: Transaction) -> None:
        drawn = [(quota.id, record) for quota in self._quotas.values() for record in quota.drawn]
        if not drawn:
            return
        quotas, records = [q for q, _ in drawn], [r for _, r in drawn]
        await tx.run("INSERT INTO quota_opened SELECT * FROM unnest(%s::uuid[], %s::uuid[])", quotas, records)
        await tx.run(
            "UPDATE quota q SET used = q.used + d.count FROM (SELECT id, count(*) FROM unnest(%s::uuid[]) AS n (id) "
            "GROUP BY id) d WHERE d.id = q.id",
            quotas,
        )

    def _keep(self, key: tuple[str | None, str, str], quota: Quota) -> None:
        held = self._quotas.get(key)
        if held is None or held.records - held.used < quota.records - quota.used:
            self._quotas[key] = quota  # of several for one purpose, the one with the most room


async def change_capacity(tx: Transaction, said: Said) -> Outcome:
    """Give a role of a practice, or the practice as a whole, another budget than the settings': two managers' word."""
    practice, role = take_id(said.body, "practice"), take_word(said.body, "role", ROLES)
    capacity = _take_capacity(said, tx.vault.settings.budgets["platform"])
    agreed = await _check_two_managers(tx, said, practice)
    detail = {"role": role, "agreed": agreed, **dict(zip(NAMES, capacity, strict=True))}
    line = tx.line(said, "capacity", practice=practice, detail=detail)
    await tx.run(
        "INSERT INTO capacity VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (practice, role) DO UPDATE SET "
        "minute = excluded.minute, hour = excluded.hour, day = excluded.day, month = excluded.month",
        practice, role, *capacity,
    )  # fmt: skip
    return Outcome([line])


async def approve_quota(tx: Transaction, said: Said) -> Outcome:
    """Approve bulk work: who, why, how many records, until when. It widens a budget and makes no relation."""
    practice, member = take_id(said.body, "practice"), take_id(said.body, "member")
    purpose = take_text(said.body, "purpose", most=40)
    records, ends_at = take_number(said.body, "records", most=MOST_QUOTA), take_time(said.body, "ends_at")
    if purpose in EVERY_DAY or not purpose or not records or not tx.now < ends_at <= tx.now + LONGEST_QUOTA:
        raise Malformed("purpose, records or ends_at")
    agreed = await _check_two_managers(tx, said, practice)
    if not await roles_of(tx, practice, member):
        raise NotFound
    detail = {"agreed": agreed, "records": records, "ends_at": said.body["ends_at"]}
    line = tx.line(said, "quota", practice=practice, target=member, purpose=purpose, detail=detail)
    await tx.run(
        "INSERT INTO quota VALUES (%s, %s, %s, %s, %s, 0, %s)",
        said.id, practice, member, purpose, records, ends_at,
    )  # fmt: skip
    return Outcome([line])


async def _check_two_managers(tx: Transaction, said: Said, practice: str) -> str:
    signers = await load_signers(tx, said)
    for signer in signers:
        await check_role(tx, practice, signer.person, "manager")
    check_two(signers)
    agreed = second_of(signers)
    if agreed is None:
        raise NotAllowed
    return agreed


def _take_capacity(said: Said, most: Capacity) -> Capacity:
    minute, hour, day, month = (
        take_number(said.body, name, most=high) for name, high in zip(NAMES, most, strict=True)
    )
    if not 1 <= minute <= hour <= day <= month:
        raise Malformed("a longer window holds at least as much")
    return minute, hour, day, month
