"""Intrusions of which the truth is known. Each is a person with a stolen thing, who asks, hears the answer, and goes on.

Where an attacker takes the practitioner's place, it asks for what the practitioner could have: its own patients of the last
thirty days at the price of `linked`, anyone else of the practice by a made-up reason.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

from colloque.simulation.course import Intrusion, Moves, Suppose
from colloque.simulation.event import ALLOWED, Event, to_time
from colloque.simulation.people import Practitioner, Seen
from colloque.simulation.world import DAY, HOUR, LINKED_DAYS, MINUTE, SECOND, World, asked, served

ELSEWHERE = "185.220.101.0/24"
SHUT = frozenset({"frozen", "revoked"})
PATIENCE = 3  # refusals of a frozen account before even a thief gives up
PARTS = ("request", "exchange", "care")


# Who is robbed


def practitioner_for(world: World, rng: random.Random, day: int, *, colleagues: int = 0) -> Practitioner:
    """Someone who has worked here for a while and stays."""
    found = [
        who
        for who in world.staff
        if who.begins < max(0, day - 25) and who.ends > day + 40 and len(who.practice.members) > colleagues
    ]
    return rng.choice(found or world.staff)


def own_patients(world: World, who: Practitioner, at: int) -> list[Seen]:
    """Whom they have seen lately, newest first, each once."""
    recent = [seen for seen in who.closed if at - LINKED_DAYS * DAY < seen.at < at]
    return list({seen.patient: seen for seen in recent}.values())[::-1]


def colleagues_patients(world: World, who: Practitioner, at: int) -> list[Seen]:
    others = [
        seen for other in who.practice.members if other is not who for seen in other.closed if seen.at < at
    ]
    return list({seen.patient: seen for seen in others}.values())


# How one asks


class Thief:
    """Asks for one patient after another by one device, at its pace; hears what it is told."""

    def __init__(
        self, world: World, who: Practitioner, name: str, *, device: str = "", network: str = ""
    ) -> None:
        self.world, self.who, self.name = world, who, name
        self.base = {"actor": who.id, "device": device or who.device, "practice": who.practice.id,
                     "network": network or who.practice.network,
                     "session": world.id("stolen", name, who.number)}  # fmt: skip
        self.shut = 0

    def take(self, seen: Seen, at: int, relation: str, *, parts: tuple[str, ...] = PARTS) -> Moves:
        """Everything of one patient: the consultation and who it is. Leaves `at` in `self.at`."""
        self.at, self.word = at, ALLOWED
        about = {**self.base, "subject": self.world.patients.person(seen.patient)}
        file = self.world.file_of(seen.patient, self.who.practice)
        for target, part in [*((seen.record, part) for part in parts), (file, "identity")]:
            self.word = yield Event(self.at, asked(about, target, part, relation), self.name)
            if self.word == ALLOWED:
                yield Event(self.at + 200, served(about, target, part), self.name)
            self.at += 2 * SECOND
            if self.word != ALLOWED:
                self.shut += self.word in SHUT
                return

    @property
    def is_over(self) -> bool:
        return self.shut >= PATIENCE


def _in_a_row(thief: Thief, targets: list[tuple[Seen, str]], at: int, until: int, pace: int) -> Moves:
    """One patient each `pace`; told that the budget is spent, wait a minute and ask again."""
    for seen, relation in targets:
        while at < until and not thief.is_over:
            yield from thief.take(seen, at, relation)
            at = max(at + pace, thief.at)
            if thief.word == ALLOWED:
                break
            at += MINUTE
            if thief.word not in ("budget", *SHUT):
                break


def _window(begin: int, end: int) -> dict[str, str]:
    return {"from": to_time(begin).isoformat(), "to": to_time(end).isoformat(), "belief": "sure"}


def _named(kind: str, name: str, begin: int, end: int) -> dict[str, Any]:
    return {kind: [{"id": name, **_window(begin, end)}]}


def _whose(who: Practitioner) -> Suppose:
    return lambda begin, end: _named("accounts", who.id, begin, end)


def _holding(what: str, begin: int, end: int) -> Suppose:
    """What was held, and from when to when, is known whatever else is."""
    return lambda *_: {"held": [{"what": what, **_window(begin, end)}]}


# The intrusions


def smash_and_grab(
    world: World,
    seed: int,
    day: int,
    *,
    hours: int = 6,
    who: Practitioner | None = None,
    by_phishing: bool = False,
) -> Intrusion:
    """A stolen account, as fast as it goes: own patients, then everyone of the practice by a made-up reason.

    With its device, which the owner has no more; or, phished, by a new device while the owner works on.
    """
    robbed = who or practitioner_for(world, random.Random(seed), day)
    start = world.at(day, 12 * HOUR + random.Random(seed).randrange(HOUR))
    device = world.id("stolen-device", seed) if by_phishing else robbed.device

    def moves(world: World) -> Moves:
        thief = Thief(world, robbed, "smash-and-grab", device=device, network=ELSEWHERE)
        if by_phishing:
            new = {**thief.base, "kind": "device-enrolled", "subject": robbed.id, "practice": None}
            yield Event(start, new, "smash-and-grab")
        targets = [(seen, "linked") for seen in own_patients(world, robbed, start)]
        targets += [(seen, "break-glass") for seen in colleagues_patients(world, robbed, start)]
        yield from _in_a_row(thief, targets, start + MINUTE, start + hours * HOUR, 10 * SECOND)

    return Intrusion(
        "smash-and-grab", start, moves, about={"accounts": [robbed.id], "device": device},
        suppose=lambda begin, end: _named("devices", device, begin, end),
        silences=frozenset() if by_phishing else frozenset({robbed.id}),
    )  # fmt: skip


def beyond_own(
    world: World, seed: int, day: int, *, hours: int = 6, who: Practitioner | None = None
) -> Intrusion:
    """The same, and only for patients who are not this practitioner's: those of colleagues, by a made-up reason."""
    robbed = who or practitioner_for(world, random.Random(seed), day, colleagues=1)
    start = world.at(day, 12 * HOUR + random.Random(seed).randrange(HOUR))

    def moves(world: World) -> Moves:
        thief = Thief(world, robbed, "beyond-own", network=ELSEWHERE)
        targets = [(seen, "break-glass") for seen in colleagues_patients(world, robbed, start)]
        yield from _in_a_row(thief, targets, start, start + hours * HOUR, 10 * SECOND)

    return Intrusion("beyond-own", start, moves, about={"accounts": [robbed.id]}, silences=frozenset({robbed.id}),
                     suppose=_whose(robbed))  # fmt: skip


def inside_own(
    world: World,
    seed: int,
    day: int,
    *,
    a_day: float = 5,
    days: int = 5,
    who: Practitioner | None = None,
    name: str = "inside-own",
) -> Intrusion:
    """Hides among the practitioner's own patients, on the known device, within hours: so many a day, for days."""
    robbed = who or practitioner_for(world, random.Random(seed), day)
    start = world.at(day, 8 * HOUR)

    def moves(world: World) -> Moves:
        rng, done = random.Random(seed), set()
        for later in range(days):
            count = int(a_day) + (rng.random() < a_day % 1)
            morning = start + later * DAY
            if not count or world.calendar.of(day + later).weekday() == 6:
                continue
            thief = Thief(world, robbed, name, device=robbed.device)
            fresh = [seen for seen in own_patients(world, robbed, morning) if seen.patient not in done][
                :count
            ]
            pace = 10 * HOUR // count
            for n, seen in enumerate(fresh):
                done.add(seen.patient)
                yield from thief.take(seen, morning + n * pace + rng.randrange(max(1, pace // 2)), "linked")
                if thief.word in SHUT:
                    return

    return Intrusion(name, start, moves, about={"accounts": [robbed.id], "a_day": a_day}, in_lines=False,
                     suppose=_whose(robbed))  # fmt: skip


def ten_minutes(world: World, seed: int, day: int, *, who: Practitioner | None = None) -> Intrusion:
    """One record every ten minutes within hours, on the known device: no rule of speed sees it."""
    return inside_own(world, seed, day, a_day=60, days=5, who=who, name="ten-minutes")


def nineteen_accounts(world: World, seed: int, day: int, *, hours: int = 10) -> list[Intrusion]:
    """Nineteen accounts at once, each as fast as it goes (Amelipro, 510,000 persons)."""
    rng = random.Random(seed)
    robbed = rng.sample(world.staff, min(19, len(world.staff)))
    return [
        smash_and_grab(world, seed + n, day, hours=hours, who=who, by_phishing=True)
        for n, who in enumerate(robbed)
    ]


def low_and_slow(
    world: World, seed: int, day: int, *, share: float = 1500 / 3800, a_day: float = 5, days: int = 30
) -> list[Intrusion]:
    """Four accounts in ten, a few own patients a day each, for a month (Cegedim, 1,500 of 3,800)."""
    robbed = random.Random(seed).sample(world.staff, max(1, round(share * len(world.staff))))
    return [inside_own(world, seed + n, day, a_day=a_day, days=days, who=who) for n, who in enumerate(robbed)]


def departed_member(world: World, seed: int, day: int) -> Intrusion:
    """Who has left keeps the device, and tries the practice's patients that evening (Weda)."""
    rng = random.Random(seed)
    gone = practitioner_for(world, rng, day, colleagues=1)
    start = world.at(day, 21 * HOUR)
    gone.ends = day

    def moves(world: World) -> Moves:
        thief = Thief(world, gone, "departed-member", network=ELSEWHERE)
        mine = own_patients(world, gone, start)[:20]
        for n, seen in enumerate([*mine, *colleagues_patients(world, gone, start)[:20]]):
            yield from thief.take(seen, start + n * 15 * SECOND, "none")
            if thief.is_over:
                return

    return Intrusion("departed-member", start, moves, about={"accounts": [gone.id]},
                     suppose=_whose(gone))  # fmt: skip


def snoop(world: World, seed: int, day: int) -> Intrusion:
    """Someone of the practice reads a well-known patient, and a colleague who is a patient there, by made-up reasons."""
    rng = random.Random(seed)
    curious = practitioner_for(world, rng, day, colleagues=1)
    start = world.at(day, 14 * HOUR)

    def moves(world: World) -> Moves:
        thief = Thief(world, curious, "snoop")
        known = colleagues_patients(world, curious, start)
        for n, seen in enumerate(rng.sample(known, min(2, len(known)))):
            yield from thief.take(seen, start + n * 50 * MINUTE, "break-glass", parts=("care",))

    return Intrusion("snoop", start, moves, about={"accounts": [curious.id]}, in_lines=False,
                     suppose=_whose(curious))  # fmt: skip


def insider_on_duty(world: World, seed: int, day: int) -> Intrusion:
    """On a day of duty, everyone who waits is looked at, and nobody is taken: the queue explains each opening."""
    rng = random.Random(seed)
    inside = practitioner_for(world, rng, day, colleagues=2)
    start = world.at(day, 7 * HOUR)  # before anyone was seen that day

    def moves(world: World) -> Moves:
        thief = Thief(world, inside, "insider-on-duty")
        waiting = [seen for other in inside.practice.members if other is not inside for seen in other.closed
                   if start + 15 * MINUTE < seen.at < start + 8 * HOUR]  # fmt: skip
        for seen in sorted(waiting, key=lambda seen: seen.at):
            # Twelve minutes before it is closed a request waits, or has just been taken.
            yield from thief.take(seen, seen.at - 13 * MINUTE, "queue", parts=("request",))
            if thief.is_over:
                return

    return Intrusion("insider-on-duty", start, moves, about={"accounts": [inside.id]}, in_lines=False,
                     suppose=_whose(inside))  # fmt: skip


def map_ids(world: World, seed: int, day: int) -> Intrusion:
    """Tries ids that were seen somewhere, to learn from refusals which exist."""
    trying = practitioner_for(world, random.Random(seed), day)
    start = world.at(day, 15 * HOUR)

    def moves(world: World) -> Moves:
        base = {"actor": trying.id, "device": trying.device, "network": ELSEWHERE}
        shut = 0
        for n in range(200):
            told = asked(base, world.id("guess", day, n), "identity", "none")
            word = yield Event(start + n * 4 * SECOND, told, "map-ids")
            shut += word in SHUT
            if shut >= PATIENCE:
                return

    return Intrusion("map-ids", start, moves, about={"accounts": [trying.id]}, silences=frozenset({trying.id}),
                     suppose=_whose(trying))  # fmt: skip


def stolen_session(world: World, seed: int, day: int) -> Intrusion:
    """A cookie without the device's key: the web serves ciphertext, and the vault is not even asked."""
    robbed = practitioner_for(world, random.Random(seed), day)
    start, session = world.at(day, 13 * HOUR), world.id("cookie", seed)

    def moves(world: World) -> Moves:
        base = {"actor": robbed.id, "device": robbed.device, "practice": robbed.practice.id, "network": ELSEWHERE,
                "session": session}  # fmt: skip
        for n, seen in enumerate(own_patients(world, robbed, start)[:40]):
            about = {**base, "subject": world.patients.person(seen.patient)}
            word = yield Event(start + n * 3 * SECOND, served(about, seen.record, "care"), "stolen-session")
            if word in SHUT:
                return

    return Intrusion("stolen-session", start, moves, about={"sessions": [session]},
                     suppose=lambda begin, end: _named("sessions", session, begin, end))  # fmt: skip


def stolen_copy(world: World, seed: int, day: int, *, what: str = "database") -> Intrusion:
    """A copy of a database, or a backup of both: sealed, all of it. Nothing happens that a line could show."""
    start = world.at(day, 3 * HOUR)
    copied = {"what": what, "at": to_time(start).isoformat(), "belief": "sure"}
    return Intrusion(f"stolen-{what}", start, about={"copied": what}, suppose=lambda *_: {"copied": [copied]})


def held_web(world: World, seed: int, day: int) -> Intrusion:
    """The web server, for an afternoon: six pages of ten that work there hand over what they open."""
    start, end = world.at(day, 13 * HOUR), world.at(day, 18 * HOUR)

    def sees(event: Event) -> bool:
        fields = event.fields
        taken = random.Random(f"{seed}/{fields.get('device')}").random() < 0.6
        return taken and start <= event.at <= end and fields["kind"] in ("release", "item-written")

    return Intrusion("web-held", start, sees=sees, about={"held": "web"},
                     suppose=_holding("web", start, end))  # fmt: skip


def held_relay(world: World, seed: int, day: int) -> Intrusion:
    """The outgoing mail relay, for a day: addresses and times, and nothing that was written in care."""
    start, end = world.at(day), world.at(day + 1)

    def sees(event: Event) -> bool:
        fields = event.fields
        return start <= event.at <= end and fields["kind"] == "release" and fields["relation"] == "service"

    return Intrusion("mail-relay", start, sees=sees, about={"held": "mail-relay"},
                     suppose=_holding("mail-relay", start, end))  # fmt: skip


def at_night(world: World, seed: int, day: int, *, persons: int = 8) -> Intrusion:
    """Between one and two at night, on the known device, own patients one after the other."""
    robbed = practitioner_for(world, random.Random(seed), day)
    start = world.at(day, HOUR + random.Random(seed).randrange(30 * MINUTE))

    def moves(world: World) -> Moves:
        thief = Thief(world, robbed, "at-night", network=ELSEWHERE)
        targets = [(seen, "linked") for seen in own_patients(world, robbed, start)[:persons]]
        yield from _in_a_row(thief, targets, start, start + 2 * HOUR, 2 * MINUTE)

    return Intrusion("at-night", start, moves, about={"accounts": [robbed.id]}, suppose=_whose(robbed))


def ledger_rollback(world: World, seed: int, day: int, *, persons: int = 12) -> Intrusion:
    """Who holds the vault's host reads with a practitioner's device, calmly, and then puts the database of before back.

    Own patients, one every three minutes: no rule of speed sees it. What remembers the lines is with others.
    """
    robbed = practitioner_for(world, random.Random(seed), day)
    start = world.at(day, 12 * HOUR + random.Random(seed).randrange(HOUR))
    restored = start + (persons * 3 + 5) * MINUTE

    def moves(world: World) -> Moves:
        thief = Thief(world, robbed, "ledger-rollback", network=ELSEWHERE)
        targets = [(seen, "linked") for seen in own_patients(world, robbed, start)[:persons]]
        yield from _in_a_row(thief, targets, start, restored - MINUTE, 3 * MINUTE)

    def suppose(begin: int, _: int) -> dict[str, Any]:
        # The lines that would say whose items were fetched are gone: a copy can't be excluded, and stands for them.
        copied = {"what": "database", "at": to_time(restored).isoformat(), "belief": "suspected"}
        held = {"held": [{"what": "vault", **_window(begin, restored)}], "copied": [copied]}
        return {**_named("accounts", robbed.id, begin, restored), **held}

    return Intrusion("ledger-rollback", start, moves, about={"accounts": [robbed.id]}, suppose=suppose,
                     silences=frozenset({robbed.id}), cut=(start, restored))  # fmt: skip


BY_NAME: dict[str, Callable[..., Intrusion | list[Intrusion]]] = {
    "smash-and-grab": smash_and_grab, "beyond-own": beyond_own, "inside-own": inside_own, "ten-minutes": ten_minutes,
    "nineteen-accounts": nineteen_accounts, "low-and-slow": low_and_slow, "departed-member": departed_member,
    "snoop": snoop, "insider-on-duty": insider_on_duty, "map-ids": map_ids, "stolen-session": stolen_session,
    "stolen-database": stolen_copy, "web-held": held_web, "mail-relay": held_relay,
    "ledger-rollback": ledger_rollback, "at-night": at_night,
}  # fmt: skip


def plan(world: World, name: str, seed: int, day: int, **how: Any) -> list[Intrusion]:
    """The intrusions of a name, that begin on a day."""
    made = BY_NAME[name](world, seed, day, **how)
    return made if isinstance(made, list) else [made]


def reads(event: Event, intrusions: list[Intrusion]) -> Iterator[str]:
    """The names of the attacks that read what this event opened: the truth, told by who did it."""
    if event.by and event.kind == "release":
        yield event.by
    yield from (one.name for one in intrusions if one.sees and one.sees(event))
