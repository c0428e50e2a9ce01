"""A small seeded world for `bench/detection.py`: practices of one to eight, seasons, weekends, holidays, replacements,
newcomers with new devices, duty nights, chases for results; and attackers put into it, with the truth beside."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ATTACKS = ("smash-and-grab", "slow", "leaver", "ids", "night", "snoop")


@dataclass
class Who:
    actor: str
    practice: str
    pace: int
    device: str
    works: set[int]
    begins: int = 0
    ends: int = 400
    seen: list[str] = field(default_factory=list)


def staff(rng: random.Random, practices: int) -> list[Who]:
    people = []
    for p in range(practices):
        for n in range(rng.choice((1, 2, 3, 4, 5, 8))):
            name = f"p{p}m{n}"
            days = set(rng.sample(range(5), rng.choice((3, 4, 4, 5)))) | (
                {5} if rng.random() < 0.3 else set()
            )
            person = Who(name, f"practice{p}", rng.randint(8, 26), f"{name}d0", days)
            if rng.random() < 0.15:
                person.begins = rng.randint(20, 250)  # a newcomer, or a replacement for a while
                person.ends = person.begins + rng.choice((14, 30, 400))
            people.append(person)
    return people


def events(seed: int, practices: int, days: int, attacked: bool) -> Iterator[tuple[dict[str, Any], str]]:
    """Every line in order, with the attack's name or an empty string."""
    rng = random.Random(seed)
    people, seq = staff(rng, practices), 0
    plan = {}
    if attacked:
        for n, day in enumerate(range(40, days, max(1, (days - 40) // 40))):
            plan[day] = (
                ATTACKS[n % len(ATTACKS)],
                rng.choice([w for w in people if w.begins < day - 20 and w.ends > day]),
            )
    for day in range(days):
        told = [line for who in people for line in _day(rng, who, day)]
        if day in plan:
            told += list(_attack(rng, *plan[day], day))
        for at, fields, label in sorted(told, key=lambda one: one[0]):
            stamp = (BEGIN + timedelta(days=day, seconds=at)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            yield {"seq": seq, "time": stamp, **fields}, label
            seq += 1


def _day(rng: random.Random, who: Who, day: int) -> Iterator[tuple[float, dict[str, Any], str]]:
    if not who.begins <= day < who.ends:
        return
    base = {"actor": who.actor, "device": who.device, "practice": who.practice, "network": f"n{who.practice}"}
    if day == who.begins or rng.random() < 0.006:  # a first day, or a new telephone
        who.device = f"{who.actor}d{day}"
        base["device"] = who.device
        yield 7.5 * 3600, {"kind": "device-enrolled", "subject": who.actor, **base}, ""
    on_duty = rng.random() < 0.01
    if ((day + 3) % 7 not in who.works and not on_duty) or (day % 91 in range(7) and rng.random() < 0.6):
        return
    yield from _odd_hour(rng, who, base)
    season = (
        1 + 0.3 * math.cos(day / 365 * 2 * math.pi) + (0.5 if 20 <= day <= 40 else 0)
    )  # winter, and an epidemic
    begin = (21 if on_duty else 7.5) * 3600
    for n in range(max(1, round(rng.gauss(who.pace * season, 3)))):
        record, at = f"{who.actor}c{day}x{n}", begin + n * rng.uniform(1100, 1300) * (20 / max(who.pace, 12))
        file = f"{who.practice}f{rng.randrange(4000)}"
        if at > 86_000:
            break  # the rest of a duty night is the next day's
        for step, (target, relation) in enumerate(
            ((record, "queue"), (record, "assigned"), (file, "assigned"))
        ):
            told = {
                "kind": "release",
                "record": target,
                "relation": relation,
                "subject": file,
                "outcome": "allowed",
            }
            yield at + step * 30, {**told, **base}, ""
        who.seen.append(record)
        if rng.random() < 0.25:  # a letter read again, a result that comes in
            old = rng.choice(who.seen[-400:])
            yield (
                at + 200,
                {"kind": "release", "record": old, "relation": "linked", "outcome": "allowed", **base},
                "",
            )
        if rng.random() < 0.004:
            yield (
                at + 300,
                {"kind": "release", "record": file, "relation": "break-glass", "outcome": "allowed", **base},
                "",
            )
        if rng.random() < 0.002:
            yield (
                at + 400,
                {"kind": "refusal", "record": file, "relation": "none", "outcome": "relation", **base},
                "",
            )


def _odd_hour(
    rng: random.Random, who: Who, base: dict[str, Any]
) -> Iterator[tuple[float, dict[str, Any], str]]:
    """What honest people do now and then: catch up on letters, cover for a sick colleague, click in a stale tab."""
    if rng.random() < 0.006 and len(who.seen) > 100:
        at = 50_000.0
        for record in rng.sample(who.seen[-400:], min(rng.randint(10, 45), len(who.seen[-400:]))):
            at += rng.uniform(40, 300)
            yield (
                at,
                {"kind": "release", "relation": "linked", "outcome": "allowed", "record": record, **base},
                "",
            )
    if rng.random() < 0.004:
        for n in range(rng.randint(2, 5)):
            told = {
                "kind": "release",
                "relation": "break-glass",
                "outcome": "allowed",
                "record": f"{who.practice}c{n}",
            }
            yield 33_000 + n * 2400, {**told, **base}, ""
    if rng.random() < 0.005:
        for n in range(rng.randint(1, 5)):
            told = {
                "kind": "refusal",
                "relation": "none",
                "outcome": "relation",
                "record": f"{who.practice}s{n}",
            }
            yield 36_000 + n * 50, {**told, **base}, ""


def _attack(rng: random.Random, name: str, who: Who, day: int) -> Iterator[tuple[float, dict[str, Any], str]]:
    stolen = f"{who.actor}stolen{day}"
    base = {"actor": who.actor, "device": who.device, "practice": who.practice, "network": "elsewhere"}
    opened = {"kind": "release", "relation": "linked", "outcome": "allowed"}
    own = who.seen[-500:] or [f"x{n}" for n in range(500)]
    if name == "smash-and-grab":
        yield 39_000, {"kind": "device-enrolled", "subject": who.actor, **base, "device": stolen}, name
        for n in range(60):
            yield (
                39_100 + n * 15,
                {**opened, **base, "device": stolen, "record": own[-1 - n % len(own)]},
                name,
            )
    elif name == "slow":  # one every ten minutes, within hours, on the known device
        for n in range(55):
            yield 28_000 + n * 600, {**opened, **base, "record": own[-1 - n % len(own)]}, name
    elif name == "leaver":
        yield 30_000, {"kind": "member-left", **base, "actor": "manager", "target": who.actor}, ""
        yield (
            50_000,
            {"kind": "refusal", "relation": "none", "outcome": "relation", **base, "record": own[-1]},
            name,
        )
        yield 50_300, {"kind": "member-joined", **base, "actor": "manager", "target": who.actor}, ""
    elif name == "ids":
        for n in range(30):
            fields = {
                "kind": "refusal",
                "relation": "none",
                "outcome": "relation",
                "record": f"guess{day}x{n}",
            }
            yield 40_000 + n * 20, {**fields, **base}, name
    elif name == "night":
        for n in range(25):
            yield 5_400 + n * 120, {**opened, **base, "record": own[-1 - n % len(own)]}, name
    else:  # a snoop: a handful of reasons for people who are not one's own
        for n in range(5):
            fields = {
                "kind": "release",
                "relation": "break-glass",
                "outcome": "allowed",
                "record": f"known{day}x{n}",
            }
            yield 45_000 + n * 700, {**fields, **base}, name
