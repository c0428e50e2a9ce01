"""The intrusions that can be rehearsed: what each is called, how it is played, and the runbook for the night it is real."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

RUNBOOKS = "docs/runbooks"


@dataclass(frozen=True)
class Scenario:
    """`live` is played against a running instance where persons are few; `replayed` is its name in the simulation."""

    name: str
    what: str
    replayed: str
    live: bool = False
    lasts: timedelta = timedelta(days=1)
    practitioners: int = 12  # at least
    how: Mapping[str, Any] = field(default_factory=dict)

    @property
    def runbook(self) -> str:
        return f"{RUNBOOKS}/{self.name}.md"


SCENARIOS = (
    Scenario("stolen-device", "a practitioner's unlocked device, as fast as it goes", "smash-and-grab", live=True),
    Scenario("departed-member", "who has left tries the practice's patients that evening", "departed-member", live=True),
    Scenario("stolen-database", "a copy of the database, with a practitioner's own keys", "stolen-database", live=True),
    Scenario("ten-minutes", "a record every ten minutes, of own patients", "ten-minutes", lasts=timedelta(days=5)),
    Scenario("nineteen-accounts", "nineteen phished accounts at once", "nineteen-accounts", practitioners=40),
    Scenario("low-and-slow", "four accounts in ten, a few own patients a day", "low-and-slow", lasts=timedelta(days=30)),
    Scenario("beyond-own", "patients of colleagues, by made-up reasons", "beyond-own"),
    Scenario("snoop", "a colleague or a well-known patient, out of curiosity", "snoop", live=True),
    Scenario("insider-on-duty", "everyone who waits is looked at, and nobody taken", "insider-on-duty"),
    Scenario("stolen-session", "a cookie without the device's key", "stolen-session", live=True),
    Scenario("map-ids", "ids are tried, to learn from refusals which exist", "map-ids", live=True),
    Scenario("web-held", "the web server in other hands for an afternoon", "web-held"),
    Scenario("mail-relay", "the outgoing mail relay in other hands for a day", "mail-relay"),
    Scenario("ledger-rollback", "who holds the vault puts an old database back, to hide what was read", "ledger-rollback"),
    Scenario("stolen-backup", "a backup of both databases", "stolen-database", how={"what": "backup"}),
)  # fmt: skip
BY_NAME = {one.name: one for one in SCENARIOS}
