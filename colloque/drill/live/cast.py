"""A synthetic practice: two practitioners, and patients who each have had a consultation. Everything in it says whose it is.

The mark in each text is the patient's own id, sealed in the patient's browser: who decrypts it knows who was reached, and
nobody has to believe a ledger about it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from colloque.client.account import Account, accept_invitation, sign_up
from colloque.client.consultation import Visit, begin, consent, request
from colloque.client.errors import ClientError
from colloque.client.practice import Practice, confirm_member, end_member, first_manager, invite
from colloque.drill.live.instance import Instance
from colloque.kernel.ids import new_id

NAME, CITY = "Exercice de sécurité", "Exercice"
MARK = "exercice"
SAY_EVERY = 5


@dataclass
class Cast:
    """`robbed` is whose device or account it will be; `colleague` goes on with care; `waiting` have asked."""

    practice: Practice
    robbed: Account
    colleague: Account
    patients: list[Account] = field(default_factory=list)
    waiting: list[Visit] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)  # consultations that were closed
    of_colleague: dict[str, Account] = field(
        default_factory=dict
    )  # of those, the colleague's, and whose they are


def assemble(instance: Instance, persons: int, tell: Callable[[str], None]) -> Cast:
    tell(f"Making a practice with two practitioners and {persons} patients…")
    link = instance.run("first-manager", "--practice", NAME, "--city", CITY)
    practice = first_manager(
        link, _address(), instance.mailbox, given="Essai", family="Responsable", profession="Responsable"
    )
    robbed, colleague = (_practitioner(instance, practice, family) for family in ("Volé", "Collègue"))
    cast = Cast(practice, robbed, colleague)
    for number in range(persons):
        patient = sign_up(instance.url, _address(), instance.mailbox)
        cast.patients.append(patient)
        if number == persons - 1:
            cast.waiting.append(_ask(cast, patient))  # today's patient: does care go on?
        else:
            # Two of three are the robbed practitioner's own; the others are the colleague's.
            _see(cast, patient, cast.colleague if number % 3 == 2 else cast.robbed)
        if (number + 1) % SAY_EVERY == 0:
            tell(f"  {number + 1} of {persons} patients")
    return cast


def goes_on(cast: Cast) -> int:
    """After the stop: the colleague sees whoever waits. Returns how many could not be seen."""
    failed = 0
    for visit in cast.waiting:
        try:
            his = Visit(cast.colleague.person, visit.id, visit.file)
            his.read("request")
            his.act("take")
        except ClientError:
            failed += 1
    return failed


def leave(cast: Cast) -> None:
    """The practice is left without practitioners: no patient is offered it any more."""
    manager = cast.practice.manager
    for account in (cast.robbed, cast.colleague):
        try:
            end_member(manager, cast.practice.id, account.person.id)
        except ClientError:
            continue  # gone already


def _practitioner(instance: Instance, practice: Practice, family: str) -> Account:
    who = {"given": "Essai", "family": family, "profession": "Médecin généraliste", "rpps": "10003456786"}
    link = invite(practice.manager, practice.id, roles=["practitioner"], **who)
    account = accept_invitation(link, _address(), instance.mailbox)
    confirm_member(practice.manager, practice.id, account.person.id, "practitioner")
    account.browser.post("/api/duty", {"practice": practice.id, "on": True})
    return account


def _ask(cast: Cast, patient: Account) -> Visit:
    mark = {"text": f"{MARK} {patient.person.id}"}
    hers = begin(patient.person, cast.practice.id)
    identity = {"given": MARK, "family": patient.person.id, "birth_date": "1970-01-01", "sex": "unknown"}
    hers.read_file("identity").put("identity", identity)
    hers.read_file("background").put("background", mark)
    hers.write("request", "motive", {**mark, "place": {"kind": "home", "town": MARK}})
    consent(hers, f"{MARK} {patient.person.id}")
    request(hers, cast.practice.id)
    return hers


def _see(cast: Cast, patient: Account, practitioner: Account) -> None:
    hers = _ask(cast, patient)
    his = Visit(practitioner.person, hers.id, hers.file)
    his.act("take")
    his.write_message(f"{MARK} {patient.person.id}")
    his.write("care", "note", {"text": f"{MARK} {patient.person.id}"})
    his.act("close")
    cast.seen.append(hers.id)
    if practitioner is cast.colleague:
        cast.of_colleague[hers.id] = patient


def _address() -> str:
    return f"{new_id()}@drill.example"
