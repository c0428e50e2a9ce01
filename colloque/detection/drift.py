"""Closed records that are opened again, for each consultation taken: of one person over a week and over three, of the whole
platform over two days, against the four weeks before. It is what a thief who hides among the owner's own patients can't help
raising: five a day show within days, one a day within a week or three.

Life is not even: an epidemic brings more consultations, and with them more that is read again, so what counts is the one for
the other; a day of catching up is cut at `MOST_A_DAY`, so that one such day is not a drift.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from colloque.detection.rule import Event, Hit

RULE = "drift"
EVERYWHERE = ""
PAST_DAYS, ENOUGH_PAST = 28, 6  # days before those that are looked at; of them, with consultations
MOST_A_DAY = 8  # of one person
UNEVEN = 1.5  # life varies this much more than chance does
WORDS = {
    "again": "{n} dossiers clos rouverts en une semaine, contre {own} d’ordinaire pour autant de consultations",
    "slowly": "{n} dossiers clos rouverts en trois semaines, contre {own} d’ordinaire pour autant de consultations",
    "everywhere": "{n} dossiers clos rouverts en deux jours sur toute la plateforme, contre {own} d’ordinaire"
    " pour autant de consultations",
}
ENGLISH = {
    "again": "{n} closed records opened again within a week, against {own} as a rule for as many consultations",
    "slowly": "{n} closed records opened again within three weeks, against {own} as a rule for as many consultations",
    "everywhere": "{n} closed records opened again within two days on the whole platform, against {own} as a rule"
    " for as many consultations",
}


@dataclass(frozen=True)
class Look:
    """Over how many days, how far above what is usual (in deviations), and by how many records at least."""

    days: int
    far: float
    least: int
    words: str


PERSON = (Look(7, 4.0, 10, "again"), Look(21, 4.0, 20, "slowly"))
PLATFORM = (Look(2, 4.5, 20, "everywhere"),)
QUIET_DAYS = 7
LONGEST = PAST_DAYS + max(look.days for look in PERSON)  # days that are needed of the past


@dataclass
class Day:
    taken: int = 0
    again: dict[str, int] = field(default_factory=dict)  # record → the line
    device: str = ""
    practice: str = ""


@dataclass(frozen=True)
class Count:
    taken: int
    again: int


def rises(past: list[Count], now: list[Count], look: Look) -> float | None:
    """How many were to be expected, where `now` is far above it; else None."""
    worked = [one for one in past if one.taken]
    if len(worked) < ENOUGH_PAST:
        return None
    # One more in the past than there was: somebody who never reads again has a rate, too.
    taken, taken_now = sum(one.taken for one in past), sum(one.taken for one in now)
    expected = (sum(one.again for one in past) + 1) / taken * taken_now
    found = sum(one.again for one in now)
    far = found - expected
    # What is usual is itself known from a few days only.
    spread = math.sqrt(UNEVEN * max(expected, 1) * (1 + taken_now / taken))
    return expected if far >= max(look.least, look.far * spread) else None


class Drift:
    """Each person's days, and everyone's together. In memory, as windows are."""

    def __init__(self) -> None:
        self.past: dict[str, deque[Count]] = {}
        self.today: dict[str, Day] = {}
        self.date = ""
        self._quiet: dict[str, str] = {}  # holder → until which day

    def see(self, event: Event) -> list[Hit]:
        """Take an event; when it is the first of a new day, say who has risen by the day before."""
        told = str(event["time"])[:10]
        hits = list(self._turn(told, event)) if told != self.date and self.date else []
        self.date = told
        if event["kind"] == "consultation-taken":
            self._day(event).taken += 1
        elif event["kind"] == "release" and event.get("relation") in ("linked", "break-glass"):
            day = self._day(event)
            day.again.setdefault(str(event.get("record")), int(event.get("seq", -1)))
            day.device, day.practice = str(event.get("device", "")), str(event.get("practice", ""))
        return hits

    def _day(self, event: Event) -> Day:
        return self.today.setdefault(str(event.get("actor")), Day())

    def _turn(self, told: str, event: Event) -> Iterator[Hit]:
        today, self.today = self.today, {}
        counts = {who: Count(day.taken, min(len(day.again), MOST_A_DAY)) for who, day in today.items()}
        everyone = Count(sum(c.taken for c in counts.values()), sum(c.again for c in counts.values()))
        for who in self.past.keys() | counts.keys():
            if who != EVERYWHERE:
                yield from self._close(who, counts.get(who, Count(0, 0)), PERSON, today.get(who), event)
        lines = Day(again={record: seq for day in today.values() for record, seq in day.again.items()})
        yield from self._close(EVERYWHERE, everyone, PLATFORM, lines, event)
        # Days on which nobody did anything at all have no lines; they count as such.
        silent = (date.fromisoformat(told) - date.fromisoformat(self.date)).days - 1
        for held in self.past.values():
            held.extend([Count(0, 0)] * min(silent, LONGEST))

    def _close(
        self, who: str, count: Count, looks: tuple[Look, ...], day: Day | None, event: Event
    ) -> Iterator[Hit]:
        held = self.past.setdefault(who, deque(maxlen=LONGEST))
        held.append(count)
        if day is None or self._quiet.get(who, "") > self.date:
            return
        days = list(held)
        for look in looks:
            now = days[-look.days :]
            usual = rises(days[: -look.days][-PAST_DAYS:], now, look)
            if usual is not None:
                until = date.fromisoformat(self.date) + timedelta(days=QUIET_DAYS)
                self._quiet[who] = until.isoformat()
                found = sum(one.again for one in now)
                words = WORDS[look.words].format(n=found, own=round(usual))
                yield _hit(who, day, event, found, words)
                return


def _hit(who: str, day: Day, event: Event, found: int, words: str) -> Hit:
    return Hit(
        RULE, "medium" if who else "high", (("actor", who),) if who else (), str(event["time"]), int(event.get("seq", -1)),
        found, tuple(sorted(day.again.values()))[:100], "", who, day.device, day.practice, words,
    )  # fmt: skip
