"""Names of a practice: what a line of care calls a patient, and how one such name is opened (docs/spec/ledger.md, "Names").

A patient has another name in the lines of each practice, and so have the devices and sessions that she acts with. Each name
commits to what it stands for: whoever is given a value and its salt computes the name again; without them nobody tells
whether two names of two practices are one person's. Pure.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from colloque.kernel.encoding import b64u_decode, b64u_encode, label
from colloque.ledger.finding import Finding
from colloque.ledger.line import NAMED

NAMES_FILE = "pseudonyms.jsonl"  # of a whole export: each name and what opens it, one a line
SALT_BYTES = 32
_NOTHING: frozenset[str] = frozenset()
# Kinds of care, and which of their fields names a patient besides `subject`: the account that a grant is for.
CARE: Mapping[str, frozenset[str]] = {
    "record-created": _NOTHING,
    "consultation-requested": _NOTHING,
    "consultation-taken": _NOTHING,
    "consultation-transferred": _NOTHING,
    "consultation-refused": _NOTHING,
    "consultation-cancelled": _NOTHING,
    "consultation-closed": _NOTHING,
    "appointment": _NOTHING,
    "message": _NOTHING,
    "messages-read": _NOTHING,
    "release": _NOTHING,
    "refusal": _NOTHING,
    "grant": frozenset({"target"}),
    "grant-cancelled": frozenset({"target"}),
    "erase-asked": _NOTHING,
    "erase-withdrawn": _NOTHING,
    "record-erased": _NOTHING,
    "custody-refused": _NOTHING,
    "custody-moved": _NOTHING,
    "item-written": _NOTHING,
    "item-served": _NOTHING,
    "sign-in-refused": _NOTHING,
    "objection": _NOTHING,
}
# Everything else: what the directory publishes, what carries keys, what is about members, officers or the vault itself, and
# what has no practice. Told one by one, so that a new kind is decided about.
PLAIN = frozenset({
    "person-registered", "device-enrolled", "device-revoked", "practice-created", "practice-generation", "practice-sheet",
    "practice-reopened", "reopening-asked", "reopening-cancelled", "member-joined", "member-left", "rota", "rota-ended",
    "absence", "capacity", "quota", "passkey", "step-up", "budget-freeze", "custody-asked", "custody-cancelled",
    "archive-asked", "archive-cancelled", "freeze", "unfreeze", "officer-appointed", "officer-ended", "sign-in", "unlock",
    "unlock-refused", "factors", "factors-ended", "lookup", "heartbeat", "lines-erased", "assets-published",
})  # fmt: skip
# What tells one account from another, of whoever acts; and what one statement has in common over all its lines.
OF_ACTOR = ("actor", "device", "session")
OF_STATEMENT = ("id", "request", "sig")
_MAY_BE_NAMES = ("subject", *OF_ACTOR, "keyid", *OF_STATEMENT)


class Name(NamedTuple):
    """A name, and what opens it."""

    practice: str
    value: str
    salt: bytes
    pseudonym: str

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Name":
        """Read one as JSON has it; raise ValueError, KeyError or TypeError for what is none, or does not open."""
        values = [told["practice"], told["value"], told["pseudonym"]]
        if not all(isinstance(one, str) for one in values):
            raise ValueError("a name is made of texts")
        name = cls(values[0], values[1], b64u_decode(told["salt"], length=SALT_BYTES), values[2])
        if not name.holds:
            raise ValueError("what should open it does not give it")
        return name

    @property
    def holds(self) -> bool:
        return pseudonym_of(self.practice, self.salt, self.value) == self.pseudonym

    def to_row(self) -> str:
        return json.dumps(self.to_json(), sort_keys=True, separators=(",", ":")) + "\n"

    def to_json(self) -> dict[str, str]:
        return {
            "practice": self.practice,
            "pseudonym": self.pseudonym,
            "salt": b64u_encode(self.salt),
            "value": self.value,
        }


def pseudonym_of(practice: str, salt: bytes, value: str) -> str:
    """The name, in the form of an id: the first 16 bytes of a SHA-256, with the version and the variant of a random UUID."""
    digest = hashlib.sha256(label("colloque/v1/pseudonym", practice, salt, value)).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def is_of_care(fields: Mapping[str, Any]) -> bool:
    return "practice" in fields and fields.get("kind") in CARE


def mask(
    fields: Mapping[str, Any],
    name: Callable[[str, str], str],
    *,
    by_patient: bool = False,
    over_practices: bool = False,
) -> dict[str, Any]:
    """Write a line of care with the names of its practice; `name` gives the one of a practice and a value.

    `by_patient`: a patient's account acts, though not the one that the record is of. `over_practices`: her statement has
    lines elsewhere, which must not be found by what both say of it.
    """
    masked, practice = dict(fields), fields["practice"]
    subject = fields.get("subject")
    if subject is not None:
        masked["subject"] = name(practice, subject)
    hers = [one for one in CARE[fields["kind"]] if one in fields]
    if by_patient or (subject is not None and subject == fields.get("actor")):
        hers += [one for one in OF_ACTOR if one in fields]
        if "keyid" in fields and fields["keyid"] == fields.get("device"):
            hers.append("keyid")
        if over_practices:
            hers += [one for one in OF_STATEMENT if one in fields]
    for one in hers:
        masked[one] = name(practice, fields[one])
    return masked


def names_in(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Fields of a line that may be names of its practice, with what they say."""
    if fields.get("v") != NAMED or not is_of_care(fields):
        return
    for one in (*_MAY_BE_NAMES, *CARE[fields["kind"]]):
        if isinstance(value := fields.get(one), str):
            yield one, value


type Values = Mapping[str, Mapping[str, str]]  # of each practice, what its names stand for


def values_of(names: Iterable[Name]) -> Values:
    values: dict[str, dict[str, str]] = {}
    for one in names:
        values.setdefault(one.practice, {})[one.pseudonym] = one.value
    return values


def put_back(fields: Mapping[str, Any], values: Values) -> dict[str, Any]:
    """The line as it was before it was given names, as far as they are known. A name counts in its practice alone."""
    known = values.get(fields.get("practice", ""), {})
    return {**fields, **{one: known[name] for one, name in names_in(fields) if name in known}}


class Names:
    """All names of an export, each opened; and of which person each record is."""

    def __init__(self, rows: Iterable[bytes] = ()) -> None:
        self.values = values_of(map(_read, rows))
        self.count = sum(map(len, self.values.values()))
        self._subjects: dict[str, str] = {}
        for known in self.values.values():
            if len(set(known.values())) < len(known):
                raise Finding("somebody has two names in one practice")

    def open(self, seq: int, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """The line with its names put back; raise Finding where who it is about can't be told."""
        if fields.get("v") == 1:
            return fields
        if fields.get("v") != NAMED or not is_of_care(fields):
            raise Finding("a line of its kind has no names of a practice", seq)
        known = self.values.get(fields["practice"], {})
        for one in ("subject", *CARE[fields["kind"]]):
            if one in fields and fields[one] not in known:
                raise Finding("nothing opens the name that it gives its person", seq)
        return put_back(fields, self.values)

    def check_subject(self, seq: int, fields: Mapping[str, Any]) -> None:
        """A line of a record is about the person whom the record was made for."""
        record, subject = fields.get("record"), fields.get("subject")
        if record is None or subject is None:
            return
        if fields["kind"] == "record-created":
            self._subjects[record] = subject
        elif self._subjects.get(record, subject) != subject:
            raise Finding("it is about another person than its record", seq)


def _read(row: bytes) -> Name:
    try:
        return Name.read(json.loads(row))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Finding(f"a name of a practice can't be opened: {error}") from error
