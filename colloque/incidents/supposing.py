"""The hypothesis as a form: plain fields in, the file that `colloque scope` reads out, each trouble at its row. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from colloque.scope import hypothesis
from colloque.scope.errors import BadHypothesis

KINDS = hypothesis.NAMES
COPIES = ("database", "vault-database", "backup")
HOLDS = ("web", "vault", "worker", "mail-relay")
ZONES = ("Europe/Paris", "America/Cayenne", "America/Guadeloupe", "America/Martinique", "Indian/Mayotte", "Indian/Reunion",
         "Pacific/Noumea", "Pacific/Tahiti", "UTC")  # fmt: skip
SECTIONS = {"named": 2, "copied": 1, "held": 1}  # rows that are there from the start
MOST_ROWS = 40
_NO_TIME: Mapping[str, Mapping[str, str]] = {
    "at": {
        "fr": "Écrivez le jour et l’heure de la copie, au plus tard.",
        "en": "Write the day and time of the copy, at the latest.",
    },
    "from": {
        "fr": "Écrivez le jour et l’heure de début : dans le doute, plus tôt.",
        "en": "Write the day and time of the beginning: in doubt, an earlier one.",
    },
    "to": {
        "fr": "Écrivez le jour et l’heure de fin : si cela dure encore, l’heure qu’il est.",
        "en": "Write the day and time of the end: where it still goes on, what the time is now.",
    },
}
FIELDS = ("kind", "id", "what", "at", "from", "to", "belief")
NUMBERS = {"clock_seconds": hypothesis.USUAL_CLOCK_SECONDS, "erased_days": hypothesis.USUAL_ERASED_DAYS}
_PROBE = {
    "copied": [{"what": "database", "at": "2026-01-01T00:00:00Z"}]
}  # good, so that what is wrong is a number


@dataclass
class Row:
    """`fields` as they were typed; `trouble` in French and English, where there is one."""

    section: str
    number: int
    fields: dict[str, str] = field(default_factory=dict)
    trouble: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not any(self.fields.get(name) for name in ("id", "at", "from", "to"))


@dataclass
class Supposed:
    rows: list[Row]
    zone: str = ZONES[0]
    text: str = ""
    trouble: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not self.trouble and not any(row.trouble for row in self.rows)

    @property
    def numbers(self) -> Row:
        return self.of("numbers")[0]

    def of(self, section: str) -> list[Row]:
        return [row for row in self.rows if row.section == section]

    def to_json(self) -> dict[str, str]:
        """The form again, as names and values."""
        told = {
            f"{r.section}-{r.number}-{name}": value
            for r in self.rows
            for name, value in r.fields.items()
            if value
        }
        return {**told, "zone": self.zone}


def blank(told: Mapping[str, str], *, more: str = "") -> Supposed:
    """The form with what is known already, and one more row of a section where that was asked for."""
    rows = []
    for section, least in SECTIONS.items():
        count = least
        while count < MOST_ROWS and any(told.get(f"{section}-{count}-{name}") for name in FIELDS):
            count += 1
        rows += [_row(told, section, n) for n in range(min(MOST_ROWS, count + (section == more)))]
    rows.append(_numbers(told))
    zone = told.get("zone", ZONES[0])
    return Supposed(rows, zone if zone in ZONES else ZONES[0])


def read(told: Mapping[str, str]) -> Supposed:
    """Read the form. What is wrong stands at its row, and every row is looked at, not only the first."""
    supposed = blank(told)
    whole: dict[str, Any] = {}
    for row in supposed.rows:
        if row.is_empty:
            continue
        key, entry = _entry(row, supposed.zone)
        row.trouble = _missing(row)
        if row.trouble:
            whole.setdefault(key, []).append(entry)
            continue
        row.trouble = _refused({key: [entry]})
        whole.setdefault(key, []).append(entry)
    numbers = {
        name: int(text) if text.isdecimal() else text for name, text in supposed.numbers.fields.items()
    }
    supposed.numbers.trouble = _refused({**_PROBE, **numbers})
    supposed.text = yaml.safe_dump({**whole, **numbers}, sort_keys=False, allow_unicode=True)
    if not whole:
        try:
            hypothesis.read("{}")
        except BadHypothesis as error:
            supposed.trouble = {"fr": error.public, "en": error.english}
    return supposed


def _refused(whole: Mapping[str, Any]) -> Mapping[str, str]:
    try:
        hypothesis.read(yaml.safe_dump(dict(whole)))
    except BadHypothesis as error:
        return {"fr": _at_row(error.public), "en": _at_row(error.english)}
    return {}


def _missing(row: Row) -> Mapping[str, str]:
    """The time that was not filled in, in words for who has a form before them and not a file."""
    wanted = ("at",) if row.section == "copied" else ("from", "to")
    for name in wanted:
        if not row.fields.get(name):
            return _NO_TIME[name]
    return {}


def _row(told: Mapping[str, str], section: str, number: int) -> Row:
    fields = {name: str(told.get(f"{section}-{number}-{name}", "")).strip()[:200] for name in FIELDS}
    return Row(section, number, fields)


def _numbers(told: Mapping[str, str]) -> Row:
    """How far clocks may be apart, and how long erased things linger: what is usual, unless something was typed."""
    typed = {name: str(told.get(f"numbers-0-{name}", "")).strip()[:20] for name in NUMBERS}
    return Row("numbers", 0, {name: typed[name] or str(usual) for name, usual in NUMBERS.items()})


def _entry(row: Row, zone: str) -> tuple[str, dict[str, str]]:
    fields, belief = row.fields, row.fields.get("belief") or "suspected"
    window = {"from": _time(fields["from"], zone), "to": _time(fields["to"], zone), "belief": belief}
    if row.section == "named":
        kind = fields["kind"] if fields["kind"] in KINDS else KINDS[0]
        return kind, {"id": fields["id"], **window}
    if row.section == "copied":
        return "copied", {"what": fields["what"], "at": _time(fields["at"], zone), "belief": belief}
    return "held", {"what": fields["what"], **window}


def _time(text: str, zone: str) -> str:
    """A browser's field has no zone; what is no time stays as it is, and is refused with a sentence."""
    try:
        at = datetime.fromisoformat(text)
        return text if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone)).isoformat()
    except (ValueError, ZoneInfoNotFoundError):
        return text


def _at_row(sentence: str) -> str:
    """The place is where the sentence stands: it need not be said in the file's words."""
    _, found, rest = sentence.partition(":")
    rest = rest.strip()
    return rest[:1].upper() + rest[1:] if found and rest else sentence


def for_finding(person: str, device: str, first: datetime, last: datetime) -> dict[str, str]:
    """What a finding already tells: the device, the account, and from an hour before to now."""
    local = ZoneInfo(ZONES[0])
    window = {"from": _typed(first.astimezone(local)), "to": _typed(last.astimezone(local))}
    told: dict[str, str] = {"zone": ZONES[0]}
    for n, (kind, name) in enumerate((("devices", device), ("accounts", person))):
        if name:
            told |= {f"named-{n}-kind": kind, f"named-{n}-id": name}
            told |= {f"named-{n}-{key}": value for key, value in window.items()}
    return told


def _typed(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")


def words(rows: Sequence[Row], lang: str) -> list[tuple[str, str]]:
    """(field to go to, sentence) for the summary of what is wrong."""
    return [(f"{row.section}-{row.number}", row.trouble.get(lang, "")) for row in rows if row.trouble]
