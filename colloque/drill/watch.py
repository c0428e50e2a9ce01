"""The worker and an officer in a replay: the real rules and the real score read each line, and levers are pulled.

The worker reads every ten seconds and pulls what a rule may pull. The rest waits for an officer, who is on call for `high`
and `critical` and looks at `medium` in working hours; we suppose that whoever looks decides rightly, because one telephone
call to the practitioner tells. An officer who has frozen five accounts within a day shuts the history of all practices.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from colloque.detection.drift import RULE as DRIFT
from colloque.detection.drift import Drift
from colloque.detection.engine import Engine
from colloque.detection.facts import Facts
from colloque.detection.rule import Hit
from colloque.detection.score import Scorer
from colloque.detection.sigma import read_rules
from colloque.detection.told import OWN_RULES
from colloque.drill.gate import Gate
from colloque.simulation.event import to_millis, to_time
from colloque.simulation.world import DAY

SWEEP = 10_000  # the worker's, in milliseconds
ON_CALL = timedelta(minutes=15)
AT_WORK = timedelta(minutes=30)
OPENS, SHUTS = 8, 19
PARIS = ZoneInfo("Europe/Paris")
MANY_ACCOUNTS = 5
LIFTED_AFTER = 2 * 3_600_000  # a freeze that was wrong: two officers and the operator's key


@dataclass(frozen=True)
class Pulled:
    at: int
    scope: str
    target: str
    rule: str
    noticed: int
    by: str  # "rule" or "officer"
    rightly: bool


@dataclass
class Watch:
    gate: Gate
    robbed: Mapping[
        str, int
    ]  # accounts and devices that an attacker has, and since when: what the call would tell
    canaries: frozenset[str] = frozenset()
    alerts: list[Hit] = field(default_factory=list)
    pulled: list[Pulled] = field(default_factory=list)
    _due: list[Pulled] = field(default_factory=list)
    _wrong: list[Pulled] = field(default_factory=list)
    _wide: bool = False

    def __post_init__(self) -> None:
        self.engine = Engine(read_rules([OWN_RULES]), Facts(canaries=set(self.canaries)), Scorer(), Drift())

    def pull_due(self, at: int) -> list[Pulled]:
        """Pull what has become due by this time, and lift what was wrong."""
        now = [one for one in self._due if one.at <= at] if self._due else []
        for one in now:
            self._due.remove(one)
            self.pulled.append(one)
            self.gate.freeze(one.scope, one.target, one.at)
            self._look_wide(one)
        for one in [one for one in self._wrong if one.at + LIFTED_AFTER <= at]:
            self._wrong.remove(one)
            self.gate.lift(one.target)
        self._wrong += [one for one in now if not one.rightly]
        return now

    def see(self, line: dict[str, object], at: int) -> None:
        """Read a line, as the worker will at its next sweep."""
        for hit in self.engine.feed(line):
            self.alerts.append(hit)
            self._answer(hit, (at // SWEEP + 1) * SWEEP)

    def _answer(self, hit: Hit, noticed: int) -> None:
        target = {"device": hit.device, "person": hit.person, "practice": hit.practice}.get(hit.stops, "")
        rightly = any(self.robbed.get(name, noticed) < noticed for name in (hit.person, hit.device))
        if target:
            self._plan(Pulled(noticed, hit.stops, target, hit.rule, noticed, "rule", rightly))
        if hit.rule == DRIFT and not hit.person:
            self._look_at_everyone(hit, noticed)
        if rightly:
            at = officer_at(to_time(noticed), hit.level)
            self._plan(Pulled(to_millis(at), "person", hit.person, hit.rule, noticed, "officer", rightly))

    def _look_at_everyone(self, hit: Hit, noticed: int) -> None:
        """The platform's sum has risen: the officer calls those who rose most, and shuts the history if it was not they."""
        if not self._wide and sum(since < noticed for since in self.robbed.values()) >= MANY_ACCOUNTS:
            self._wide = True
            at = to_millis(officer_at(to_time(noticed), hit.level))
            self._due.append(Pulled(at, "history", "", hit.rule, noticed, "officer", rightly=True))

    def _plan(self, pulled: Pulled) -> None:
        known = (one for one in (*self.pulled, *self._due) if one.target == pulled.target)
        if all(one.at > pulled.at for one in known):
            self._due.append(pulled)

    def _look_wide(self, one: Pulled) -> None:
        accounts = {
            p.target for p in self.pulled if p.rightly and p.scope == "person" and p.at > one.at - DAY
        }
        if len(accounts) >= MANY_ACCOUNTS and not self._wide:
            self._wide = True
            at = to_millis(to_time(one.at) + ON_CALL)
            self._due.append(Pulled(at, "history", "", "accounts-frozen", one.at, "officer", rightly=True))


def officer_at(noticed: datetime, level: str) -> datetime:
    """When an officer has looked at a finding and decided."""
    if level in ("critical", "high"):
        return noticed + ON_CALL
    local = noticed.astimezone(PARIS)
    if local.hour < OPENS:
        local = local.replace(hour=OPENS, minute=0, second=0)
    elif local.hour >= SHUTS:
        local = (local + timedelta(days=1)).replace(hour=OPENS, minute=0, second=0)
    while local.weekday() >= 5:
        local = (local + timedelta(days=1)).replace(hour=OPENS, minute=0, second=0)
    return local + AT_WORK
