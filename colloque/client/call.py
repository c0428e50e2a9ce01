"""A call's signalling with signed fingerprints, both sides; media too where aiortc is installed.

docs/spec/signalling.md. Without aiortc the descriptions are made up, but their fingerprints are signed and checked
all the same: what is tried is the relay, the directory and the signatures.
"""

import hashlib
import re
import secrets
from typing import Any

from colloque.client.directory import directory_of
from colloque.client.errors import NotProven
from colloque.client.live import Socket
from colloque.client.person import Person
from colloque.envelope import statement
from colloque.envelope.errors import EnvelopeError
from colloque.envelope.item import Author

FINGERPRINT = re.compile(r"^a=fingerprint:(sha-256 [0-9A-F:]{95})\s*$", re.MULTILINE | re.IGNORECASE)


def describe(person: Person, consultation: str, role: str, sdp: str) -> dict[str, Any]:
    """What goes with a description: it, and its fingerprint signed by this device."""
    said = person.say(
        "fingerprint",
        consultation=consultation,
        role=role,
        fingerprint=_only_fingerprint(sdp),
        setup=_attribute(sdp, "setup"),
        ice_ufrag=_attribute(sdp, "ice-ufrag"),
    )
    return {"description": {"type": role, "sdp": sdp}, "fingerprint": said}


def check(person: Person, other: str, consultation: str, data: dict[str, Any]) -> None:
    """A description is from a device of the other person, and says what was signed. Raises NotProven."""
    try:
        said = statement.read(data["fingerprint"], kind="fingerprint")
        body = said.body
        author = Author(str(body.get("person")), str(body.get("device")))
        key = directory_of(person.browser).device_key(author)
        if author.person != other or key is None:
            raise NotProven("The fingerprint is not signed by the person in this consultation.")
        statement.check_device(said, device=author.device, public_key=key)
    except EnvelopeError as error:
        raise NotProven("The fingerprint's signature does not hold.") from error
    sdp = data["description"]["sdp"]
    told = (
        body.get("consultation"),
        body.get("fingerprint"),
        body.get("setup"),
        body.get("ice_ufrag"),
        body.get("role"),
    )
    seen = (
        consultation,
        _only_fingerprint(sdp),
        _attribute(sdp, "setup"),
        _attribute(sdp, "ice-ufrag"),
        data["description"]["type"],
    )
    if told != seen:
        raise NotProven("The fingerprint that was signed is not the one of the description.")


def exchange(
    offerer: Person, offering: Socket, answerer: Person, answering: Socket, consultation: str
) -> None:
    """Offer and answer over the relay, each checked by who receives it."""
    offering.say({"type": "signal", "data": describe(offerer, consultation, "offer", made_up_sdp("actpass"))})
    offer = answering.wait(_is_description, what="the offer")["data"]
    check(answerer, offerer.id, consultation, offer)
    answering.say(
        {"type": "signal", "data": describe(answerer, consultation, "answer", made_up_sdp("active"))}
    )
    answer = offering.wait(_is_description, what="the answer")["data"]
    check(offerer, answerer.id, consultation, answer)
    offering.say({"type": "signal", "data": {"bye": True}})


def made_up_sdp(setup: str) -> str:
    """A description of a data channel that nobody connects to, with a certificate's worth of fingerprint."""
    digest = hashlib.sha256(secrets.token_bytes(32)).digest()
    return "\r\n".join(
        (
            "v=0",
            f"o=- {secrets.randbelow(2**62)} 2 IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
            "c=IN IP4 0.0.0.0",
            f"a=ice-ufrag:{secrets.token_hex(4)}",
            f"a=ice-pwd:{secrets.token_hex(12)}",
            f"a=fingerprint:sha-256 {':'.join(f'{byte:02X}' for byte in digest)}",
            f"a=setup:{setup}",
            "a=mid:0",
            "a=sctp-port:5000",
            "",
        )
    )


def _is_description(message: dict[str, Any]) -> bool:
    return message.get("type") == "signal" and "description" in message.get("data", {})


def _only_fingerprint(sdp: str) -> str:
    found = set(FINGERPRINT.findall(sdp))
    if len(found) != 1:
        raise NotProven("A description has exactly one fingerprint.")
    return str(found.pop())


def _attribute(sdp: str, name: str) -> str:
    found = re.search(rf"^a={name}:(\S+)\s*$", sdp, re.MULTILINE)
    if not found:
        raise NotProven(f"A description has {name}.")
    return found[1]
