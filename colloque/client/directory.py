"""Whose key is whose: asked of the server, proven by the ledger, remembered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from colloque.client.errors import NotProven
from colloque.client.http import Browser
from colloque.client.ledger import Line, Log
from colloque.envelope import statement
from colloque.envelope.errors import EnvelopeError
from colloque.envelope.item import Author
from colloque.envelope.sealed_key import Recipient
from colloque.kernel import dsse
from colloque.kernel.encoding import b64u_decode, key_id

LINE_OF = {
    "person": "person-registered",
    "device": "device-enrolled",
    "practice": "practice-created",
    "generation": "practice-generation",
    "sheet": "practice-sheet",
    "reopen": "practice-reopened",
    "member": "member-joined",
    "assets": "assets-published",
}


@dataclass(frozen=True)
class Known:
    """A person's keys, proven."""

    kem_key: bytes
    identity_key: bytes
    devices: dict[str, bytes]
    revoked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Circle:
    """A practice as the ledger has it: its newest key, its members' keys, and the key of its recovery sheet."""

    newest: Recipient
    members: dict[str, bytes]
    sheet: str | None


@dataclass
class Directory:
    browser: Browser
    _people: dict[str, Known] = field(default_factory=dict)
    _practices: dict[str, dict[int, bytes]] = field(default_factory=dict)

    def device_key(self, author: Author) -> bytes | None:
        """The public key of an author's device; what it wrote before it was revoked stays its own."""
        known = self.person(author.person)
        if author.device not in known.devices:
            known = self._ask_again(author.person)
        return known.devices.get(author.device)

    def is_revoked(self, author: Author) -> bool:
        """Whether the device was taken away since, asked anew: nobody speaks by it from then on."""
        return author.device in self._ask_again(author.person).revoked

    def person(self, person: str) -> Known:
        if person not in self._people:
            self._people[person] = self._ask(person)
        return self._people[person]

    def practice(self, practice: str) -> Recipient:
        """The newest generation of a practice's key."""
        return self._newest(practice, self._proven(f"practices/{practice}", "members"))

    def circle(self, practice: str) -> Circle:
        """Whom the practice's next key is sealed to. Raises NotProven for a member whom nobody of the practice let in."""
        told: dict[str, Any] = {}
        said = self._proven(f"practices/{practice}", "members", told)
        newest, let_in = self._newest(practice, said), _members(said)
        confirmed = {one.body["member"]: one.body["kem_key_id"] for one in said if one.kind == "member"}
        members = {one: self.person(one).kem_key for one in told["members"]}
        for one, kem_key in members.items():
            if one not in let_in:
                raise NotProven("not-member", "The server names a member whom nobody of the practice let in.")
            if confirmed.get(one, key_id(kem_key)) != key_id(kem_key):
                raise NotProven(
                    "key-changed", "A member was confirmed under another key than the ledger has."
                )
        sheets = [
            one.body["sheet"] for one in said if one.kind in ("practice", "sheet") and "sheet" in one.body
        ]
        return Circle(newest, members, sheets[-1]["kem_key_id"] if sheets else None)

    def _newest(self, practice: str, said: list[dsse.Statement]) -> Recipient:
        found = self._generations(practice, said)
        for generation, kem_key in self._practices.get(practice, {}).items():
            if found.get(generation) != kem_key:
                raise NotProven("key-changed", "A practice's key is not the one that was remembered.")
        if not found:
            raise NotProven("unproven", "This practice has published no key.")
        self._practices[practice] = found
        newest = max(found)
        return Recipient(practice, found[newest], newest)

    def _generations(self, practice: str, said: list[dsse.Statement]) -> dict[int, bytes]:
        """The key of each generation, said by someone whom the practice's own members let in."""
        members, found = _members(said), {}
        for one in said:
            if one.kind not in ("practice", "generation"):
                continue
            if one.body.get("practice") != practice:
                raise NotProven("unproven", "A key is another practice's.")
            self._check_author(one)
            if one.body["person"] not in members:
                raise NotProven("stranger", "A practice's key is said by someone who is none of its members.")
            generation = 0 if one.kind == "practice" else int(one.body["generation"])
            found[generation] = b64u_decode(one.body["kem_key"])
        for one in said:
            if one.kind in ("member", "sheet", "reopen"):
                self._check_author(one)
        return found

    def _check_author(self, said: dsse.Statement) -> None:
        author = Author(said.body["person"], said.body["device"])
        key = self.device_key(author)
        if key is None:
            raise NotProven("unproven", "A statement has no author that the ledger knows.")
        try:
            statement.check_device(said, device=author.device, public_key=key)
        except EnvelopeError as error:
            raise NotProven("unproven", "A statement is not signed by its author.") from error

    def _ask_again(self, person: str) -> Known:
        known, found = self.person(person), self._ask(person)
        if (found.kem_key, found.identity_key) != (known.kem_key, known.identity_key):
            raise NotProven("key-changed", "A person's key is not the one that was remembered.")
        self._people[person] = found
        return found

    def _ask(self, person: str) -> Known:
        told: dict[str, Any] = {}
        said = self._proven(f"persons/{person}", "revoked", told)
        registered = [one for one in said if one.kind == "person"]
        if len(registered) != 1:
            raise NotProven("unproven", "A person is registered once.")
        identity = b64u_decode(registered[0].body["identity_key"], length=32)
        try:
            statement.check_identity(registered[0], person=person, public_key=identity)
            devices = dict(_device(one, person, identity) for one in said if one.kind == "device")
        except EnvelopeError as error:
            raise NotProven("unproven", "The keys of a person are not signed by them.") from error
        return Known(
            b64u_decode(registered[0].body["kem_key"]), identity, devices, frozenset(told["revoked"])
        )

    def published_assets(self) -> dict[str, Line]:
        """The lines that publish what the web serves, by the hash of the manifest; each signed by the web's own key."""
        web = Log.of(self.browser).services.get("web", "")
        found = {}
        for said, line in self._ask_proven("assets", None)[1]:
            author = Author(str(said.body.get("person")), str(said.body.get("device")))
            key = self.device_key(author) if author.person == web else None
            if said.kind != "assets" or key is None:
                raise NotProven("unproven", f"Line {line.seq} publishes a release that the web did not sign.")
            statement.check_device(said, device=author.device, public_key=key)
            found[str(said.body["manifest"])] = line
        return found

    def _proven(self, about: str, named: str, told: dict[str, Any] | None = None) -> list[dsse.Statement]:
        answer, found = self._ask_proven(about, named)
        if told is not None:
            told.update(answer)
        return [said for said, _ in found]

    def _ask_proven(
        self, about: str, named: str | None
    ) -> tuple[dict[str, Any], list[tuple[dsse.Statement, Line]]]:
        """What is published under a name: each statement proven, and all of them together vouched for."""
        log = Log.of(self.browser)
        seen = log.size
        answer = self.browser.get(f"/vault/directory/{about}")
        head = log.read(answer["checkpoint"], seen=seen)
        found = []
        for entry in answer["statements"]:
            said, line = _parse(entry["envelope"]), Line.read(entry["line"])
            try:
                log.check(line.leaf, line.seq, entry["proof"], head)
            except NotProven as error:
                raise NotProven("unproven", str(error)) from error
            if not line.says(said) or line.kind != LINE_OF.get(said.kind):
                raise NotProven("unproven", f"Line {line.seq} is not about the statement that it came with.")
            found.append((said, line))
        found.sort(key=lambda one: one[1].seq)
        beside = {named: answer[named]} if named else {}
        log.check_whole(str(answer.get("state", "")), about, head, [line.seq for _, line in found], **beside)
        return answer, found


def _members(said: Iterable[dsse.Statement]) -> set[str]:
    """Who makes the practice up: whoever made it or came with its sheet, and everyone whom one of them let in."""
    founders = {str(one.body["person"]) for one in said if one.kind == "practice"} | _came_with_sheet(said)
    joined: Mapping[str, str] = {
        str(one.body["member"]): str(one.body["person"]) for one in said if one.kind == "member"
    }
    members = founders
    while more := {new for new, by in joined.items() if by in members} - members:
        members = members | more
    return members


def _came_with_sheet(said: Iterable[dsse.Statement]) -> set[str]:
    """Whom the sheet that counted then let in. Statements come in the ledger's order."""
    came, key = set(), ""
    for one in said:
        if one.kind in ("practice", "sheet") and "sheet" in one.body:
            key = str(one.body["sheet"]["signing_key"])
        elif one.kind == "reopen" and key and one.is_signed_by_identity(f"sheet:{key}", b64u_decode(key)):
            came.add(str(one.body["person"]))
    return came


_directories: "WeakKeyDictionary[Browser, Directory]" = WeakKeyDictionary()


def directory_of(browser: Browser) -> Directory:
    """One for each browser, for as long as it is there."""
    if browser not in _directories:
        _directories[browser] = Directory(browser)
    return _directories[browser]


def _parse(envelope: object) -> dsse.Statement:
    try:
        return dsse.parse(envelope)
    except dsse.MalformedStatement as error:
        raise NotProven("malformed", "What is published is no statement.") from error


def _device(said: dsse.Statement, person: str, identity: bytes) -> tuple[str, bytes]:
    body: Any = said.body
    key = b64u_decode(body["public_key"], length=65)
    if body["person"] != person:
        raise NotProven("unproven", "A device is another person's.")
    statement.check_identity(said, person=person, public_key=identity)
    statement.check_device(said, device=body["new_device"], public_key=key)
    return body["new_device"], key
