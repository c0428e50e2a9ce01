"""Cases, findings and lines in the forms of others are held against those forms: what matters of the schemas is beside.

What was held by hand against the whole ones, and against what PyMISP and DFIR-IRIS load, is in docs/operate/officer.md.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from colloque.incidents.exports import (
    Case,
    Happened,
    Proof,
    ToDo,
    ocsf_finding,
    ocsf_line,
    to_iris,
    to_misp,
    to_veris,
)

SCHEMAS = Path(__file__).parent / "schemas"
OCSF = json.loads((SCHEMAS / "ocsf-1.5.0.json").read_text(encoding="utf-8"))
VERIS = json.loads((SCHEMAS / "veris-1.4.0.json").read_text(encoding="utf-8"))
AT = datetime(2026, 11, 10, 12, tzinfo=UTC)
FULL = Case(
    id="0d9c1a0e-3f1b-4f6a-9d7b-6f6f2c1f7a11", title="Compte volé", level="high", opened_at=AT,
    closed_at=AT + timedelta(days=2),
    events=[Happened(AT - timedelta(minutes=7), "Journal", "Appareil gelé", in_summary=True, zone="Europe/Paris"),
            Happened(AT, "Hébergeur", "?")],
    evidence=[Proof("ledger.tar", "a" * 64, 1234, AT)], decisions=[Happened(AT, "", "Prévenir la CNIL")],
    tasks=[ToDo("Prévenir", AT, None), ToDo("?", AT, AT)], rules=["records-in-a-row"],
    frozen=[("person", "5f0c1a0e-3f1b-4f6a-9d7b-6f6f2c1f7a12", AT), ("practice", "p", AT + timedelta(minutes=5))],
)  # fmt: skip
BARE = replace(FULL, closed_at=None, events=[], evidence=[], decisions=[], tasks=[], rules=[], frozen=[])
CASES = pytest.mark.parametrize("case", [FULL, BARE, replace(BARE, opened_at=AT.replace(hour=0))])

# A schema of JSON Schema, draft 4: as much of it as this one uses.
SORTS: Mapping[str, Any] = {"string": str, "integer": int, "number": (int, float), "array": list, "object": dict,
                            "boolean": bool}  # fmt: skip


def wrong(schema: Mapping[str, Any], value: Any, place: str = "") -> Iterator[str]:
    if "type" in schema and not isinstance(value, SORTS[schema["type"]]):
        yield f"{place} is no {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place} is {value!r}"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{place} is {value!r}, against {schema['pattern']}"
    if isinstance(value, dict):
        known = schema.get("properties", {})
        yield from (f"{place}.{name} is missing" for name in schema.get("required", []) if name not in value)
        for name, one in value.items():
            if name in known:
                yield from wrong(known[name], one, f"{place}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{place}.{name} is unknown"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{place} has too few"
        for one in value:
            yield from wrong(schema.get("items", {}), one, f"{place}[]")


@CASES
def test_a_case_is_one_of_veris(case: Case) -> None:
    told = to_veris(case)
    assert list(wrong(VERIS, told)) == []
    # The schema's own pattern binds its parts loosely; this is what it means.
    assert re.fullmatch(r"(0[1-9]|1[0-2]):[0-5]\d:[0-5]\d [AP]M", told["timeline"]["incident"]["time"])


def test_what_is_wrong_in_a_case_would_be_found() -> None:
    told = to_veris(FULL)
    for change in ({"victim": {"country": ["FR"]}}, {"timeline": {"incident": {"year": "2026"}}}, {"new": 1}):
        assert list(wrong(VERIS, {**told, **change}))


# OCSF

NUMBERS = {"integer_t", "long_t", "timestamp_t", "float_t"}


def unlike(attributes: Mapping[str, Any], told: Mapping[str, Any], place: str) -> Iterator[str]:
    yield from (
        f"{place}.{n} is missing" for n, a in attributes.items() if a.get("required") and n not in told
    )
    one_of = OCSF["at_least_one"].get(place.rsplit(":", maxsplit=1)[-1], [])
    if one_of and not set(one_of) & told.keys():
        yield f"{place} has none of {one_of}"
    for name, value in told.items():
        known = attributes.get(name)
        if known is None:
            yield f"{place}.{name} is unknown"
            continue
        if isinstance(value, list) != known.get("array", False):
            yield f"{place}.{name} is a list, or should be"
            continue
        for one in value if isinstance(value, list) else [value]:
            yield from unlike_one(known, one, f"{place}.{name}")


def unlike_one(known: Mapping[str, Any], one: Any, place: str) -> Iterator[str]:
    if known["type"] in OCSF["objects"]:
        yield from unlike(OCSF["objects"][known["type"]], one, f"{place}:{known['type']}")
    elif known["type"] in NUMBERS:
        if not isinstance(one, int) or ("enum" in known and one not in known["enum"]):
            yield f"{place} is {one!r}"
    elif known["type"] != "object" and (not isinstance(one, str) or not one):
        yield f"{place} is {one!r}"


LINE = {
    "v": 1, "seq": 7, "time": "2026-11-10T12:00:00.000Z", "id": "i", "kind": "release", "actor": "a", "device": "d",
    "record": "r", "practice": "p", "subject": "s", "compartment": "care", "epoch": 0, "relation": "linked",
    "purpose": "care", "outcome": "allowed", "network": "192.0.2.0/24", "session": "x",
}  # fmt: skip
LINES = [
    LINE,
    {**LINE, "kind": "refusal", "outcome": "budget"},
    {**LINE, "kind": "sign-in", "actor": "web"},
    {"seq": 8, "time": LINE["time"], "kind": "sign-in-refused", "network": "192.0.2.0/24"},
    {"seq": 9, "time": LINE["time"], "kind": "heartbeat"},
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: str(line["kind"]))
def test_a_line_is_one_of_ocsf(line: dict[str, Any]) -> None:
    told = ocsf_line(line)
    assert list(unlike(OCSF["classes"][str(told["class_uid"])], told, f":{told['class_uid']}")) == []


def test_a_sign_in_says_who_signs_in() -> None:
    """The web signs that line: the actor is the web's own principal, the user whoever came."""
    told = ocsf_line(LINES[2])
    assert (told["user"]["uid"], told["actor"]["user"]["uid"]) == ("s", "web")


@pytest.mark.parametrize("state", ["open", "confirmed", "dismissed", "incident"])
def test_a_finding_is_one_of_ocsf(state: str) -> None:
    told = ocsf_finding({
        "id": "x", "title": "t", "rule": "score", "level": "high", "state": state, "hits": 3, "lines": [1, 2],
        "first_at": AT, "last_at": AT,
    })  # fmt: skip
    assert list(unlike(OCSF["classes"]["2004"], told, ":2004")) == []
    assert list(unlike(OCSF["classes"]["2004"], {**told, "new": "x"}, ":2004"))


# MISP and DFIR-IRIS: by what their own loaders ask for


@CASES
def test_a_case_is_one_of_misp(case: Case) -> None:
    event = to_misp(case)["Event"]
    assert {"info", "date", "threat_level_id", "analysis", "distribution", "uuid"} <= event.keys()
    # Of MISP's describeTypes: which kinds a category takes.
    kinds = {"Payload delivery": {"sha256"}, "Other": {"text"}, "Internal reference": {"text"}}
    assert all(one["type"] in kinds[one["category"]] and one["value"] for one in event["Attribute"])
    assert len({one["uuid"] for one in event["Attribute"]}) == len(event["Attribute"])


@CASES
def test_a_case_is_one_of_iris(case: Case) -> None:
    told = to_iris(case)
    assert min(map(len, (told["case_name"], told["case_description"]))) >= 2
    for event in told["timeline"]:
        assert len(event["event_title"]) >= 2
        datetime.strptime(event["event_date"] + event["event_tz"], "%Y-%m-%dT%H:%M:%S.%f%z")
    for task, ours in zip(told["tasks"], case.tasks, strict=True):
        # To do, in progress, on hold, done, cancelled: in this order since its first start.
        assert task["task_status_id"] == (4 if ours.done_at else 1) and len(task["task_title"]) >= 2
