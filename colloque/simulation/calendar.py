"""Days: weekends, public holidays of France, school holidays, winter, and one or two epidemics a year. Pure."""

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta

DAYS_OF_EPIDEMIC = 28
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Roughly those of zone B: what matters is that many are away at once, for two weeks, five times a year.
AWAY = ((2, 14, 14), (4, 11, 14), (7, 12, 45), (10, 18, 14), (12, 20, 14))


@dataclass(frozen=True)
class Calendar:
    begin: date
    seed: int

    def of(self, day: int) -> date:
        return self.begin + timedelta(days=day)

    def is_holiday(self, day: int) -> bool:
        on = self.of(day)
        easter = _easter(on.year)
        moving = {easter + timedelta(days=by) for by in (1, 39, 50)}
        return (on.month, on.day) in FIXED or on in moving

    def is_school_holiday(self, day: int) -> bool:
        on = self.of(day)
        return any(0 <= (on - date(on.year, month, first)).days < length for month, first, length in AWAY)

    def demand(self, day: int) -> float:
        """How many ask for a consultation, against the year's mean of about one."""
        on = self.of(day)
        winter = 1 + 0.25 * math.cos((on.timetuple().tm_yday - 20) / 365 * 2 * math.pi)
        return winter * (1 + sum(self._wave(on, n) for n in range(2)))

    def _wave(self, on: date, n: int) -> float:
        """Influenza in winter each year; another one, smaller, in two years of three."""
        rng = random.Random(f"{self.seed}/{on.year}/{n}")
        peak = rng.randint(15, 55) if n == 0 else rng.randint(120, 330)
        height = rng.uniform(0.3, 0.8) if n == 0 else rng.choice((0.0, 0.25, 0.4))
        away = (on.timetuple().tm_yday - peak) / (DAYS_OF_EPIDEMIC / 2)
        return height * math.exp(-away * away)


def _easter(year: int) -> date:
    """The anonymous Gregorian computus."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
