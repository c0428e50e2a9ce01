"""How unlike itself an actor's day is: a logistic regression over seven features, that says in words why.

It looks at volume and at what the workflow does not explain, never at whose records they are. Weights are in
score.json, with the command that made them.
"""

import json
import math
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from colloque.detection import drift
from colloque.detection.rule import Event, Hit

RULE = "score"
FEATURES = ("own_volume", "peer_volume", "unexplained", "new_device", "night", "old_record", "refused")
PAST_DAYS = 20
ENOUGH_PAST = 5
EVERY = 5  # openings between two looks at the same actor
LEAST = 8  # openings or refusals before a day is judged
LINE = 0.8
WORDS: Mapping[str, str] = {
    "own_volume": "{n} dossiers ouverts aujourd’hui, contre {own} d’ordinaire",
    "peer_volume": "{n} dossiers, quand ses collègues en ont ouvert {peers}",
    "unexplained": "{share} % des ouvertures sans rendez-vous ni demande en cours",
    "new_device": "{device} % depuis un appareil ajouté dans la journée",
    "night": "{night} % en pleine nuit",
    "old_record": "{old} % sur des dossiers de plus de dix-huit mois",
    "refused": "{refused} demandes refusées faute de lien",
}
# The same for who reads English. A finding keeps the French, with its numbers; what is shown is said again from them.
ENGLISH: Mapping[str, str] = {
    "own_volume": "{n} records opened today, against {own} as a rule",
    "peer_volume": "{n} records, when their colleagues opened {peers}",
    "unexplained": "{share} % of openings without an appointment or a request under way",
    "new_device": "{device} % from a device that was added that day",
    "night": "{night} % in the middle of the night",
    "old_record": "{old} % of records older than eighteen months",
    "refused": "{refused} requests refused for lack of a care relation",
}


def in_english(why: str) -> str:
    """Say a finding's reasons in English; what the score did not write stays as it is."""
    return "; ".join(map(_part_in_english, why.split(" ; ")))


def _part_in_english(part: str) -> str:
    for name, french in {**WORDS, **drift.WORDS}.items():
        places = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>\\S+)", re.escape(french))
        if found := re.fullmatch(places, part):
            return {**ENGLISH, **drift.ENGLISH}[name].format(**found.groupdict())
    return part


@dataclass
class Day:
    """What one actor did on one day."""

    records: set[str] = field(default_factory=set)
    openings: int = 0
    unexplained: int = 0
    new_device: int = 0
    night: int = 0
    old: int = 0
    refused: int = 0
    told: bool = False

    def add(self, event: Event) -> None:
        known = event["known"]
        if event["kind"] == "refusal":
            self.refused += event.get("outcome") == "relation"
            return
        self.records.add(str(event.get("record")))
        self.openings += 1
        self.unexplained += event.get("relation") in ("linked", "break-glass")
        self.new_device += bool(known["new_device"])
        self.night += known["hour"] in (1, 2, 3, 4)
        self.old += bool(known["old_record"])


@dataclass(frozen=True)
class Weights:
    bias: float
    by_feature: tuple[float, ...]

    def probability(self, features: tuple[float, ...]) -> float:
        z = self.bias + sum(w * x for w, x in zip(self.by_feature, features, strict=True))
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, z))))


@cache
def own_weights() -> Weights:
    told = json.loads((Path(__file__).parent / "score.json").read_text(encoding="utf-8"))
    return Weights(told["bias"], tuple(told["weights"][name] for name in FEATURES))


def features_of(day: Day, own: float | None, peers: float | None) -> tuple[float, ...]:
    """Seven numbers, each 0 on a day like the others."""
    seen, n = max(day.openings, 1), len(day.records)

    def more_than(usual: float | None) -> float:
        return 0.0 if usual is None else min(3.0, max(0.0, math.log((n + 5) / (usual + 5))))

    return (
        more_than(own), more_than(peers), _amount(day.unexplained, seen), _amount(day.new_device, seen),
        _amount(day.night, seen), _amount(day.old, seen), min(3.0, math.log1p(day.refused)),
    )  # fmt: skip


def _amount(count: int, seen: int) -> float:
    """A share weighed by how many there are: one opening of one is not a day of them."""
    return count / seen * min(2.0, math.log10(1 + count))


def reasons(
    features: tuple[float, ...], weights: Weights, day: Day, own: float | None, peers: float | None
) -> str:
    """The features that weigh most, in the reader's words; no more than three."""
    parts = sorted(
        ((w * x, name) for w, x, name in zip(weights.by_feature, features, FEATURES, strict=True)),
        reverse=True,
    )
    seen = max(day.openings, 1)
    told = {
        "n": len(day.records), "own": round(own or 0), "peers": round(peers or 0), "refused": day.refused,
        "share": 100 * day.unexplained // seen, "device": 100 * day.new_device // seen,
        "night": 100 * day.night // seen, "old": 100 * day.old // seen,
    }  # fmt: skip
    return " ; ".join(WORDS[name].format(**told) for weight, name in parts[:3] if weight > 0.3)


class Scorer:
    """Each actor's day so far, their last twenty days, and those of their practice. In memory, as windows are."""

    def __init__(self, weights: Weights | None = None) -> None:
        self.weights = weights or own_weights()
        self.today: dict[str, Day] = {}
        self.past: dict[str, deque[int]] = {}
        self.practice: dict[str, str] = {}
        self.date = ""

    def see(self, event: Event) -> Hit | None:
        """Take an event as the engine has it (`known` beside it); a hit when the day passes the line, once a day."""
        if event["kind"] not in ("release", "refusal") or event.get("relation") in ("own", "service"):
            return None
        if event["time"][:10] != self.date:
            self._turn(event["time"][:10])
        actor = str(event["actor"])
        if event.get("practice") and event["kind"] == "release":
            self.practice[actor] = str(event["practice"])
        day = self.today.setdefault(actor, Day())
        day.add(event)
        seen = day.openings + day.refused
        if day.told or seen < LEAST or seen % EVERY:
            return None
        own, peers = self.usual(actor)
        features = features_of(day, own, peers)
        chance = self.weights.probability(features)
        if chance < LINE:
            return None
        day.told = True
        return _hit(event, chance, reasons(features, self.weights, day, own, peers))

    def usual(self, actor: str) -> tuple[float | None, float | None]:
        """What this actor opens on a day, and what colleagues do; None where too little is known."""
        past = self.past.get(actor, ())
        practice = self.practice.get(actor)
        peers = [
            median(p)
            for who, p in self.past.items()
            if who != actor and p and self.practice.get(who) == practice
        ]
        return median(past) if len(past) >= ENOUGH_PAST else None, median(peers) if peers else None

    def _turn(self, date: str) -> None:
        for actor, day in self.today.items():
            self.past.setdefault(actor, deque(maxlen=PAST_DAYS)).append(len(day.records))
        self.today, self.date = {}, date


def _hit(event: Mapping[str, Any], chance: float, why: str) -> Hit:
    actor = str(event["actor"])
    return Hit(
        RULE, "medium", (("actor", actor),), str(event["time"]), int(event.get("seq", -1)), round(chance * 100),
        (int(event.get("seq", -1)),), "", actor, str(event.get("device", "")), str(event.get("practice", "")), why,
    )  # fmt: skip
