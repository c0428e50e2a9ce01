"""Asking the vault for turns, and checking what it answers."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from colloque.client.errors import NotProven, Refused
from colloque.client.ledger import Line, Log
from colloque.client.person import Person
from colloque.envelope import hpke
from colloque.envelope.errors import EnvelopeError
from colloque.envelope.keys import Place
from colloque.kernel import dsse
from colloque.kernel.encoding import b64u_decode, b64u_encode
from colloque.kernel.ids import new_id
from colloque.ledger.pseudonym import Name, Values, values_of


def release_turns(
    person: Person, places: Sequence[Place], purpose: str, *, reason: str | None = None
) -> list[bytes]:
    """The vault's turn for each place, its receipt checked. Raises Refused for the first that is refused."""
    private, public = hpke.new_reply_key()
    request = new_id()
    openings = [{"record": one.record, "compartment": one.compartment, "epoch": one.epoch} for one in places]
    said = person.say(
        "release",
        id=request,
        openings=openings,
        purpose=purpose,
        reason=reason,
        reply_key=b64u_encode(public),
        seen=Log.of(person.browser).seen,
    )
    answer = person.browser.post("/vault/release", said)
    check_receipt(person, said, answer["receipt"], lines=len(openings))
    try:
        reply = json.loads(hpke.open_reply(private, request, b64u_decode(answer["sealed"])))
    except EnvelopeError as error:
        raise NotProven(error.word, "The vault's answer is sealed for another request.") from error
    for refused in reply["refused"]:
        raise Refused("/vault/release", 403, refused["error"], refused["message"], refused.get("retry_at"))
    turns = {
        (one["record"], one["compartment"], one["epoch"]): b64u_decode(one["turn"]) for one in reply["turns"]
    }
    try:
        return [turns[one.record, one.compartment, one.epoch] for one in places]
    except KeyError as error:
        raise NotProven("receipt", "The vault did not answer for one opening.") from error


def read_budgets(person: Person, practice: str) -> dict[str, Any]:
    """How far each member of a practice is from their limits, for its managers."""
    return dict(person.browser.post("/vault/budgets", person.say("budgets", practice=practice)))


def check_receipt(person: Person, said: dict[str, object], receipt: dict[str, object], *, lines: int) -> None:
    """A receipt is for this statement, and each of its lines is in the tree that it names."""
    digest = hashlib.sha256(dsse.parse(said).payload).hexdigest()
    listed = receipt["lines"]
    if receipt["request"] != digest or not isinstance(listed, list) or len(listed) != lines:
        raise NotProven("receipt", "The receipt is for another request.")
    log = Log.of(person.browser)
    head = log.read(str(receipt["checkpoint"]))
    for line in listed:
        log.check(b64u_decode(line["leaf"], length=32), line["seq"], line["proof"], head)


def read_lines(person: Person, about: str = "self", *, after: int | None = None) -> list[Line]:
    """What the ledger says about my records, oldest first, each line proven to be in it, and my own names put back."""
    log = Log.of(person.browser)
    seen = log.size
    told = person.browser.post("/vault/lines", person.say("lines", about=about, after=after))
    head = log.read(told["checkpoint"], seen=seen)
    log.witnessed()
    found, names = [], _read_names(told.get("names", []))
    for entry in told["lines"]:
        line = Line.read(entry["line"], entry.get("reason"), names)
        log.check(line.leaf, line.seq, entry["proof"], head)
        found.append(line)
    return sorted(found, key=lambda line: line.seq)


def _read_names(told: Sequence[Mapping[str, Any]]) -> Values:
    try:
        return values_of([Name.read(one) for one in told])
    except (ValueError, KeyError, TypeError) as error:
        raise NotProven(
            "name", "A name in the ledger's lines is not of whom the vault says it is."
        ) from error
