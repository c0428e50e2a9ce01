"""Lines: what is written down, and the bytes that are hashed (docs/spec/ledger.md, "Line").

A line is a flat JSON object of strings and integers, plus `detail`, one such object inside. For those
values and ASCII keys, JCS (RFC 8785) is what orjson writes with sorted keys, and `json.dumps` without spaces.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from colloque.ledger.finding import Finding

VERSION = 1
NAMED = 2  # a line of care, whose patient has a name of its practice (pseudonym.py)
FIELDS = frozenset(
    [
        "v",
        "seq",
        "time",
        "kind",
        "id",
        "actor",
        "device",
        "session",
        "network",
        "practice",
        "record",
        "subject",
        "compartment",
        "epoch",
        "relation",
        "purpose",
        "outcome",
        "target",
        "detail",
        "request",
        "sig",
        "keyid",
    ]
)
KINDS = frozenset(
    [
        "person-registered",
        "device-enrolled",
        "device-revoked",
        "practice-created",
        "practice-generation",
        "practice-sheet",
        "practice-reopened",
        "reopening-asked",
        "reopening-cancelled",
        "member-joined",
        "member-left",
        "record-created",
        "consultation-requested",
        "consultation-taken",
        "consultation-transferred",
        "consultation-refused",
        "consultation-cancelled",
        "consultation-closed",
        "appointment",
        "message",
        "messages-read",
        "rota",
        "rota-ended",
        "absence",
        "capacity",
        "quota",
        "passkey",
        "step-up",
        "budget-freeze",
        "release",
        "refusal",
        "grant",
        "grant-cancelled",
        "erase-asked",
        "erase-withdrawn",
        "record-erased",
        "custody-asked",
        "custody-cancelled",
        "custody-refused",
        "custody-moved",
        "archive-asked",
        "archive-cancelled",
        "freeze",
        "unfreeze",
        "officer-appointed",
        "officer-ended",
        "sign-in",
        "sign-in-refused",
        "unlock",
        "unlock-refused",
        "factors",
        "factors-ended",
        "lookup",
        "item-written",
        "item-served",
        "objection",
        "heartbeat",
        "lines-erased",
        "assets-published",
    ]
)
_PLAIN = frozenset({str, int})
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER  # strict: below 2^53, as JSON's readers agree


class MalformedLine(ValueError):
    """A line that the ledger can't hold."""


def to_bytes(fields: Mapping[str, Any]) -> bytes:
    """Write a line as it is hashed; raise MalformedLine for a field or a value that no line may have."""
    unknown = fields.keys() - FIELDS
    if unknown:
        raise MalformedLine(f"unknown fields: {', '.join(sorted(unknown))}")
    if fields.get("kind") not in KINDS:
        raise MalformedLine("unknown kind")
    if "detail" in fields:
        _check_detail(fields["detail"])
        _check_values({name: value for name, value in fields.items() if name != "detail"})
    else:
        _check_values(fields)
    try:
        return orjson.dumps(fields, option=_CANONICAL)
    except orjson.JSONEncodeError as error:
        raise MalformedLine("a lone surrogate, or an integer not below 2^53") from error


def from_bytes(data: bytes) -> dict[str, Any]:
    """Read a line; raise MalformedLine unless these are exactly the bytes that `to_bytes` writes."""
    try:
        fields = orjson.loads(data)
    except ValueError as error:
        raise MalformedLine("not JSON") from error
    if not isinstance(fields, dict) or to_bytes(fields) != data:
        raise MalformedLine("not in canonical form")
    return fields


def check_place(seq: int, fields: Mapping[str, Any], last: str) -> None:
    """Raise Finding unless a line of these fields stands at `seq`, after one of the time `last`."""
    if fields.get("seq") != seq:
        raise Finding(f"its sequence number is {fields.get('seq')}", seq)
    if fields["time"] < last:
        raise Finding("its time is before the line above it", seq)


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 section 2.1: a zero byte keeps leaves apart from inner nodes."""
    return hashlib.sha256(b"\x00" + data).digest()


def _check_detail(value: Any) -> None:
    if type(value) is not dict:
        raise MalformedLine("detail is an object")
    for name in value:
        if not isinstance(name, str) or not name.isascii():
            raise MalformedLine("keys are ASCII")
    _check_values(value)


def _check_values(fields: Mapping[str, Any]) -> None:
    # Types as a set, not one by one: a line has twenty values, and a batch two hundred lines.
    if not {*map(type, fields.values())} <= _PLAIN:
        raise MalformedLine("a value is neither a string nor an integer")
