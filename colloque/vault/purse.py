"""The meters of everyone in a batch: loaded at once, held still by the lock on the head, written at once."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from colloque.vault import budget
from colloque.vault.allowances import Allowances, Quota
from colloque.vault.batch import Transaction, array_of
from colloque.vault.budget import Capacity, Level, Opened, Refused
from colloque.vault.facts import Asker, Care
from colloque.vault.meter import Meter, buckets_of
from colloque.vault.settings import VaultSettings

PLATFORM = "00000000-0000-0000-0000-000000000000"


METERS = """
SELECT holder, packed FROM meter WHERE holder = ANY(%s::uuid[])
    OR holder IN (SELECT practice FROM record WHERE id = ANY(%s::uuid[]))"""
OPENED = """
SELECT s.person, s.record, s.cost, s.at, s.device FROM spent s
JOIN unnest(%s::uuid[], %s::uuid[]) AS a (person, record) USING (person, record)"""

SAVE = """
WITH openings AS (
    INSERT INTO spent (person, record, cost, at, device)
    SELECT person, record, cost, %s, device
    FROM unnest(%s::uuid[], %s::uuid[], %s::int[], %s::uuid[]) AS a (person, record, cost, device)
    ON CONFLICT (person, record) DO UPDATE SET cost = excluded.cost, at = excluded.at, device = excluded.device
)
INSERT INTO meter (holder, packed) SELECT * FROM unnest(%s::uuid[], %s::bytea[])
ON CONFLICT (holder) DO UPDATE SET packed = excluded.packed"""


class Payer(NamedTuple):
    """Who opens, by which device, records of which practice, and as what there."""

    person: str
    device: str
    practice: str | None
    role: str

    @property
    def holders(self) -> tuple[str, ...]:
        """Whose meters an opening is counted in."""
        own = (self.person, self.device, PLATFORM)
        return (*own, self.practice) if self.practice else own


class Purse:
    def __init__(self, now: datetime, settings: VaultSettings) -> None:
        self.now = now
        # Who had a bucket more and emptied it too, in this batch.
        self.frozen: set[str] = set()
        self.allowances = Allowances()
        self._budgets, self._device_share = settings.budgets, settings.device_share
        self._meters: dict[str, Meter] = {}
        self._opened: dict[tuple[str, str], Opened] = {}
        self._changed: dict[tuple[str, str], Opened] = {}
        self._touched: set[str] = set()
        # The levels of openings that are alike are found once, not for each of twenty-five.
        self._levels_of: dict[tuple[Payer, bool, bool], tuple[Level, ...]] = {}

    async def ask(
        self, tx: Transaction, devices: Mapping[str, str], pairs: Collection[tuple[str, str]]
    ) -> Callable[[], Awaitable[None]]:
        """Ask for everything that `devices`, each with its person, may spend on these (person, record); what is returned
        reads the answers. Three queries, however many pay."""
        people, records = set(devices.values()), array_of({record for _, record in pairs})
        read_allowances = await self.allowances.ask(tx, people=array_of(people), records=records)
        meters = await tx.ask(METERS, array_of([*devices, *people, PLATFORM]), records)
        opened = await tx.ask(OPENED, array_of(p for p, _ in pairs), array_of(r for _, r in pairs))

        async def read() -> None:
            await read_allowances()
            for holder, packed in await meters.fetchall():
                self._meters[holder] = Meter(self.now, packed)
            for person, record, cost, at, device in await opened.fetchall():
                self._opened[person, record] = Opened(at, cost, device)

        return read

    async def recall(self, tx: Transaction, people: Collection[str]) -> None:
        """Count what those who pay for the first time opened before there were meters."""
        if new := [person for person in people if person not in self._meters]:
            for person, cost, at in await tx.all(
                "SELECT person, cost, at FROM spent WHERE person = ANY(%s::uuid[]) AND at > %s",
                array_of(new), self.now - budget.LONGEST,
            ):  # fmt: skip
                self._meter(person).recall(buckets_of(at), cost)

    def spend(self, payer: Payer, record: str, cost: int) -> Refused | None:
        key = (payer.person, record)
        opened = self._opened.get(key)
        levels = self._levels(payer, opened)
        decision = budget.decide(levels, opened, cost=cost, now=self.now)
        if isinstance(decision, Refused):
            if decision.level in ("device", "person") and self.allowances.has_stepped(payer.person):
                self.frozen.add(payer.person)
            return decision
        budget.spend(levels, opened, decision)
        self._opened[key] = self._changed[key] = Opened(decision.at, decision.cost, payer.device)
        self._touched.update(payer.holders)
        return None

    def draw(self, record: str, quota: Quota) -> Refused | None:
        """Count an opening on a quota instead: what two people approved is bounded by it, and by the platform."""
        if record in quota.known:
            return None
        level = Level("platform", self._meter(PLATFORM), self._budgets["platform"], knows=False)
        decision = budget.decide([level], None, cost=1, now=self.now)
        if isinstance(decision, Refused):
            return decision
        if not quota.draw(record):
            return Refused("quota", "all", quota.ends_at)
        budget.spend([level], None, decision)
        self._touched.add(PLATFORM)
        return None

    async def save(self, tx: Transaction) -> None:
        if not self._touched:
            return
        await self.allowances.save(tx)
        await tx.run(
            SAVE, self.now,
            array_of(p for p, _ in self._changed), array_of(r for _, r in self._changed),
            array_of(o.cost for o in self._changed.values()),
            array_of(o.device or "NULL" for o in self._changed.values()),
            list(self._touched), [self._meters[holder].pack() for holder in self._touched],
        )  # fmt: skip

    def _levels(self, payer: Payer, opened: Opened | None) -> tuple[Level, ...]:
        # What was opened before there were four levels counts for the person alone.
        knows = opened is not None and opened.device is not None
        same_device = opened is not None and opened.device == payer.device
        key = (payer, knows, same_device)
        if key not in self._levels_of:
            self._levels_of[key] = tuple(self._find_levels(*key))
        return self._levels_of[key]

    def _find_levels(self, payer: Payer, knows: bool, same_device: bool) -> Iterator[Level]:
        own = self.allowances.capacity(payer.practice, payer.role, self._budgets[payer.role])
        own = _times(own, 200) if self.allowances.has_stepped(payer.person) else own
        yield Level("device", self._meter(payer.device), _times(own, self._device_share), same_device)
        yield Level("person", self._meter(payer.person), own)
        if payer.practice:
            whole = self.allowances.capacity(payer.practice, "practice", self._budgets["practice"])
            yield Level("practice", self._meter(payer.practice), whole, knows)
        yield Level("platform", self._meter(PLATFORM), self._budgets["platform"], knows)

    def _meter(self, holder: str) -> Meter:
        if holder not in self._meters:
            self._meters[holder] = Meter(self.now)
        return self._meters[holder]


def role_of(care: Care, asker: Asker) -> str:
    return "service" if asker.service else _nearest(care.roles)


@lru_cache
def _nearest(roles: frozenset[str]) -> str:
    return next((r for r in ("practitioner", "manager", "secretary") if r in roles), "patient")


@lru_cache
def _times(capacity: Capacity, percent: int) -> Capacity:
    minute, hour, day, month = (-(-n * percent // 100) for n in capacity)
    return minute, hour, day, month
