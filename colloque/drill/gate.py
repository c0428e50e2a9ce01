"""The vault's answer in a replay: its own pure budget, and what is frozen. Relations are the simulation's word."""

from collections import deque
from collections.abc import Mapping
from datetime import timedelta

from colloque.simulation.event import ALLOWED, ASKS, Event, to_time
from colloque.simulation.world import World
from colloque.vault import budget
from colloque.vault.settings import DEFAULT_BUDGETS

FREE = frozenset({"own"})
ALWAYS = frozenset({"none"})  # refused for want of a relation


class Purse:
    """What one person has used in each window. Sums are kept, and what leaves a window is taken off them."""

    def __init__(self) -> None:
        self.used = [0] * len(budget.WINDOWS)
        self.opened: dict[str, budget.Opened] = {}
        self._windows: list[deque[tuple[str, budget.Opened]]] = [deque() for _ in budget.WINDOWS]

    def decide(self, record: str, *, capacity: budget.Capacity, cost: int, event: Event) -> bool:
        now = to_time(event.at)
        for n, length in enumerate(budget.WINDOWS.values()):
            self._forget(n, now - length)
        used = (self.used[0], self.used[1], self.used[2], self.used[3])
        decision = budget.decide(budget.State(used, capacity, self.opened.get(record)), cost=cost, now=now)
        if isinstance(decision, budget.Refused):
            return False
        self.used, self.opened[record] = list(decision.used), decision.spent
        for window in self._windows:
            window.append((record, decision.spent))
        return True

    def _forget(self, n: int, before: object) -> None:
        window = self._windows[n]
        while window and window[0][1].at <= before:  # type: ignore[operator]
            record, opened = window.popleft()
            if self.opened.get(record) is opened:  # not opened again since
                self.used[n] -= opened.cost
                if n == len(self._windows) - 1:
                    del self.opened[record]


class Gate:
    """Answers each event. `capacities` None: no budget at all, to draw against."""

    def __init__(
        self, world: World, capacities: Mapping[str, budget.Capacity] | None = DEFAULT_BUDGETS
    ) -> None:
        self.capacities = capacities
        self.frozen: dict[str, int] = {}  # device, account or practice → since when
        self.history_shut: dict[str, int] = {}  # practice, or "" for all: closed consultations stay shut
        self._purses: dict[str, Purse] = {}
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
        relation = fields["relation"]
        if relation in ALWAYS:
            return "relation"
        if relation in ("linked", "break-glass") and self._is_history_shut(event):
            return "frozen"
        if self.capacities is None or relation in FREE:
            return ALLOWED
        actor = fields["actor"]
        purse = self._purses.setdefault(actor, Purse())
        capacity = self.capacities[self._roles.get(actor, "patient")]
        allowed = purse.decide(fields["record"], capacity=capacity, cost=budget.COSTS[relation], event=event)
        return ALLOWED if allowed else "budget"

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
        most * (1 + int(lasted / length))
        for most, length in zip(capacity, budget.WINDOWS.values(), strict=True)
    )
