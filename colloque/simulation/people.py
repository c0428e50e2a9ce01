"""Who there is: practices from one practitioner to a platform of four hundred, their staff, and patients by number."""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from colloque.simulation.errors import BadSize
from colloque.simulation.event import id_of

MOST_PERSONS, MOST_PRACTITIONERS, MOST_DAYS = 1_000_000, 10_000, 800
PLATFORM = 400
SMALL = (1, 1, 2, 3, 4, 5, 8)
KNOWN_BEFORE = 0.95  # of all patients; the others sign up when they first come
EVER = 10_000


@dataclass(frozen=True)
class Size:
    """How large a world, from when, and by which seed: the same one is the same world, line by line."""

    persons: int = 2_000
    practitioners: int = 12
    days: int = 30
    seed: int = 1
    begin: datetime = datetime(2026, 1, 5, tzinfo=UTC)
    pace: tuple[int, int] = (8, 26)  # consultations on a working day

    def __post_init__(self) -> None:
        for name, most in (
            ("persons", MOST_PERSONS), ("practitioners", MOST_PRACTITIONERS), ("days", MOST_DAYS),
        ):  # fmt: skip
            if not 1 <= (value := getattr(self, name)) <= most:
                raise BadSize(f"{name} is {value:,}; a world has between 1 and {most:,}.")
        if self.persons < self.practitioners:
            raise BadSize(f"{self.practitioners:,} practitioners need at least as many persons to see.")


@dataclass(frozen=True)
class Seen:
    """A consultation that was closed."""

    at: int
    patient: int
    record: str


@dataclass
class Practitioner:
    number: int
    id: str
    practice: "Practice"
    device: str
    pace: int
    works: frozenset[int]
    nights: bool
    begins: int = -1
    ends: int = EVER
    closed: deque[Seen] = field(default_factory=lambda: deque(maxlen=900), repr=False)

    def is_there(self, day: int) -> bool:
        return self.begins <= day < self.ends


@dataclass
class Practice:
    number: int
    id: str
    network: str
    manager: str
    secretary: str = ""
    members: list[Practitioner] = field(default_factory=list, repr=False)


def practices_of(size: Size) -> list[Practice]:
    """Small ones, and where there are enough practitioners one platform of four hundred."""
    rng, number = random.Random(f"{size.seed}/people"), 0
    made: list[Practice] = []
    for members in _sizes(rng, size.practitioners):
        practice = _practice(size, len(made), members)
        made.append(practice)
        for _ in range(members):
            practice.members.append(_practitioner(rng, size, number, practice))
            number += 1
    return made


def _sizes(rng: random.Random, practitioners: int) -> Iterator[int]:
    left = practitioners
    if left >= PLATFORM:
        yield PLATFORM
        left -= PLATFORM
    while left:
        size = min(left, rng.choice(SMALL))
        yield size
        left -= size


def _practice(size: Size, number: int, members: int) -> Practice:
    return Practice(
        number, id_of(size.seed, "practice", number), f"81.{number // 250 % 250}.{number % 250}.0/24",
        manager=id_of(size.seed, "manager", number),
        secretary=id_of(size.seed, "secretary", number) if members >= 3 else "",
    )  # fmt: skip


def _practitioner(rng: random.Random, size: Size, number: int, practice: Practice) -> Practitioner:
    works = set(rng.sample(range(5), rng.choice((3, 4, 4, 5)))) | ({5} if rng.random() < 0.3 else set())
    who = Practitioner(
        number, id_of(size.seed, "practitioner", number), practice, device_of(size.seed, number, -1),
        rng.randint(*size.pace), frozenset(works), nights=rng.random() < 0.3,
    )  # fmt: skip
    if rng.random() < 0.15 and practice.members:
        # A newcomer, or someone who replaces a colleague for a while. The first of a practice is there from the start.
        who.begins = rng.randint(5, 250)
        who.ends = who.begins + rng.choice((14, 30, EVER))
    return who


def device_of(seed: int, practitioner: int, day: int) -> str:
    return id_of(seed, "device", practitioner, day)


@dataclass(frozen=True)
class Patients:
    """By number, and never listed: a large world has hundreds of thousands. Panel n belongs to practitioner n."""

    size: Size

    def person(self, number: int) -> str:
        return id_of(self.size.seed, "patient", number)

    def device(self, number: int) -> str:
        return id_of(self.size.seed, "patient-device", number)

    def contact(self, number: int) -> str:
        return id_of(self.size.seed, "contact", number)

    def file(self, number: int, practice: Practice) -> str:
        return id_of(self.size.seed, "file", number, practice.number)

    def network(self, number: int) -> str:
        return f"90.{number // 250 % 250}.{number % 250}.0/24"

    def is_known_before(self, number: int) -> bool:
        return number % 100 < KNOWN_BEFORE * 100

    def writes_a_lot(self, number: int) -> bool:
        return number % 50 == 7

    def of_panel(self, rng: random.Random, practitioner: int) -> int:
        """Someone of this practitioner's: the first ones are ill for long, and come more often."""
        panel = max(1, (self.size.persons - practitioner - 1) // self.size.practitioners + 1)
        return practitioner + int(panel * rng.random() ** 1.6) * self.size.practitioners
