"""Hypotheses: what an officer believes was compromised, read from YAML (docs/spec/scope.md)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import yaml

from colloque.kernel.clock import to_wire
from colloque.scope.errors import BadHypothesis

BELIEFS = frozenset({"sure", "suspected"})
COPIES = frozenset({"database", "vault-database", "backup"})
HOLDS = frozenset({"web", "vault", "worker", "mail-relay"})
NAMES = ("accounts", "devices", "sessions", "networks")
# The vault refuses a request whose device's clock is further off than this (docs/spec/key-release.md).
USUAL_CLOCK_SECONDS = 120
# Keys of the vault's data are rotated once a month, where that is done as docs/operate/erasing.md says.
USUAL_ERASED_DAYS = 31
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,199}")


@dataclass(frozen=True)
class Named:
    """An account, device, session or network, in the hands of someone else during a window."""

    id: str
    start: datetime
    end: datetime
    belief: str


@dataclass(frozen=True)
class Copied:
    what: str
    at: datetime
    belief: str


@dataclass(frozen=True)
class Held:
    what: str
    start: datetime
    end: datetime
    belief: str


@dataclass(frozen=True)
class Hypothesis:
    accounts: tuple[Named, ...] = ()
    devices: tuple[Named, ...] = ()
    sessions: tuple[Named, ...] = ()
    networks: tuple[Named, ...] = ()
    copied: tuple[Copied, ...] = ()
    held: tuple[Held, ...] = ()
    clock_seconds: int = USUAL_CLOCK_SECONDS
    erased_days: int = (
        USUAL_ERASED_DAYS  # for so long what was erased may still be found in pages, logs and backups
    )

    def to_json(self) -> dict[str, Any]:
        """Write it with every word said and every time in UTC: the form that the answer's hash is of."""
        told: dict[str, Any] = {name: [_window_json("id", e) for e in getattr(self, name)] for name in NAMES}
        told["copied"] = [{"what": c.what, "at": to_wire(c.at), "belief": c.belief} for c in self.copied]
        told["held"] = [_window_json("what", e) for e in self.held]
        numbers = {"clock_seconds": self.clock_seconds, "erased_days": self.erased_days}
        return {**{key: rows for key, rows in told.items() if rows}, **numbers}


def _window_json(key: str, entry: Named | Held) -> dict[str, str]:
    what = entry.id if isinstance(entry, Named) else entry.what
    return {key: what, "from": to_wire(entry.start), "to": to_wire(entry.end), "belief": entry.belief}


class _Loader(yaml.SafeLoader):
    """Leaves times as they are written: YAML would silently take one without a zone for another."""


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Hypothesis:
    """Read a hypothesis; raise BadHypothesis with the place of the first thing that is wrong."""
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader with fewer resolvers
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        french, english = (f" à la ligne {mark.line + 1}", f" at line {mark.line + 1}") if mark else ("", "")
        raise BadHypothesis(
            f"L’hypothèse n’est pas du YAML{french}.", f"The hypothesis is not YAML{english}."
        ) from error
    numbers = {"clock_seconds", "erased_days"}
    keys = {*NAMES, "copied", "held", *numbers}
    whole = _object("", found, required=set(), optional=keys)
    if not any(whole.get(key) for key in keys - numbers):
        raise BadHypothesis(
            "L’hypothèse ne nomme rien : donnez un compte, une copie ou une machine tenue.",
            "The hypothesis names nothing: give an account, a copy or a thing held.",
        )
    return Hypothesis(
        accounts=_each(whole, "accounts", _named),
        devices=_each(whole, "devices", _named),
        sessions=_each(whole, "sessions", _named),
        networks=_each(whole, "networks", _named),
        copied=_each(whole, "copied", _copied),
        held=_each(whole, "held", _held),
        clock_seconds=_number(whole, "clock_seconds", USUAL_CLOCK_SECONDS, 86_400, ("secondes", "seconds")),
        erased_days=_number(whole, "erased_days", USUAL_ERASED_DAYS, 36_500, ("jours", "days")),
    )


def _each[T](whole: dict[str, Any], name: str, one: Callable[[str, Any], T]) -> tuple[T, ...]:
    rows = whole.get(name, [])
    if not isinstance(rows, list):
        raise BadHypothesis(f"{name} : écrivez une liste.", f"{name}: write a list.")
    return tuple(one(f"{name}[{index}]", row) for index, row in enumerate(rows))


def _named(place: str, value: Any) -> Named:
    row = _object(place, value, required={"id", "from", "to"}, optional={"belief"})
    if not isinstance(row["id"], str) or not _ID.fullmatch(row["id"]):
        shown = repr(row["id"])[:80]
        raise BadHypothesis(
            f"{place}.id : {shown} n’est pas un identifiant.", f"{place}.id: {shown} is not an id."
        )
    return Named(row["id"], *_window(place, row), _belief(place, row))


def _copied(place: str, value: Any) -> Copied:
    row = _object(place, value, required={"what", "at"}, optional={"belief"})
    return Copied(_word(place, row, COPIES), _time(f"{place}.at", row["at"]), _belief(place, row))


def _held(place: str, value: Any) -> Held:
    row = _object(place, value, required={"what", "from", "to"}, optional={"belief"})
    return Held(_word(place, row, HOLDS), *_window(place, row), _belief(place, row))


def _object(place: str, value: Any, *, required: set[str], optional: set[str]) -> dict[str, Any]:
    french, english = (place, place) if place else ("l’hypothèse", "the hypothesis")
    if not isinstance(value, dict):
        raise BadHypothesis(
            f"{french} : écrivez des clés et des valeurs.", f"{english}: write keys and values."
        )
    unknown = sorted(str(key) for key in value.keys() - required - optional)
    if unknown:
        known = ", ".join(sorted(required | optional))
        raise BadHypothesis(
            f"{french} : {unknown[0]!r} n’est pas une clé ici ; les clés sont {known}.",
            f"{english}: {unknown[0]!r} is not a key here; the keys are {known}.",
        )
    missing = sorted(required - {key for key, one in value.items() if one is not None})
    if missing:
        # An open end is not "now": the answer would be another one each time that it is asked for.
        until = missing[0] == "to"
        raise BadHypothesis(
            f"{french} : {missing[0]!r} manque."
            + " Si cela dure encore, écrivez l’heure de l’export." * until,
            f"{english}: {missing[0]!r} is missing."
            + " Where it still goes on, write the time of the export." * until,
        )
    return cast("dict[str, Any]", value)


def _word(place: str, row: dict[str, Any], words: frozenset[str]) -> str:
    what = row["what"]
    if not isinstance(what, str) or what not in words:
        listed = ", ".join(sorted(words))
        raise BadHypothesis(
            f"{place}.what : écrivez l’un de {listed}.", f"{place}.what: write one of {listed}."
        )
    return what


def _belief(place: str, row: dict[str, Any]) -> str:
    # Unsaid is suspected: nobody is sure by leaving a word out.
    belief = row.get("belief", "suspected")
    if not isinstance(belief, str) or belief not in BELIEFS:
        raise BadHypothesis(
            f"{place}.belief : écrivez sure ou suspected.", f"{place}.belief: write sure or suspected."
        )
    return belief


def _number(whole: dict[str, Any], name: str, usual: int, most: int, unit: tuple[str, str]) -> int:
    number = whole.get(name, usual)
    if type(number) is not int or not 0 <= number <= most:
        raise BadHypothesis(
            f"{name} : écrivez un nombre de {unit[0]} de 0 à {most}.",
            f"{name}: write a number of {unit[1]} from 0 to {most}.",
        )
    return number


def _window(place: str, row: dict[str, Any]) -> tuple[datetime, datetime]:
    start, end = _time(f"{place}.from", row["from"]), _time(f"{place}.to", row["to"])
    if end <= start:
        raise BadHypothesis(
            f"{place} : la fenêtre finit avant de commencer ; échangez from et to.",
            f"{place}: the window ends before it begins; exchange from and to.",
        )
    return start, end


def _time(place: str, value: Any) -> datetime:
    try:
        time = datetime.fromisoformat(value)
        if time.tzinfo is not None and 1970 <= time.year <= 9000:
            # The ledger's lines count milliseconds.
            time = time.astimezone(UTC)
            return time.replace(microsecond=time.microsecond // 1000 * 1000)
    except (TypeError, ValueError, OverflowError):
        time = None
    if time is None or time.tzinfo is not None:
        raise BadHypothesis(
            f"{place} : écrivez une heure comme 2026-11-24T08:00:00+01:00.",
            f"{place}: write a time such as 2026-11-24T08:00:00+01:00.",
        )
    raise BadHypothesis(
        f"{place} : le fuseau horaire manque ; ajoutez Z ou +01:00.",
        f"{place}: the time zone is missing; add Z or +01:00.",
    )
