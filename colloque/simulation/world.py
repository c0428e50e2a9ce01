"""Normal life, day by day: who comes, what is opened for it, what is read again, and what honest people do oddly.

Rates are our guesses, written beside each; `docs/simulation.md` says which matter. A day is made from its own seed and
from what was closed before, so days are asked for in order.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from colloque.simulation.calendar import Calendar
from colloque.simulation.event import ASKS, Event, id_of, to_millis
from colloque.simulation.people import Patients, Practice, Practitioner, Seen, Size, device_of, practices_of

DAY, HOUR, MINUTE, SECOND = 86_400_000, 3_600_000, 60_000, 1_000
LINKED_DAYS = 30  # the vault's: for so long a closed consultation can be read again without a reason


class World:
    """Hold a world of a size. `setup()` once, then `day(0)`, `day(1)`, …"""

    def __init__(self, size: Size) -> None:
        self.size, self.begin = size, to_millis(size.begin)
        self.calendar = Calendar(size.begin.date(), size.seed)
        self.patients = Patients(size)
        self.practices = practices_of(size)
        self.staff = [member for practice in self.practices for member in practice.members]
        self.web, self.web_device = self.id("web"), self.id("web-device")
        self.mailer, self.mailer_device = self.id("mailer"), self.id("mailer-device")
        self.files: dict[int, set[int]] = defaultdict(set)  # which practices a patient has a file at
        self.known: set[int] = set()  # patients who signed up after the world had begun

    def id(self, *parts: object) -> str:
        return id_of(self.size.seed, *parts)

    def at(self, day: int, millis: int = 0) -> int:
        return self.begin + day * DAY + millis

    def file_of(self, patient: int, practice: Practice) -> str:
        return self.patients.file(patient, practice)

    # Before the first day

    def setup(self) -> Iterator[Event]:
        """Everyone who is there on the first day: services, practices, staff, 19 patients of 20 and their files."""
        rows, count = list(self._founding()), 0
        known = [p for p in range(self.size.persons) if self.patients.is_known_before(p)]
        total = len(rows) + 4 * len(known)
        start = self.at(-1)
        for fields in rows:
            yield Event(start + count * DAY // total, fields)
            count += 1
        for patient in known:
            practice = self.staff[patient % len(self.staff)].practice
            self.files[patient].add(practice.number)
            for fields in (*self._signing_up(patient), self._new_file(patient, practice)):
                yield Event(start + count * DAY // total, fields)
                count += 1

    def _founding(self) -> Iterator[dict[str, Any]]:
        for service, device in ((self.web, self.web_device), (self.mailer, self.mailer_device)):
            yield from _joining(service, device, "service")
        for practice in self.practices:
            manager = practice.manager
            yield from _joining(manager, self.id("manager-device", practice.number), "professional")
            yield {"kind": "practice-created", "actor": manager, "device": self.id("manager-device", practice.number),
                   "practice": practice.id, "target": manager, "network": practice.network}  # fmt: skip
            if practice.secretary:
                yield from _joining(
                    practice.secretary, self.id("secretary-device", practice.number), "professional"
                )
                yield self._member("member-joined", practice, practice.secretary)
            for member in practice.members:
                yield from _joining(member.id, member.device, "professional")
                if member.begins < 0:
                    yield self._member("member-joined", practice, member.id)

    def _member(self, kind: str, practice: Practice, who: str) -> dict[str, Any]:
        return {"kind": kind, "actor": practice.manager, "device": self.id("manager-device", practice.number),
                "practice": practice.id, "target": who, "network": practice.network}  # fmt: skip

    def _signing_up(self, patient: int) -> Iterator[dict[str, Any]]:
        person, network = self.patients.person(patient), self.patients.network(patient)
        for fields in _joining(person, self.patients.device(patient), "patient"):
            yield {**fields, "network": network}
        yield {"kind": "record-created", "actor": person, "device": self.patients.device(patient), "subject": person,
               "record": self.patients.contact(patient), "network": network, "detail": {"kind": "person"}}  # fmt: skip

    def _new_file(self, patient: int, practice: Practice) -> dict[str, Any]:
        return {"kind": "record-created", "actor": self.patients.person(patient), "device": self.patients.device(patient),
                "subject": self.patients.person(patient), "record": self.file_of(patient, practice),
                "practice": practice.id, "network": self.patients.network(patient), "detail": {"kind": "file"}}  # fmt: skip

    # Days

    def day(self, day: int) -> list[Event]:
        """Everything of this day, in the order of time."""
        rng = random.Random(f"{self.size.seed}/{day}")
        told: list[Event] = []
        for who in self.staff:
            if who.is_there(day) or who.ends == day:
                told += self._of_practitioner(rng, who, day)
        for practice in self.practices:
            if practice.secretary and not self._is_shut(day):
                told += self._of_secretary(rng, practice, day)
        told.sort(key=lambda event: event.at)
        return told

    def _is_shut(self, day: int) -> bool:
        return self.calendar.of(day).weekday() == 6 or self.calendar.is_holiday(day)

    def _of_practitioner(self, rng: random.Random, who: Practitioner, day: int) -> Iterator[Event]:
        if day == who.ends:
            yield Event(
                self.at(day, 19 * HOUR - 5 * MINUTE), self._member("member-left", who.practice, who.id)
            )
            return
        base = self._desk(who, day)
        if day == who.begins:
            yield Event(self.at(day, 7 * HOUR), self._member("member-joined", who.practice, who.id))
        if day == who.begins or rng.random() < 0.006:  # a first day, or a new telephone: one in half a year
            who.device = base["device"] = device_of(self.size.seed, who.number, day)
            yield Event(
                self.at(day, 7 * HOUR + 30 * MINUTE),
                {"kind": "device-enrolled", "subject": who.id, **base, "practice": None},
            )
        on_duty = who.nights and rng.random() < 0.03  # a night a month, by those who take duty
        works = self.calendar.of(day).weekday() in who.works and not self.calendar.is_holiday(day)
        away = self.calendar.is_school_holiday(day) and rng.random() < 0.45
        if on_duty or (works and not away):
            yield from self._surgery(rng, who, day, base, at_night=on_duty and not works)

    def _desk(self, who: Practitioner, day: int) -> dict[str, Any]:
        return {"actor": who.id, "device": who.device, "practice": who.practice.id, "network": who.practice.network,
                "session": self.id("session", who.number, day)}  # fmt: skip

    def _surgery(
        self, rng: random.Random, who: Practitioner, day: int, base: dict[str, Any], *, at_night: bool
    ) -> Iterator[Event]:
        begin = self.at(day, (20 if at_night else 7) * HOUR + rng.randrange(40 * MINUTE))
        yield Event(
            begin - MINUTE,
            {"kind": "sign-in", **self._by_web(), "subject": who.id, "network": base["network"]},
        )
        count = max(1, round(rng.gauss(who.pace * self.calendar.demand(day), 2)))
        step = min(22 * MINUTE, (3 if at_night else 11) * HOUR // count)
        for n in range(count):
            yield from self._visit(rng, who, day, n, begin + n * step + rng.randrange(step // 2), base)
        yield from self._odd(rng, who, day, base)

    def _visit(  # noqa: PLR0917
        self, rng: random.Random, who: Practitioner, day: int, n: int, at: int, base: dict[str, Any]
    ) -> Iterator[Event]:
        panel = who.number
        if len(who.practice.members) > 1 and rng.random() < 0.15:  # a colleague's patient
            panel = rng.choice(who.practice.members).number
        patient = self.patients.of_panel(rng, panel)
        person, file = self.patients.person(patient), self.file_of(patient, who.practice)
        record = self.id("visit", who.number, day, n)
        theirs = {"actor": person, "device": self.patients.device(patient), "subject": person,
                  "network": self.patients.network(patient), "practice": who.practice.id,
                  "session": self.id("session-of", patient, day)}  # fmt: skip
        yield from self._asking(rng, who, patient, record, at, theirs)
        whose = {**base, "subject": person}
        steps: tuple[tuple[int, str, str, str], ...] = (
            (0, record, "request", "queue"), (1, file, "identity", "queue"), (40, record, "exchange", "assigned"),
            (45, file, "background", "assigned"), (500, record, "care", "assigned"),
        )  # fmt: skip
        for later, target, compartment, relation in steps:
            if later == 40:
                yield Event(at + 30 * SECOND, {"kind": "consultation-taken", **whose, "record": record})
            yield from opening(at + later * SECOND, whose, target, compartment, relation)
        yield _written(at + 700 * SECOND, whose, record, "care")
        closed = at + 720 * SECOND
        yield Event(closed, {"kind": "consultation-closed", **whose, "record": record})
        who.closed.append(Seen(closed, patient, record))
        if rng.random() < 0.6:  # the patient reads what was written
            yield from opening(closed + rng.randrange(HOUR), theirs, record, "care", "own")
        yield from self._afterwards(rng, who, base, closed)

    def _asking(  # noqa: PLR0917
        self,
        rng: random.Random,
        who: Practitioner,
        patient: int,
        record: str,
        at: int,
        theirs: dict[str, Any],
    ) -> Iterator[Event]:
        came = at - rng.randrange(2, 25) * MINUTE
        if not self.patients.is_known_before(patient) and patient not in self.known:
            self.known.add(patient)
            for number, fields in enumerate(self._signing_up(patient)):
                yield Event(came - (5 - number) * SECOND, fields)
        if who.practice.number not in self.files[patient]:
            self.files[patient].add(who.practice.number)
            yield Event(came + SECOND, self._new_file(patient, who.practice))
        yield Event(
            came,
            {"kind": "sign-in", **self._by_web(), "subject": theirs["actor"], "network": theirs["network"]},
        )
        yield Event(
            came + 2 * SECOND,
            {"kind": "record-created", **theirs, "record": record, "detail": {"kind": "consultation"}},
        )
        yield _written(came + 20 * SECOND, theirs, record, "request")
        yield Event(came + 60 * SECOND, {"kind": "consultation-requested", **theirs, "record": record})
        letter = {"kind": ASKS, "actor": self.mailer, "device": self.mailer_device, "subject": theirs["actor"],
                  "record": self.patients.contact(patient), "compartment": "contact", "epoch": 0,
                  "relation": "service", "purpose": "notify"}  # fmt: skip
        yield Event(came + 65 * SECOND, letter)

    def _afterwards(
        self, rng: random.Random, who: Practitioner, base: dict[str, Any], closed: int
    ) -> Iterator[Event]:
        """A letter read again, a result that comes in, someone who writes a lot; now and then a reason in writing."""
        seen = rng.choice(who.closed)
        about = {**base, "subject": self.patients.person(seen.patient)}
        if rng.random() < (0.9 if self.patients.writes_a_lot(seen.patient) else 0.22):
            relation = "linked" if closed - seen.at < LINKED_DAYS * DAY else "break-glass"
            if relation == "linked" or rng.random() < 0.02:
                yield from opening(closed + 200 * SECOND, about, seen.record, "exchange", relation)
        if rng.random() < 0.004:  # someone else's patient, with a reason
            patient = self.patients.of_panel(rng, rng.choice(who.practice.members).number)
            about = {**base, "subject": self.patients.person(patient)}
            if who.practice.number in self.files[patient]:
                file = self.file_of(patient, who.practice)
                yield from opening(closed + 300 * SECOND, about, file, "background", "break-glass")
        if rng.random() < 0.002:  # a tab that is out of date
            stale = asked({**base, "subject": None}, self.id("stale", closed), "request", "none")
            yield Event(closed + 400 * SECOND, stale)

    def _odd(self, rng: random.Random, who: Practitioner, day: int, base: dict[str, Any]) -> Iterator[Event]:
        """What honest people do now and then: catch up on letters, cover for a sick colleague, click in stale tabs."""
        recent = [
            seen
            for seen in who.closed
            if self.at(day) - seen.at < LINKED_DAYS * DAY and seen.at < self.at(day)
        ]
        if rng.random() < 0.006 and len(recent) > 60:
            at = self.at(day, 13 * HOUR)
            for seen in rng.sample(recent, min(rng.randint(10, 45), len(recent))):
                at += rng.randrange(40, 300) * SECOND
                about = {**base, "subject": self.patients.person(seen.patient)}
                yield from opening(at, about, seen.record, "care", "linked")
        if rng.random() < 0.004 and len(who.practice.members) > 1:
            others = [other for other in who.practice.members if other is not who and other.closed]
            for n in range(rng.randint(2, 5) if others else 0):
                seen = rng.choice(rng.choice(others).closed)
                about = {**base, "subject": self.patients.person(seen.patient)}
                yield from opening(
                    self.at(day, 9 * HOUR + n * 40 * MINUTE), about, seen.record, "care", "break-glass"
                )
        if rng.random() < 0.005:
            for n in range(rng.randint(1, 5)):
                told = asked(
                    {**base, "subject": None}, self.id("stale", who.number, day, n), "request", "none"
                )
                yield Event(self.at(day, 10 * HOUR + n * 50 * SECOND), told)

    def _of_secretary(self, rng: random.Random, practice: Practice, day: int) -> Iterator[Event]:
        """Identities of those who call about yesterday's consultation: one in two."""
        base = {"actor": practice.secretary, "device": self.id("secretary-device", practice.number), "practice": practice.id,
                "network": practice.network, "session": self.id("secretary-session", practice.number, day)}  # fmt: skip
        today = self.at(day)
        recent = [
            seen
            for who in practice.members
            for seen in list(who.closed)[-90:]
            if 0 < today - seen.at < 2 * DAY
        ]
        for seen in rng.sample(recent, len(recent) // 2):
            about = {**base, "subject": self.patients.person(seen.patient)}
            at = self.at(day, 8 * HOUR + rng.randrange(9 * HOUR))
            yield from opening(at, about, self.file_of(seen.patient, practice), "identity", "reception")

    def _by_web(self) -> dict[str, Any]:
        return {"actor": self.web, "device": self.web_device}


def _joining(person: str, device: str, kind: str) -> Iterator[dict[str, Any]]:
    yield {"kind": "person-registered", "actor": person, "subject": person, "detail": {"kind": kind}}
    yield {"kind": "device-enrolled", "actor": person, "device": device, "subject": person}


def asked(base: dict[str, Any], record: str, compartment: str, relation: str) -> dict[str, Any]:
    purpose = "own-record" if relation == "own" else "care"
    return {"kind": ASKS, **base, "record": record, "compartment": compartment, "epoch": 0,
            "relation": relation, "purpose": purpose}  # fmt: skip


def opening(at: int, base: dict[str, Any], record: str, compartment: str, relation: str) -> Iterator[Event]:
    """Ask the vault, then fetch what is sealed."""
    yield Event(at, asked(base, record, compartment, relation))
    yield Event(at + 300, served(base, record, compartment))


def served(base: dict[str, Any], record: str, compartment: str) -> dict[str, Any]:
    return {"kind": "item-served", **base, "record": record, "compartment": compartment, "epoch": 0}


def _written(at: int, base: dict[str, Any], record: str, compartment: str) -> Event:
    return Event(
        at, {"kind": "item-written", **base, "record": record, "compartment": compartment, "epoch": 0}
    )
