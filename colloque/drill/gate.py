"""The vault's answer in a replay: its own pure budget, and what is frozen. Relations are the simulation's word."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from colloque.simulation.event import ALLOWED, ASKS, Event, to_time
from colloque.simulation.world import World
from colloque.vault import budget
from colloque.vault.meter import WINDOWS, Meter
from colloque.vault.settings import DEFAULT_BUDGETS

FREE = frozenset({"own"})
ALWAYS = frozenset({"none"})  # refused for want of a relation


PLATFORM = ""
UNWITNESSED = "unwitnessed"  # the vault writes no line for it


class Purse:
    """The four levels' meters, as the vault's own purse holds them over its database."""

    def __init__(self, capacities: Mapping[str, budget.Capacity]) -> None:
        self.capacities = capacities
        self._meters: dict[str, tuple[int, Meter]] = {}
        self._opened: dict[tuple[str, str], budget.Opened] = {}

    def spend(self, event: Event, role: str) -> bool:
        fields, now = event.fields, to_time(event.at)
        key = (fields["actor"], fields["record"])
        opened = self._opened.get(key)
        levels = list(self._levels(fields, role, opened, now))
        cost = budget.price(fields["relation"], touched_at=None, now=now)
        decision = budget.decide(levels, opened, cost=cost, now=now)
        if isinstance(decision, budget.Refused):
            return False
        budget.spend(levels, opened, decision)
        self._opened[key] = decision._replace(device=fields["device"])
        return True

    def _levels(
        self, fields: Mapping[str, Any], role: str, opened: budget.Opened | None, now: datetime
    ) -> Iterator[budget.Level]:
        own, device = self.capacities[role], fields["device"]
        same = opened is not None and opened.device == device
        yield budget.Level("device", self._meter(device, now), own, same)
        yield budget.Level("person", self._meter(fields["actor"], now), own)
        if practice := fields.get("practice"):
            yield budget.Level("practice", self._meter(practice, now), self.capacities["practice"])
        yield budget.Level("platform", self._meter(PLATFORM, now), self.capacities["platform"])

    def _meter(self, holder: str, now: datetime) -> Meter:
        """As of now: a meter is of one second, and is read again from its row for another one."""
        second = int(now.timestamp())
        held = self._meters.get(holder)
        if held is None or held[0] != second:
            held = self._meters[holder] = (second, Meter(now, held[1].pack() if held else b""))
        return held[1]


class Gate:
    """Answers each event. `capacities` None: no budget at all, to draw against."""

    def __init__(
        self, world: World, capacities: Mapping[str, budget.Capacity] | None = DEFAULT_BUDGETS
    ) -> None:
        self.capacities = capacities
        self.frozen: dict[str, int] = {}  # device, account or practice → since when
        self.history_shut: dict[str, int] = {}  # practice, or "" for all: closed consultations stay shut
        self.unwitnessed: int | None = None  # since when no witness follows the ledger
        self._purse = Purse(capacities) if capacities is not None else None
        self._roles = {world.mailer: "service", world.web: "service"}
        for practice in world.practices:
            self._roles[practice.manager] = "manager"
            if practice.secretary:
                self._roles[practice.secretary] = "secretary"
            self._roles.update((member.id, "practitioner") for member in practice.members)

    def __call__(self, event: Event) -> str:
        fields = event.fields
        if self._is_frozen(event):
            return "frozen"
        if fields["kind"] != ASKS:
            return ALLOWED
        if self.unwitnessed is not None and self.unwitnessed <= event.at:
            return UNWITNESSED
        relation = fields["relation"]
        if relation in ALWAYS:
            return "relation"
        if relation in ("linked", "break-glass") and self._is_history_shut(event):
            return "frozen"
        return self._spend(event)

    def _spend(self, event: Event) -> str:
        fields = event.fields
        if self._purse is None or fields["relation"] in FREE:
            return ALLOWED
        return ALLOWED if self._purse.spend(event, self._roles.get(fields["actor"], "patient")) else "budget"

    def freeze(self, scope: str, target: str, at: int) -> None:
        places = self.history_shut if scope == "history" else self.frozen
        places.setdefault(target, at)

    def lift(self, target: str) -> None:
        self.frozen.pop(target, None)

    def _is_frozen(self, event: Event) -> bool:
        fields = event.fields
        if fields.get("relation") == "own":  # patients read their own, whatever is frozen of the practice
            return False
        names = (fields.get("device"), fields["actor"], fields.get("practice"))
        return any(name in self.frozen and self.frozen[name] <= event.at for name in names if name)

    def _is_history_shut(self, event: Event) -> bool:
        names = ("", event.fields.get("practice") or "")
        return any(name in self.history_shut and self.history_shut[name] <= event.at for name in names)


def bound(capacity: budget.Capacity, lasted: timedelta) -> int:
    """The published bound: how many records any account can have reached in so long a time, at the price of 1."""
    return min(
        most * (1 + int(lasted / length)) for most, length in zip(capacity, WINDOWS.values(), strict=True)
    )
