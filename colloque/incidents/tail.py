"""The ledger, read by a cursor, and what the engine knew before: the worker's half of noticing."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from colloque.accounts.models import Device, Membership
from colloque.detection.drift import LONGEST, Drift
from colloque.detection.engine import Engine
from colloque.detection.errors import BadRule
from colloque.detection.facts import NEW_DEVICE, Facts
from colloque.detection.rule import Rule
from colloque.detection.score import Scorer
from colloque.detection.sigma import read_rule, rule_files
from colloque.detection.told import OWN_RULES
from colloque.incidents.models import Canary, Mark, Tail
from colloque.kernel.clock import from_wire, now
from colloque.vault.client import Fed, VaultClient, load
from colloque.vault.errors import Unavailable
from colloque.vault.settings import UnsafeSetting


@cache
def feed() -> VaultClient:
    """The client that reads lines; it is released nothing. Raises Unavailable while its key file is not there."""
    try:
        return VaultClient(settings.COLLOQUE_VAULT_URL, load(settings.COLLOQUE_OFFICER_KEY))
    except UnsafeSetting as error:
        raise Unavailable("the officer's key file") from error


def lines_from(first: int) -> Iterator[dict[str, Any]]:
    """Every line from number `first` to the end of the ledger as it is now."""
    while lines := feed().feed(first)[0]:
        yield from lines
        first = int(lines[-1]["seq"]) + 1


def pages_from(first: int) -> Iterator[Fed]:
    """The same lines, as they were hashed, some at a time."""
    while (told := feed().feed_as_written(first)).lines:
        yield told
        first = int(json.loads(told.lines[-1])["seq"]) + 1


def size() -> int:
    return feed().feed(2**53 - 1)[1]


def read_all_rules() -> tuple[list[Rule], str]:
    """Every rule that can be run, and a sentence about those that can't: one bad rule does not blind the others."""
    own = [Path(settings.COLLOQUE_RULES)] if settings.COLLOQUE_RULES else []
    files = {path.stem: path for folder in (OWN_RULES, *own) for path in rule_files(folder)}
    rules, troubles = [], [f"{folder}: no such folder." for folder in own if not folder.is_dir()]
    for path in files.values():
        try:
            rules.append(read_rule(path))
        except BadRule as error:
            troubles.append(str(error))
    return rules, " ".join(troubles)[:400]


class Watch:
    """The engine of this process and how far it has read. One per worker; another one starts by reading again."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.next = 0

    def start(self, tail: Tail) -> int:
        """Fill windows and facts, unless this process is where the tail is; return where to read from."""
        if self.engine is not None and self.next == tail.next:
            self.engine.facts.canaries = canaries()
            return self.next
        rules, tail.trouble = read_all_rules()
        # As far back as rules look, and the drift: what is usual is known again before anything new is looked at.
        span = max((rule.correlation.within for rule in rules), default=timedelta(0))
        span = max(span, timedelta(days=LONGEST))
        mark = Mark.objects.filter(hour__lte=now() - span).order_by("-hour").first()
        self.engine = Engine(rules, known_facts(mark.hour if mark else None), Scorer(), Drift())
        return mark.seq if mark else 0


def canaries() -> set[str]:
    return {str(account) for account in Canary.objects.values_list("account_id", flat=True)}


def known_facts(since: datetime | None) -> Facts:
    """What lines before `since` have taught, from the web's own tables."""
    facts = Facts(canaries=canaries())
    if since is None:
        return facts
    young = Device.objects.filter(created_at__gt=since - NEW_DEVICE).values_list("id", "created_at")
    facts.enrolled = {str(device): at for device, at in young}
    ended = Membership.objects.exclude(ended_at=None).values_list("account_id", "practice_id", "ended_at")
    facts.left = {(str(person), str(practice)): at for person, practice, at in ended if at}
    return facts


def keep_mark(line: dict[str, Any]) -> None:
    hour = from_wire(line["time"]).replace(minute=0, second=0, microsecond=0)
    Mark.objects.get_or_create(hour=hour, defaults={"seq": line["seq"]})
