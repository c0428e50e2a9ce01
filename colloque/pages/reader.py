"""Who reads the page, for its frame. A patient has no name here: it is sealed."""

from dataclasses import dataclass

from django.http import HttpRequest

from colloque.accounts.access import get_account
from colloque.accounts.models import PATIENT
from colloque.accounts.queries import memberships_of, names_of
from colloque.kernel.errors import NotFound
from colloque.kernel.http import person_of


@dataclass(frozen=True)
class Reader:
    person: str = ""
    kind: str = ""
    name: str = ""
    practice: str = ""
    manages: bool = False

    @property
    def home(self) -> str:
        return {"": "/", PATIENT: "/home"}.get(self.kind, "/desk")


STRANGER = Reader()


def reader_of(request: HttpRequest) -> Reader:
    """Return who is signed in; nobody when the account was closed since."""
    person = person_of(request)
    if not person:
        return STRANGER
    try:
        account = get_account(person)
    except NotFound:
        return STRANGER
    return Reader(person, PATIENT) if account.kind == PATIENT else _professional(person, account.kind)


def _professional(person: str, kind: str) -> Reader:
    names = names_of([person])
    memberships = memberships_of(person)
    return Reader(
        person,
        kind,
        name=f"{names[0]['given']} {names[0]['family']}" if names else "",
        practice=str(memberships[0]["name"]) if memberships else "",
        manages=any("manager" in one["roles"] and one["confirmed"] for one in memberships),
    )
