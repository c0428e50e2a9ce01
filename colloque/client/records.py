"""Sealed records: made, opened as a whole or not at all, added to."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from colloque.client.directory import directory_of
from colloque.client.errors import ClientError, NotProven, Refused
from colloque.client.person import NotOurs, Person
from colloque.client.vault import release_turns
from colloque.envelope.errors import EnvelopeError
from colloque.envelope.file import Description, FileSealer, chunk_count, open_file, sealed_size
from colloque.envelope.item import OpenedItem, item_hash, open_item, seal_json
from colloque.envelope.keys import CONTACT, ContentKey, Place, content_key, new_secret
from colloque.envelope.manifest import Manifest, check_manifest, sign_manifest
from colloque.envelope.sealed_key import Recipient, seal_key
from colloque.kernel import clock
from colloque.kernel.encoding import key_id
from colloque.kernel.ids import new_id

MOST_CONFLICTS = 6
# The vault's default, and an hour.
ERASE_DELAY = timedelta(hours=169)


def create_record(
    person: Person,
    kind: str,
    practice: str | None = None,
    *,
    file: str | None = None,
    practitioner: str | None = None,
) -> str:
    """Make a file or a consultation with a care key of its own, sealed to the patient and to the practice.

    A record of kind `person` holds the contact, which the vault's key alone opens: it has no care key.
    """
    try:
        return _try_to_create(person, kind, practice, file, practitioner)
    except Refused as error:
        # The practice's key was renewed while this was on its way: sealed to the new one, it is taken.
        if error.word != "old-generation":
            raise
        return _try_to_create(person, kind, practice, file, practitioner)


def _try_to_create(
    person: Person, kind: str, practice: str | None, file: str | None, practitioner: str | None
) -> str:
    record, care_key = new_id(), new_secret()
    to: list[Recipient] = []
    if practice is not None:
        to = [person.recipient, directory_of(person.browser).practice(practice)]
    sealed = [seal_key(care_key, purpose="care-key", about=record, to=one).to_json() for one in to]
    said = person.say(
        "record",
        record=record,
        kind=kind,
        subject=person.id,
        practice=practice,
        file=file,
        recipients=[{"id": one.id, "key_id": key_id(one.public_key)} for one in to],
    )
    body: dict[str, Any] = {"statement": said, "sealed_keys": sealed}
    if kind == "consultation":
        person.browser.post("/api/consultations", {**body, "practitioner": practitioner})
    else:
        person.browser.post("/api/records", body)
    return record


@dataclass
class Compartment:
    """One compartment, opened and checked."""

    person: Person
    key: ContentKey = field(repr=False)
    query: str = ""
    items: list[OpenedItem] = field(default_factory=list)
    _sealed: list[dict[str, Any]] = field(default_factory=list, repr=False)
    _manifest: Manifest | None = None

    @property
    def path(self) -> str:
        return f"/api/records/{self.key.place.record}/{self.key.place.compartment}"

    def refresh(self) -> None:
        """Fetch everything again, and check it as a whole against what was seen before."""
        told = self.person.browser.get(self.path + self.query)
        if told["epoch"] != self.key.place.epoch:
            raise NotProven("epoch", f"Epoch {told['epoch']} is not known here.")
        keys = directory_of(self.person.browser)
        try:
            items = [open_item(one, self.key, keys.device_key) for one in told["items"]]
            if told["manifest"] is None:
                if items or self._manifest:
                    raise NotProven("missing", "The signed list of a compartment is gone.")
                manifest = None
            else:
                hashes = [one.hash for one in items]
                manifest = check_manifest(
                    told["manifest"],
                    place=self.key.place,
                    hashes=hashes,
                    author_key=keys.device_key,
                    remembered=self._manifest,
                )
                if manifest.author not in {one.header.author for one in items}:
                    raise NotProven(
                        "manifest-author", "The list is signed by someone who wrote nothing in it."
                    )
        except EnvelopeError as error:
            raise NotProven(
                error.word, f"What came is not what was written ({type(error).__name__})."
            ) from error
        self.items, self._sealed, self._manifest = items, told["items"], manifest

    def find(self, kind: str) -> list[Any]:
        """The content of each item of a kind, oldest first."""
        return [one.json() for one in self.items if one.header.kind == kind]

    def put(self, kind: str, data: object, *, item: str = "") -> str:
        """Add an item, or a new version of one; returns its id. Two who write at once follow one another."""
        name = item or new_id()
        for _ in range(MOST_CONFLICTS):
            try:
                self.person.browser.post(self.path, self._next(kind, data, name))
            except Refused as error:
                if error.word not in ("counter-taken", "version-taken"):
                    raise
                self.refresh()
                continue
            self.refresh()
            return name
        raise ClientError(f"Others write into {self.key.place.compartment} without a pause.")

    def _next(self, kind: str, data: object, name: str) -> dict[str, Any]:
        at = clock.to_wire(clock.now())
        index = next((n for n, one in enumerate(self.items) if one.header.item == name), None)
        version = 1 if index is None else self.items[index].header.version + 1
        how: dict[str, Any] = {"author": self.person.author, "device_key": self.person.device_key, "at": at}
        sealed = seal_json(data, self.key, item=name, version=version, kind=kind, **how)
        after = (
            [*self._sealed, sealed]
            if index is None
            else [sealed if n == index else one for n, one in enumerate(self._sealed)]
        )
        counter = (self._manifest.counter if self._manifest else 0) + 1
        manifest = sign_manifest(self.key.place, [item_hash(one) for one in after], counter=counter, **how)
        return {"items": [sealed], "manifest": manifest}


def open_compartment(
    person: Person, record: str, compartment: str, purpose: str, *, reason: str | None = None
) -> Compartment:
    """Open one compartment by the two keys. `reason` breaks the glass."""
    place, query = Place(record, compartment, 0), "" if reason is None else "?purpose=break-glass"
    care_key = b"" if compartment == CONTACT else _open_care_key(person, record, query)
    (turn,) = release_turns(person, [place], purpose, reason=reason)
    opened = Compartment(person, content_key(place, care_key=care_key, turn=turn), query)
    opened.refresh()
    return opened


def pending_grants(person: Person) -> list[dict[str, Any]]:
    """What of this person's is to open to another account; asked as a device, session or not."""
    found: list[dict[str, Any]] = person.browser.post(
        "/api/grants/about-me", {"statement": person.say("grants")}
    )
    return found


def refuse_grant(person: Person, grant: dict[str, Any]) -> None:
    """The old key is not lost."""
    said = person.say("grant-cancel", record=grant["record"], to=grant["to"])
    person.browser.post(f"/api/grants/{grant['id']}/cancel", {"statement": said})


def ask_erasure(
    person: Person, record: str, *, reason: str | None = None, delay: timedelta = ERASE_DELAY
) -> dict[str, Any]:
    """Ask that a record be erased for good: as its subject without a reason, as its practice's manager with one.

    A patient's wish waits for the practice's decision; what was decided waits for the delay, in which either withdraws it.
    """
    decides = {} if reason is None else {"reason": reason}
    at = clock.to_wire(clock.now() + delay)
    said = person.say("erase", record=record, step="ask", not_before=at, **decides)
    told: dict[str, Any] = person.browser.post(f"/api/records/{record}/erasure", {"statement": said})
    return told


def withdraw_erasure(person: Person, record: str, *, reason: str | None = None) -> None:
    """Keep it: the subject without a reason, the practice with one."""
    said = person.say("erase-withdraw", record=record, reason=reason)
    person.browser.post(f"/api/records/{record}/erasure/withdraw", {"statement": said})


def send_file(documents: Compartment, data: bytes, *, name: str, type: str) -> str:  # noqa: A002 – the field's name
    """Seal a file, send it a chunk at a time, and describe it; returns the item."""
    browser, item = documents.person.browser, new_id()
    sealer = FileSealer(data, documents.key, item=item)
    place = documents.key.place
    blob = browser.post(
        "/api/blobs",
        {
            "record": place.record,
            "compartment": place.compartment,
            "chunks": chunk_count(len(data)),
            "size": sealed_size(len(data)),
        },
    )["blob"]
    for number, chunk in enumerate(sealer.chunks()):
        browser.put_bytes(f"/api/blobs/{blob}/{number}", chunk)
    browser.post(f"/api/blobs/{blob}/complete")
    return documents.put("document", sealer.description(name=name, type=type, blob=blob).to_json(), item=item)


def fetch_file(documents: Compartment, item: str) -> tuple[str, bytes]:
    """A file's name and content."""
    found = next(one for one in documents.items if one.header.item == item)
    about = Description.from_json(found.json())
    browser = documents.person.browser
    pieces = (browser.get_bytes(f"/api/blobs/{about.blob}/{number}") for number in range(about.chunks))
    try:
        return about.name, b"".join(open_file(pieces, documents.key, about, item=item))
    except EnvelopeError as error:
        raise NotProven(error.word, "A file is not the one that was sent.") from error


def _open_care_key(person: Person, record: str, query: str) -> bytes:
    for one in reversed(person.browser.get(f"/api/records/{record}{query}")["sealed_keys"]):
        try:
            return person.open_care_key(one, record)
        except NotOurs:
            continue  # an older copy may be the one that this person holds a key for
        except EnvelopeError as error:
            raise NotProven(error.word, "A care key is sealed for something else than it says.") from error
    raise NotProven("no-key", "None of this person's keys opens the record.")
