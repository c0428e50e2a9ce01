"""The call's signalling (docs/spec/signalling.md): descriptions leave signed by a device, and none is taken unchecked."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from colloque.client.directory import directory_of
from colloque.client.errors import NotProven
from colloque.client.live import Socket
from colloque.client.person import Person
from colloque.envelope import statement
from colloque.envelope.errors import EnvelopeError
from colloque.envelope.item import Author
from colloque.kernel import clock, dsse

CLOCK_WINDOW = timedelta(seconds=120)
SHA256 = re.compile(r"sha-256 +((?:[0-9a-f]{2}:){31}[0-9a-f]{2})", re.IGNORECASE)


@dataclass(frozen=True)
class Description:
    type: str
    sdp: str


@dataclass
class Seat:
    """One side of a call: who sits here, who is expected opposite, and what was heard."""

    person: Person
    consultation: str
    opposite: str
    socket: Socket
    _heard: set[str] = field(default_factory=set)
    _fingerprint: str = ""

    def wait_for_other(self) -> None:
        self.socket.wait(
            lambda m: m["type"] == "peer" and m["state"] == "here", what="that the other is there"
        )

    def send(self, description: Description) -> None:
        """Say a description, with the statement that its certificate is ours."""
        facts = read_sdp(description.sdp)
        said = self.person.say("fingerprint", consultation=self.consultation, role=description.type, **facts)
        told = {"type": description.type, "sdp": description.sdp}
        self.socket.say({"type": "signal", "data": {"description": told, "fingerprint": said}})

    def take(self, type_: str) -> Description:
        """The other side's description, once its statement was checked. Raises NotProven."""
        data = self.socket.wait(_is_description, what=f"the {type_}")["data"]
        found = Description(data["description"]["type"], data["description"]["sdp"])
        if found.type != type_:
            raise NotProven("call.altered", f"The {type_} is expected, something else came.")
        self.check(found, data["fingerprint"])
        return found

    def check(self, description: Description, envelope: object) -> None:
        body = self._signed(envelope).body
        problem = find_problem(body, description, self.consultation)
        if body["id"] in self._heard:
            problem = "replayed"
        if self._fingerprint and self._fingerprint != body.get("fingerprint"):
            problem = "certificate"
        if problem:
            raise NotProven(f"call.{problem}", f"The call's description is refused: {problem}.")
        self._heard.add(body["id"])
        self._fingerprint = body["fingerprint"]

    def say_goodbye(self) -> None:
        self.socket.say({"type": "signal", "data": {"bye": True}})

    def wait_goodbye(self) -> None:
        self.socket.wait(lambda m: m["type"] == "signal" and m["data"].get("bye") is True, what="the goodbye")

    def _signed(self, envelope: object) -> dsse.Statement:
        """The statement, said by a device of the person opposite."""
        try:
            said = statement.read(envelope, kind="fingerprint")
            author = Author(str(said.body.get("person")), str(said.body.get("device")))
            key = (
                directory_of(self.person.browser).device_key(author)
                if author.person == self.opposite
                else None
            )
            if key is None:
                raise NotProven(
                    "call.unsigned", "The call's description is not signed by the person opposite."
                )
            # What a revoked device wrote once can still be read; nobody calls from it.
            if directory_of(self.person.browser).is_revoked(author):
                raise NotProven("call.unsigned", "The call comes from a device that was revoked.")
            statement.check_device(said, device=author.device, public_key=key)
        except EnvelopeError as error:
            raise NotProven(
                "call.unsigned", "The signature of the call's description does not hold."
            ) from error
        return said


def find_problem(body: Mapping[str, Any], description: Description, consultation: str) -> str | None:
    """Compare a statement with the description that came with it."""
    if body.get("consultation") != consultation:
        return "elsewhere"
    if not _is_recent(body.get("at")):
        return "stale"
    if body.get("role") != description.type:
        return "altered"
    facts = read_sdp(description.sdp)
    return "altered" if any(body.get(name) != value for name, value in facts.items()) else None


def read_sdp(sdp: str) -> dict[str, str]:
    """The one fingerprint, set-up role and ICE user name of a description; a second one would be a second door."""
    match = SHA256.fullmatch(_only(sdp, "fingerprint"))
    if match is None:
        raise NotProven("call.altered", "The fingerprint is not one of SHA-256.")
    return {
        "fingerprint": f"sha-256 {match[1].upper()}",
        "setup": _only(sdp, "setup"),
        "ice_ufrag": _only(sdp, "ice-ufrag"),
    }


def exchange(caller: Seat, callee: Seat) -> None:
    """Offer and answer without media: of a certificate made up here, through the real relay."""
    caller.wait_for_other()
    caller.send(Description("offer", made_up_sdp("actpass")))
    callee.take("offer")
    callee.send(Description("answer", made_up_sdp("active")))
    caller.take("answer")


def made_up_sdp(setup: str) -> str:
    """A description of a line that nobody connects to."""
    fingerprint = ":".join(f"{byte:02X}" for byte in secrets.token_bytes(32))
    lines = (
        "v=0",
        f"o=- {secrets.randbelow(2**62)} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        f"a=ice-ufrag:{secrets.token_hex(4)}",
        f"a=ice-pwd:{secrets.token_hex(12)}",
        f"a=fingerprint:sha-256 {fingerprint}",
        f"a=setup:{setup}",
        "a=mid:0",
        "a=sctp-port:5000",
        "",
    )
    return "\r\n".join(lines)


def _is_description(message: Mapping[str, Any]) -> bool:
    return message["type"] == "signal" and "description" in message["data"]


def _is_recent(at: object) -> bool:
    try:
        return abs(clock.now() - clock.from_wire(str(at))) <= CLOCK_WINDOW
    except ValueError:
        return False


def _only(sdp: str, attribute: str) -> str:
    start = f"a={attribute}:"
    # Attribute names are compared without case: a parser more lenient than ours must not see another line.
    found = {line[len(start) :].strip() for line in sdp.splitlines() if line.lower().startswith(start)}
    if len(found) != 1:
        raise NotProven("call.altered", f"{len(found)} values of {attribute} in a description.")
    return found.pop()
