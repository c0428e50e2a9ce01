"""The meters of everyone in a batch: loaded at once, held still by the lock on the head, written at once."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from colloque.vault import budget
from colloque.vault.allowances import Allowances, Quota
from colloque.vault.batch import Transaction, array_of
from colloque.vault.budget import Capacity, Level, Opened, Refused
from colloque.vault.facts import Asker, Care
from colloque.vault.meter import Meter
from colloque.vault.settings import VaultSettings

PLATFORM = "00000000-0000-0000-0000-000000000000"


class Payer(NamedTuple):
    """Who opens which record, by which device, of which practice."""

    person: str
    device: str
    practice: str | None
    record: str


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

    async def load(self, tx: Transaction, payers: Iterable[Payer]) -> None:
        """Three queries, however many pay; one more where someone pays for the first time."""
        payers = list(payers)
        people = {payer.person for payer in payers}
        holders = people | {p.device for p in payers} | {p.practice for p in payers if p.practice}
        if not payers:
            return
        await self.allowances.load(
            tx, people=people, practices={p.practice for p in payers if p.practice},
            records={p.record for p in payers},
        )  # fmt: skip
        rows = await tx.all(
            "SELECT holder, packed FROM meter WHERE holder = ANY(%s::uuid[])", array_of([*holders, PLATFORM])
        )
        self._meters = {holder: Meter(self.now, bytes(packed)) for holder, packed in rows}
        pairs = sorted({(payer.person, payer.record) for payer in payers})
        for person, record, cost, at, device in await tx.all(
            "SELECT s.person, s.record, s.cost, s.at, s.device FROM spent s "
            "JOIN unnest(%s::uuid[], %s::uuid[]) AS a (person, record) USING (person, record)",
            array_of(p for p, _ in pairs), array_of(r for _, r in pairs),
        ):  # fmt: skip
            self._opened[person, record] = Opened(at, cost, device)
        if new := people - self._meters.keys():
            await self._count_old(tx, new)

    def spend(self, payer: Payer, asker: Asker, care: Care, cost: int) -> Refused | None:
        key = (payer.person, payer.record)
        opened = self._opened.get(key)
        levels = self._levels(payer, asker, care, opened)
        decision = budget.decide(levels, opened, cost=cost, now=self.now)
        if isinstance(decision, Refused):
            if decision.level in ("device", "person") and self.allowances.has_stepped(payer.person):
                self.frozen.add(payer.person)
            return decision
        budget.spend(levels, opened, decision)
        self._opened[key] = self._changed[key] = Opened(decision.at, decision.cost, payer.device)
        self._touched |= {
            payer.person,
            payer.device,
            PLATFORM,
            *((payer.practice,) if payer.practice else ()),
        }
        return None

    def draw(self, payer: Payer, quota: Quota) -> Refused | None:
        """Count an opening on a quota instead: what two people approved is bounded by it, and by the platform."""
        if payer.record in quota.known:
            return None
        level = Level("platform", self._meter(PLATFORM), self._budgets["platform"], knows=False)
        decision = budget.decide([level], None, cost=1, now=self.now)
        if isinstance(decision, Refused):
            return decision
        if not quota.draw(payer.record):
            return Refused("quota", "all", quota.ends_at)
        budget.spend([level], None, decision)
        self._touched.add(PLATFORM)
        return None

    async def save(self, tx: Transaction) -> None:
        if not self._touched:
            return
        await self.allowances.save(tx)
        await tx.run(
            "INSERT INTO spent (person, record, cost, at, device) "
            "SELECT person, record, cost, %s, device "
            "FROM unnest(%s::uuid[], %s::uuid[], %s::int[], %s::uuid[]) AS a (person, record, cost, device) "
            "ON CONFLICT (person, record) DO UPDATE SET cost = excluded.cost, at = excluded.at, device = excluded.device",
            self.now, array_of(p for p, _ in self._changed), array_of(r for _, r in self._changed),
            array_of(o.cost for o in self._changed.values()), array_of(o.device or "NULL" for o in self._changed.values()),
        )  # fmt: skip
        await tx.run(
            "INSERT INTO meter (holder, packed) SELECT * FROM unnest(%s::uuid[], %s::bytea[]) "
            "ON CONFLICT (holder) DO UPDATE SET packed = excluded.packed",
            list(self._touched), [self._meters[holder].pack() for holder in self._touched],
        )  # fmt: skip

    def _levels(self, payer: Payer, asker: Asker, care: Care, opened: Opened | None) -> list[Level]:
        role = role_of(care, asker)
        own = self.allowances.capacity(payer.practice, role, self._budgets[role])
        own = _times(own, 200) if self.allowances.has_stepped(payer.person) else own
        # What was opened before there were four levels counts for the person alone.
        knows = opened is not None and opened.device is not None
        same_device = opened is not None and opened.device == payer.device
        levels = [
            Level("device", self._meter(payer.device), _times(own, self._device_share), same_device),
            Level("person", self._meter(payer.person), own),
        ]
        if payer.practice:
            whole = self.allowances.capacity(payer.practice, "practice", self._budgets["practice"])
            levels.append(Level("practice", self._meter(payer.practice), whole, knows))
        levels.append(Level("platform", self._meter(PLATFORM), self._budgets["platform"], knows))
        return levels

    def _meter(self, holder: str) -> Meter:
        if holder not in self._meters:
            self._meters[holder] = Meter(self.now)
        return self._meters[holder]

    async def _count_old(self, tx: Transaction, people: set[str]) -> None:
        for person, cost, at in await tx.all(
            "SELECT person, cost, at FROM spent WHERE person = ANY(%s::uuid[]) AND at > %s",
            list(people), self.now - budget.LONGEST,
        ):  # fmt: skip
            self._meter(person).recall(at, cost)


def role_of(care: Care, asker: Asker) -> str:
    if asker.service:
        return "service"
    return next((r for r in ("practitioner", "manager", "secretary") if r in care.roles), "patient")


@lru_cache
def _times(capacity: Capacity, percent: int) -> Capacity:
    minute, hour, day, month = (-(-n * percent // 100) for n in capacity)
    return minute, hour, day, month
