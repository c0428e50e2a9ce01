"""The rules of docs/spec/scope.md once more, line by line in plain loops: slow, and easy to believe."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from colloque.scope.facts import COMPARTMENTS
from colloque.scope.hypothesis import Hypothesis

COLUMN = {"accounts": "actor", "devices": "device", "sessions": "session", "networks": "network"}
RANK = {"untouched": 0, "sealed": 1, "reachable": 2, "consulted": 3}
Line = dict[str, Any]


def ms(at: Any) -> int:
    return round(at.timestamp() * 1000)


# What gives a record its practice.
GIVEN = ("record-created", "custody-moved")


class Naive:
    def __init__(self, lines: list[Line], supposed: Hypothesis, *, by: int = 0) -> None:
        self.lines, self.supposed, self.by = lines, supposed, by * 1000
        self.claims: dict[tuple[str, str], list[tuple[int, str, bool, Line | None]]] = defaultdict(list)
        self.records = [line for line in lines if line["kind"] in GIVEN and line["subject"]]
        self.holders = list(self._holders())
        self._hands()
        self._held()
        self._keys()

    # What was reached

    def rows(self) -> dict[tuple[str, str], dict[str, Any]]:
        found = {}
        for (person, compartment), claims in self.claims.items():
            status = max(claim[0] for claim in claims)
            lines = [claim[3] for claim in claims if claim[3]]
            found[person, compartment] = {
                "person": person, "compartment": compartment, "status": status,
                "why": tuple(sorted({why for s, why, _, _ in claims if s == status})),
                "sure": any(sure for s, _, sure, _ in claims if s == status),
                "first": min((line["at"] for line in lines), default=None),
                "last": max((line["at"] for line in lines), default=None),
                "lines": tuple(sorted({line["seq"] for line in lines})),
            }  # fmt: skip
        return found

    def named(self) -> set[str]:
        return {person for (person, _), claims in self.claims.items() if max(c[0] for c in claims) >= 2}

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        parts: dict[tuple[str, str], int] = {}
        people = {
            x["actor"] for x in self.lines if x["kind"] == "person-registered" and x["sort"] != "service"
        }
        cipher = max((end for _, end in self.bounds()[1]), default=None)
        for line in self.lines:
            names = [line["compartment"]] if line["compartment"] else []
            if line["kind"] == "record-created":
                names = [*names, *COMPARTMENTS[line["sort"]]]
            for name in names if line["subject"] else []:
                known = cipher is not None and line["at"] <= cipher
                parts[line["subject"], name] = max(parts.get((line["subject"], name), 0), int(known))
        for place, row in self.rows().items():
            parts[place] = row["status"]
        best = dict.fromkeys(people, 0)
        for (person, _), status in parts.items():
            best[person] = max(best.get(person, 0), status)
        return self._tally(best.values()), self._tally(parts.values())

    @staticmethod
    def _tally(statuses: Any) -> dict[str, int]:
        counted = Counter(statuses)
        return {word: counted[rank] for word, rank in RANK.items()}

    # Whose hands

    def window(self, entry: Any) -> tuple[int, int]:
        return ms(entry.start) - self.by, ms(entry.end) + self.by

    def entries(self) -> Iterator[tuple[str, Any]]:
        for kind in COLUMN:
            for entry in getattr(self.supposed, kind):
                yield kind, entry

    def inside(self, entry: Any) -> list[Line]:
        start, end = self.window(entry)
        return [line for line in self.lines if start <= line["at"] <= end]

    def of(self, kind: str, entry: Any) -> list[Line]:
        return [line for line in self.inside(entry) if line[COLUMN[kind]] == entry.id]

    @staticmethod
    def who(line: Line) -> str | None:
        return line["subject"] if line["kind"] in ("sign-in", "unlock", "factors") else line["actor"]

    def _holders(self) -> Iterator[tuple[str, int, int, str]]:
        for kind, entry in self.entries():
            persons: set[Any] = {entry.id} if kind == "accounts" else set()
            if kind == "devices":
                persons = {
                    x["actor"]
                    for x in self.lines
                    if x["kind"] == "device-enrolled" and x["device"] == entry.id
                }
            if kind in ("sessions", "networks"):
                persons = {self.who(line) for line in self.of(kind, entry)}
            for person in persons - {None}:
                yield person, *self.window(entry), f"{kind}:{entry.id}"
        for held in self.supposed.held:
            if held.what == "web":
                for person in {self.who(line) for line in self.inside(held)} - {None}:
                    yield person, *self.window(held), "web"

    def claim(self, line: Line, status: int, why: str, sure: bool, compartment: str | None = None) -> None:
        subject, name = line["subject"], compartment or line["compartment"]
        if subject and name:
            self.claims[subject, name].append((status, why, sure, line))

    def _hands(self) -> None:
        words = {"release": ("opened", 3), "item-written": ("written", 2), "item-served": ("served", 1)}
        for kind, entry in self.entries():
            for line in self.of(kind, entry):
                if line["kind"] in words:
                    word, status = words[line["kind"]]
                    self.claim(line, status, f"{word}:{kind}:{entry.id}", entry.belief == "sure")
        for person, start, end, hand in self.holders:
            for new in self.lines:
                if new["kind"] == "device-enrolled" and new["actor"] == person and start <= new["at"] <= end:
                    for line in self.lines:
                        if (
                            line["kind"] in words
                            and new["device"] == line["device"]
                            and line["at"] > new["at"]
                        ):
                            self.claim(
                                line, 1 if line["kind"] == "item-served" else 2, f"new-device:{hand}", False
                            )

    def _held(self) -> None:
        for held in self.supposed.held:
            sure, inside = held.belief == "sure", self.inside(held)
            typed = {"web": True, "vault": True}.get(held.what, False)
            for line in inside:
                if held.what == "web" and line["kind"] in ("release", "item-written"):
                    self.claim(line, 2, {"release": "opened:web"}.get(line["kind"], "written:web"), sure)
                if typed and line["kind"] in ("sign-in", "unlock", "factors", "person-registered"):
                    self.claim(line, 2, f"address:{held.what}", sure, "contact")
                if held.what == "mail-relay" and line["kind"] in ("factors", "person-registered"):
                    self.claim(line, 2, "address:mail-relay", sure, "contact")
                if line["kind"] == "release" and line["relation"] == "service":
                    word = {"worker": "opened:worker", "mail-relay": "letter:mail-relay"}.get(held.what)
                    if word:
                        self.claim(line, 2, word, sure)
            if held.what == "web":
                loaded, end = {line["device"] for line in inside} - {None}, self.window(held)[1]
                for line in self.lines:
                    if (
                        line["kind"] in ("release", "item-written")
                        and line["device"] in loaded
                        and end < line["at"] <= end + 12 * 3_600_000
                    ):
                        self.claim(line, 2, "page-open:web", False)

    # Both keys

    def bounds(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        at: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for copy in self.supposed.copied:
            at[copy.what] += [(moment, moment) for moment in (ms(copy.at) - self.by, ms(copy.at) + self.by)]
        held = {
            what: [self.window(h) for h in self.supposed.held if h.what == what]
            for what in ("vault", "web", "worker")
        }
        turns = held["vault"] + at["vault-database"] + at["backup"] if held["vault"] else []
        return turns, at["database"] + at["backup"] + held["web"] + held["worker"]

    def had(self, record: Line, spans: list[tuple[int, int]]) -> bool:
        """Whether it was there in one of them."""
        erased = [
            x["at"] for x in self.lines if x["kind"] == "record-erased" and x["record"] == record["record"]
        ]
        gone = min(erased, default=float("inf")) + self.supposed.erased_days * 86_400_000
        return any(record["at"] <= end and start <= gone for start, end in spans)

    def care_keys(self) -> Iterator[tuple[Line, str]]:
        for person, _, end, hand in self.holders:
            for record in self.records:
                grants = [x for x in self.lines if x["kind"] == "grant" and x["record"] == record["record"]]
                until = self.keys_until(person, record["practice"], end)
                own = person in [record["subject"], *(x["target"] for x in grants)]
                if own or any(record["at"] < newer for newer in until):
                    yield record, hand

    def spans(self, person: str, practice: str | None, end: int) -> Iterator[int]:
        about = [x for x in self.lines if practice and x["practice"] == practice]
        for line in about:
            joined = (
                line["kind"] in ("practice-created", "member-joined", "practice-reopened")
                and line["target"] == person
            )
            if joined and line["at"] <= end:
                left = [x["at"] for x in about
                        if x["kind"] == "member-left" and x["target"] == person and x["at"] >= line["at"]]  # fmt: skip
                yield min([end, *left])

    def keys_until(self, person: str, practice: str | None, end: int) -> Iterator[float]:
        for stop in self.spans(person, practice, end):
            newer = [x["at"] for x in self.lines
                     if x["kind"] == "practice-generation" and x["practice"] == practice and x["at"] > stop]  # fmt: skip
            yield min(newer, default=float("inf"))

    def _keys(self) -> None:
        turns, cipher = self.bounds()
        if not turns:
            return
        served = {
            (line["record"], line["compartment"]) for kind, entry in self.entries() for line in self.of(kind, entry)
            if line["kind"] in ("release", "item-served", "item-written")
        }  # fmt: skip
        keys = [(record, f"both-keys:{hand}") for record, hand in self.care_keys()]
        keys += [(record, "one-key:vault") for record in self.records if record["sort"] == "person"]
        for record, why in keys:
            for name in COMPARTMENTS[record["sort"]] if self.had(record, turns) else ():
                if self.had(record, cipher) or (record["record"], name) in served:
                    self.claims[record["subject"], name].append((2, why, False, None))

    # Beside

    def readable(self) -> Counter[str]:
        seen = set()
        for person, _, end, hand in self.holders:
            for record in self.records:
                for stop in self.spans(person, record["practice"], end):
                    if record["at"] <= stop and hand != "web":
                        seen.add((record["subject"], hand))
        return Counter(hand for _, hand in seen)
