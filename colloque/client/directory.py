"""Whose key is whose: asked of the server, proven by the ledger, remembered."""

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
from colloque.kernel.encoding import b64u_decode

LINE_OF = {
    "person": "person-registered",
    "device": "device-enrolled",
    "practice": "practice-created",
    "generation": "practice-generation",
    "member": "member-joined",
    "assets": "assets-published",
}


@dataclass(frozen=True)
class Known:
    """A person's keys, proven."""

    kem_key: bytes
    identity_key: bytes
    devices: dict[str, bytes]


@dataclass
class Directory:
    browser: Browser
    _people: dict[str, Known] = field(default_factory=dict)
    _practices: dict[str, dict[int, bytes]] = field(default_factory=dict)

    def device_key(self, author: Author) -> bytes | None:
        """The public key of an author's device; what it wrote before it was revoked stays its own."""
        known = self.person(author.person)
        if author.device not in known.devices:
            found = self._ask(author.person)
            if (found.kem_key, found.identity_key) != (known.kem_key, known.identity_key):
                raise NotProven("A person's key is not the one that was remembered.")
            known = self._people[author.person] = found
        return known.devices.get(author.device)

    def person(self, person: str) -> Known:
        if person not in self._people:
            self._people[person] = self._ask(person)
        return self._people[person]

    def practice(self, practice: str) -> Recipient:
        """The newest generation of a practice's key."""
        found: dict[int, bytes] = {}
        for said in self._proven(f"/vault/directory/practices/{practice}"):
            if said.kind not in ("practice", "generation"):
                continue
            body = said.body
            author = Author(body["person"], body["device"])
            key = self.device_key(author)
            if body.get("practice") != practice or key is None:
                raise NotProven("A practice's key has no author that the ledger knows.")
            statement.check_device(said, device=author.device, public_key=key)
            generation = 0 if said.kind == "practice" else int(body["generation"])
            found[generation] = b64u_decode(body["kem_key"])
        for generation, kem_key in self._practices.get(practice, {}).items():
            if found.get(generation) != kem_key:
                raise NotProven("A practice's key is not the one that was remembered.")
        if not found:
            raise NotProven("This practice has published no key.")
        self._practices[practice] = found
        newest = max(found)
        return Recipient(practice, found[newest], newest)

    def _ask(self, person: str) -> Known:
        said = self._proven(f"/vault/directory/persons/{person}")
        (registered,) = (one for one in said if one.kind == "person")
        identity = b64u_decode(registered.body["identity_key"], length=32)
        try:
            statement.check_identity(registered, person=person, public_key=identity)
            devices = dict(_device(one, person, identity) for one in said if one.kind == "device")
        except EnvelopeError as error:
            raise NotProven("The keys of a person are not signed by them.") from error
        return Known(b64u_decode(registered.body["kem_key"]), identity, devices)

    def published_assets(self) -> dict[str, Line]:
        """The lines that publish what the web serves, by the hash of the manifest; each signed by the web's own key."""
        web = Log.of(self.browser).services.get("web", "")
        found = {}
        for said, line in _prove(self.browser, "/vault/directory/assets"):
            author = Author(str(said.body.get("person")), str(said.body.get("device")))
            key = self.device_key(author) if author.person == web else None
            if said.kind != "assets" or key is None:
                raise NotProven(f"Line {line.seq} publishes a release that the web did not sign.")
            statement.check_device(said, device=author.device, public_key=key)
            found[str(said.body["manifest"])] = line
        return found

    def _proven(self, path: str) -> list[dsse.Statement]:
        return [said for said, _ in _prove(self.browser, path)]


def _prove(browser: Browser, path: str) -> list[tuple[dsse.Statement, Line]]:
    told = browser.get(path)
    log = Log.of(browser)
    head = log.read(told["checkpoint"])
    found = []
    for entry in told["statements"]:
        said, line = dsse.parse(entry["envelope"]), Line.read(entry["line"])
        log.check(line.leaf, line.seq, entry["proof"], head)
        if not line.says(said) or line.kind != LINE_OF.get(said.kind):
            raise NotProven(f"Line {line.seq} is not about the statement that it came with.")
        found.append((said, line))
    return found


_directories: "WeakKeyDictionary[Browser, Directory]" = WeakKeyDictionary()


def directory_of(browser: Browser) -> Directory:
    """One for each browser, for as long as it is there."""
    if browser not in _directories:
        _directories[browser] = Directory(browser)
    return _directories[browser]


def _device(said: dsse.Statement, person: str, identity: bytes) -> tuple[str, bytes]:
    body: Any = said.body
    key = b64u_decode(body["public_key"], length=65)
    if body["person"] != person:
        raise NotProven("A device is another person's.")
    statement.check_identity(said, person=person, public_key=identity)
    statement.check_device(said, device=body["new_device"], public_key=key)
    return body["new_device"], key
