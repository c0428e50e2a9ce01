"""A case in the forms of others: DFIR-IRIS, VERIS, MISP. Pure: a case as values in, JSON out. No patient is in any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from colloque.kernel.clock import to_wire

# Rows that every DFIR-IRIS begins with (2.4.20, source/app/post_init.py), by their numbers.
IRIS_TO_DO, IRIS_DONE = 1, 4
IRIS_ACCOUNT, IRIS_COMPUTER = 1, 9
SEVERITY = {"informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}


@dataclass(frozen=True)
class Happened:
    at: datetime
    source: str
    text: str
    in_summary: bool = False
    zone: str = "UTC"
    by: str = ""


@dataclass(frozen=True)
class Proof:
    label: str
    sha256: str
    size: int
    added_at: datetime
    kept: str = ""
    by: str = ""


@dataclass(frozen=True)
class ToDo:
    text: str
    due_at: datetime
    done_at: datetime | None
    by: str = ""
    done_by: str = ""


@dataclass(frozen=True)
class Case:
    id: str
    title: str
    level: str
    opened_at: datetime
    closed_at: datetime | None
    events: Sequence[Happened]
    evidence: Sequence[Proof]
    decisions: Sequence[Happened]
    tasks: Sequence[ToDo]
    rules: Sequence[str]
    frozen: Sequence[tuple[str, str, datetime]]


def to_iris(case: Case) -> dict[str, Any]:
    """DFIR-IRIS: the case, and what is posted to it one by one: timeline, evidences, tasks, notes, assets. Fields of its
    API; a note goes into a directory, whose number the receiving instance gives."""
    return {
        "case_name": case.title,
        "case_soc_id": case.id,
        "case_description": f"Colloque, level {case.level}; rules: {', '.join(case.rules)}",
        "case_customer": 1,
        "classification_id": 1,
        "open_date": case.opened_at.date().isoformat(),
        "close_date": case.closed_at.date().isoformat() if case.closed_at else None,
        "timeline": [
            {
                "event_title": _title(one.text),
                "event_content": f"{one.text}\n({one.by})" if one.by else one.text,
                "event_source": one.source,
                **_local(one),
                "event_in_summary": one.in_summary,
                "event_in_graph": False,
                "event_category_id": 1,
                "event_assets": [],
                "event_iocs": [],
            }
            for one in case.events
        ],
        "evidences": [
            {
                "filename": one.label,
                "file_size": one.size,
                "file_hash": one.sha256,
                "file_description": f"SHA-256; kept: {one.kept}; by {one.by}, {to_wire(one.added_at)}",
            }
            for one in case.evidence
        ],
        "tasks": [
            {
                "task_title": _title(one.text, 500),
                "task_description": _told_of(one),
                "task_status_id": IRIS_DONE if one.done_at else IRIS_TO_DO,
            }
            for one in case.tasks
        ],
        "notes": [
            {"note_title": to_wire(one.at), "note_content": f"{one.text}\n({one.by})"}
            for one in case.decisions
        ],
        "assets": [
            {
                "asset_name": target,
                "asset_type_id": IRIS_ACCOUNT if lever == "person" else IRIS_COMPUTER,
                "asset_description": lever,
            }
            for lever, target, _at in case.frozen
        ],
    }


def _title(text: str, most: int = 80) -> str:
    """IRIS takes no title of fewer than two letters."""
    return text[:most] if len(text) > 1 else f"{text} ."


def _local(one: Happened) -> dict[str, str]:
    """When it happened, as whoever told it read their clock: local time, and how far that is from UTC."""
    at = one.at.astimezone(ZoneInfo(one.zone))
    return {"event_date": at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3], "event_tz": at.isoformat()[-6:]}


def _told_of(one: ToDo) -> str:
    done = f"; done by {one.done_by}, {to_wire(one.done_at)}" if one.done_at else ""
    return f"due {to_wire(one.due_at)}; by {one.by}{done}"


def to_veris(case: Case) -> dict[str, Any]:
    """VERIS 1.4.0 (verisc-merged.json of the VERIS framework)."""
    begun = min((one.at for one in case.events), default=case.opened_at)
    noticed = case.opened_at - begun
    unit, value = ("Hours", noticed.total_seconds() / 3600) if noticed.days < 1 else ("Days", noticed.days)
    return {
        "schema_version": "1.4.0",
        "incident_id": case.id,
        "source_id": "colloque",
        "summary": case.title,
        "security_incident": "Suspected" if case.closed_at is None else "Confirmed",
        "confidence": "Medium",
        "timeline": {
            "incident": {
                "year": begun.year,
                "month": begun.month,
                "day": begun.day,
                "time": _twelve_hours(begun),
            },
            "discovery": {"unit": unit, "value": round(value)},
            **_containment(case, begun),
        },
        "discovery_method": {"internal": {"variety": ["Log review"]}},
        "actor": {"unknown": {"notes": "to be established"}},
        "action": {"hacking": {"variety": ["Use of stolen creds"], "vector": ["Web application"]}},
        "asset": {"assets": [{"variety": "S - Web application"}], "cloud": ["Unknown"]},
        "attribute": {
            "confidentiality": {"data_disclosure": "Potentially", "data": [{"variety": "Medical"}]}
        },
        "victim": {"industry": "621", "government": ["NA"], "country": ["FR"], "employee_count": "Unknown"},
        "plus": {"rules": list(case.rules), "evidence_sha256": [one.sha256 for one in case.evidence]},
    }


def _twelve_hours(at: datetime) -> str:
    """As VERIS writes times, whatever the machine's language."""
    return f"{at.hour % 12 or 12:02}:{at:%M:%S} {'AM' if at.hour < 12 else 'PM'}"


def _containment(case: Case, begun: datetime) -> dict[str, Any]:
    """From the first act to the first freeze; nothing where none was pulled."""
    if not case.frozen:
        return {}
    took = min(at for _lever, _target, at in case.frozen) - begun
    return {"containment": {"unit": "Minutes", "value": max(0, round(took.total_seconds() / 60))}}


def to_misp(case: Case) -> dict[str, Any]:
    """A MISP event: the organisation alone reads it (distribution 0), evidence as hashes, levers as comments."""
    stamp = str(int((case.closed_at or case.opened_at).timestamp()))

    def attribute(category: str, kind: str, value: str, comment: str) -> dict[str, Any]:
        return {
            "uuid": str(uuid5(NAMESPACE_URL, f"colloque/{case.id}/{category}/{value}")),
            "category": category, "type": kind, "value": value, "comment": comment,
            "to_ids": False, "distribution": "0", "timestamp": stamp,
        }  # fmt: skip

    attributes = [attribute("Payload delivery", "sha256", one.sha256, one.label) for one in case.evidence]
    attributes += [
        attribute("Other", "text", target, f"frozen {lever}") for lever, target, _at in case.frozen
    ]
    attributes += [
        attribute("Internal reference", "text", f"{to_wire(e.at)} {e.text}", e.source) for e in case.events
    ]
    return {
        "Event": {
            "uuid": case.id,
            "info": case.title,
            "date": case.opened_at.date().isoformat(),
            "threat_level_id": {"critical": "1", "high": "1", "medium": "2"}.get(case.level, "3"),
            "analysis": "2" if case.closed_at else "1",
            "distribution": "0",
            "published": False,
            "timestamp": stamp,
            "Attribute": attributes,
            "Tag": [{"name": "tlp:red"}, *[{"name": f"colloque:rule={name}"} for name in case.rules]],
        }
    }


FORMS = {"iris": to_iris, "veris": to_veris, "misp": to_misp}


def ocsf_finding(told: dict[str, Any]) -> dict[str, Any]:
    """A finding as OCSF 1.5 Detection Finding (class 2004)."""
    states = {"open": 1, "confirmed": 2, "dismissed": 3, "incident": 2}
    return {
        "class_uid": 2004, "class_name": "Detection Finding", "category_uid": 2, "category_name": "Findings",
        "activity_id": 1, "type_uid": 200401, "time": _millis(told["last_at"]),
        "severity_id": SEVERITY[told["level"]], "status_id": states[told["state"]], "count": told["hits"],
        "start_time": _millis(told["first_at"]), "end_time": _millis(told["last_at"]),
        "metadata": _METADATA,
        "finding_info": {
            "uid": told["id"], "title": told["title"], "analytic": {"type_id": 1, "type": "Rule", "name": told["rule"]},
            "related_events": [{"uid": str(seq), "type_uid": 600399} for seq in told["lines"]],
        },
    }  # fmt: skip


def ocsf_line(line: dict[str, Any]) -> dict[str, Any]:
    """A line of the ledger as OCSF 1.5: Authentication (3002) for sign-ins, else API Activity (6003)."""
    is_sign_in = line["kind"] in ("sign-in", "sign-in-refused", "unlock", "unlock-refused")
    class_uid = 3002 if is_sign_in else 6003
    refused = "refused" in line["kind"] or line["kind"] == "refusal"
    activity = 1 if is_sign_in else 2 if line["kind"] == "release" else 99
    told: dict[str, Any] = {
        "class_uid": class_uid, "category_uid": class_uid // 1000, "activity_id": activity,
        "type_uid": class_uid * 100 + activity, "time": _millis(datetime.fromisoformat(line["time"])),
        "severity_id": 1, "status_id": 2 if refused else 1, "status_detail": line.get("outcome"),
        "metadata": {**_METADATA, "uid": str(line["seq"]), "sequence": line["seq"]},
        "actor": _user(line.get("actor") or "unknown"), "src_endpoint": {"name": line.get("network") or "unknown"},
        "api": {"operation": line["kind"], "service": {"name": _VAULT}},
        "device": {"uid": line["device"], "type_id": 0} if line.get("device") else None,
        "unmapped": {n: line[n] for n in ("compartment", "epoch", "relation", "purpose", "target") if n in line},
    }  # fmt: skip
    session = {"uid": line["session"]} if line.get("session") else None
    if is_sign_in:
        # Who signs in stands in `subject`: the web signed the line.
        told |= {**_user(line.get("subject") or "unknown"), "service": {"name": _VAULT}, "session": session}
    else:
        told["actor"] |= {"session": session} if session else {}
        told["resources"] = [
            {"uid": line[n], "type": n} for n in ("record", "subject", "practice") if line.get(n)
        ]
    return {name: value for name, value in told.items() if value not in (None, {}, [])}


def _user(person: str) -> dict[str, Any]:
    return {"user": {"uid": person}}


_VAULT = "colloque-vault"
_METADATA = {
    "version": "1.5.0",
    "product": {"name": "Colloque", "vendor_name": "Colloque"},
    "log_name": "ledger",
}


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)
