"""A consultation as one side of it lives it: what is asked, said, sent, taken, written and closed."""

from dataclasses import dataclass, field
from typing import Any

from colloque.client.live import Socket, open_socket
from colloque.client.person import Person
from colloque.client.records import Compartment, create_record, open_compartment
from colloque.kernel import clock
from colloque.kernel.ids import new_id

PURPOSES = ("care-by-video", "documents-to-practice")


@dataclass
class Visit:
    """One consultation, and the compartments of it that this person has open."""

    person: Person
    id: str
    file: str
    _open: dict[tuple[str, str], Compartment] = field(default_factory=dict, repr=False)

    @property
    def purpose(self) -> str:
        return "own-record" if self.person.kind == "patient" else "care"

    def look(self) -> dict[str, Any]:
        found: dict[str, Any] = self.person.browser.get(f"/api/consultations/{self.id}")
        return found

    def act(self, what: str, **fields: Any) -> str:
        """`request`, `cancel`, `take`, `refuse`, `transfer` or `close`, signed; returns the state that follows."""
        said = self.person.say(what, record=self.id, **fields)
        path = f"/api/consultations/{self.id}/{what}"
        return str(self.person.browser.post(path, {"statement": said})["state"])

    def read(self, compartment: str, *, record: str | None = None) -> Compartment:
        """A compartment of the consultation, or of another record: opened once, then read again."""
        place = (record or self.id, compartment)
        if place in self._open:
            self._open[place].refresh()
        else:
            self._open[place] = open_compartment(self.person, *place, self.purpose)
        return self._open[place]

    def read_file(self, compartment: str) -> Compartment:
        """`identity`, `background` or `nir` of the patient's file at the practice."""
        return self.read(compartment, record=self.file)

    def write(self, compartment: str, kind: str, value: object) -> str:
        return self.read(compartment).put(kind, value)

    def write_message(self, text: str) -> None:
        self.write("exchange", "message", {"text": text, "documents": []})

    def mark_read(self) -> int:
        """Say up to where one has read; returns that position."""
        position = len(self.read("exchange").items) - 1
        self.person.browser.post(f"/api/consultations/{self.id}/read", {"position": position})
        return position

    def open_page(self) -> Socket:
        """The socket of the consultation: what changes, who is there."""
        return open_socket(self.person.browser, f"/ws/consultations/{self.id}")

    def open_seat(self) -> Socket:
        """The socket of the call."""
        return open_socket(self.person.browser, f"/ws/consultations/{self.id}/signal?page={new_id()}")


def file_of(person: Person, practice: str) -> str:
    """The person's file at the practice, made at the first consultation."""
    listed = person.browser.get("/api/records")
    known = [
        one["record"]
        for one in listed
        if one["kind"] == "file" and one.get("practice") == practice and not one.get("erased_at")
    ]
    return str(known[0]) if known else create_record(person, "file", practice)


def begin(person: Person, practice: str, *, practitioner: str | None = None) -> Visit:
    """A draft at a practice: as soon as possible, or with one practitioner."""
    file = file_of(person, practice)
    made = create_record(person, "consultation", practice, file=file, practitioner=practitioner)
    return Visit(person, made, file)


def consent(visit: Visit, wording: str) -> None:
    """One item for each purpose, with the words that were read."""
    for purpose in PURPOSES:
        given = {"purpose": purpose, "given": True, "wording": wording, "at": clock.to_wire(clock.now())}
        visit.write("request", "consent", given)


def request(visit: Visit, practice: str, *, practitioner: str | None = None) -> str:
    return visit.act("request", practice=practice, practitioner=practitioner)
