"""Budgets as a ledger suggests them: from what people opened on their own days. Pure, over lines.

For each role, a window's proposal is twice the 99th percentile of what one person opened in one such window, counting
only windows in which they opened anything. A few days of theft in a year move a percentile little; still, read the
busiest beside it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from colloque.kernel.clock import from_wire
from colloque.vault.budget import COSTS, Capacity
from colloque.vault.meter import NAMES, WINDOWS

ROLES = ("practitioner", "manager", "secretary")
LEAST = 20  # windows of one role: below, the ledger says too little
SPAN = {name: int(length.total_seconds()) for name, length in WINDOWS.items()}


@dataclass(frozen=True)
class Proposal:
    """One window of one role: what to set, and why. `proposed` is None where there is too little to tell."""

    window: str
    seen: int
    p99: int
    most: int
    proposed: int | None


class Observed:
    """What was opened, by holder and window: for each the distinct records at the dearest cost."""

    def __init__(self) -> None:
        self._roles: dict[tuple[str, str], frozenset[str]] = {}
        self._costs: dict[tuple[str, str, str, int], dict[tuple[str, str], int]] = {}

    def add(self, line: Mapping[str, Any]) -> None:
        kind, detail = line.get("kind"), line.get("detail", {})
        if kind in ("member-joined", "practice-created"):
            self._roles[line["practice"], line["target"]] = frozenset(str(detail.get("roles", "")).split())
        cost = COSTS.get(line.get("relation", ""), 0)
        # Bulk work that two people approved is no usual day.
        if kind != "release" or not cost or "quota" in detail:
            return
        person, practice = line["actor"], line.get("practice")
        roles = self._roles.get((practice, person), frozenset()) if practice else frozenset()
        role = next((one for one in ROLES if one in roles), None)
        holders = [("platform", "")]
        holders += [(role, person)] if role else []
        holders += [("practice", practice)] if practice else []
        seconds = int(from_wire(line["time"]).timestamp())
        for window, span in SPAN.items():
            for name, holder in holders:
                counted = self._costs.setdefault((name, window, holder, seconds // span), {})
                pair = (person, line["record"])
                counted[pair] = max(cost, counted.get(pair, 0))

    def propose(self, name: str) -> list[Proposal]:
        """Propose each window of a role, of `practice` or of `platform`.

        A shorter window never gets more than a longer one: a thief's hour is many of a year's minutes, and one of its days.
        """
        proposals: list[Proposal] = []
        for window in reversed(NAMES):
            used = sorted(
                sum(counted.values())
                for (who, which, *_), counted in self._costs.items()
                if (who, which) == (name, window)
            )
            p99 = used[math.ceil(0.99 * len(used)) - 1] if used else 0
            longer = [one.proposed for one in proposals if one.proposed is not None]
            proposed = min([2 * p99, *longer]) if len(used) >= LEAST else None
            proposals.append(Proposal(window, len(used), p99, used[-1] if used else 0, proposed))
        return proposals[::-1]


def observe(lines: Iterable[Mapping[str, Any]], *, practice: str | None = None) -> Observed:
    """Read lines in the ledger's order, of one practice or of all."""
    observed = Observed()
    for line in lines:
        if practice is None or line.get("practice") == practice:
            observed.add(line)
    return observed


def describe(name: str, proposals: list[Proposal], now: Capacity) -> list[str]:
    """Say it as a setting to copy, and under it why."""
    values = [
        one.proposed if one.proposed is not None else current
        for one, current in zip(proposals, now, strict=True)
    ]
    values = [min(values[n:]) for n in range(len(values))]
    pairs = ",".join(f"{one.window}={value}" for one, value in zip(proposals, values, strict=True))
    told = [f"COLLOQUE_BUDGET_{name.upper()}={pairs}"]
    for one, current in zip(proposals, now, strict=True):
        if one.proposed is None:
            told.append(f"  {one.window}: {one.seen} seen, fewer than {LEAST}: stays {current}.")
        else:
            told.append(
                f"  {one.window}: 99 of 100 of {one.seen} stay within {one.p99}; twice that is {2 * one.p99}. "
                f"The busiest reached {one.most}; now {current}."
            )
    return told
