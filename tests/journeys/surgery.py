"""The practitioner's half of a story: Dr Bose at a real browser, patients and colleagues over the API with real keys."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings

from colloque.accounts.invitations import invite
from colloque.envelope import statement
from colloque.envelope.sealed_key import Recipient, seal_key
from colloque.kernel.encoding import b64u_decode, key_id
from tests.care import RunningVault, care, live_ward, running_vault  # noqa: F401  fixtures
from tests.journeys.browser import DESK, Stage, add_authenticator, look, open_browser
from tests.journeys.steps import RPPS, copy_sheet, heading, press, verify_address
from tests.live import ORIGIN, LiveWeb
from tests.people import Someone, Ward

MOTIVE = "Mal de gorge et fièvre depuis trois jours."
ANSWERS = {
    "resourceType": "QuestionnaireResponse",
    "status": "completed",
    "authored": "2026-11-24T09:00:00Z",
    "item": [
        {
            "linkId": "1",
            "text": "Vos mesures",
            "item": [
                {"linkId": "1.1", "text": "Avez-vous eu de la fièvre ?", "answer": [{"valueBoolean": True}]},
                {
                    "linkId": "1.2",
                    "text": "La plus haute température",
                    "answer": [{"valueQuantity": {"value": 38.5, "unit": "°C"}}],
                },
            ],
        },
        {
            "linkId": "2",
            "text": "Depuis quel jour environ ?",
            "answer": [{"valueDate": "2026-11-20"}],
        },
        {
            "linkId": "3",
            "text": "Avez-vous des allergies ?",
            "answer": [{"valueCoding": {"code": "none", "display": "Aucune"}}],
        },
    ],
}


@dataclass
class Surgery:
    """The practice while it runs: Dr Bose's page, and everybody else as they speak to it."""

    ward: Ward
    web: LiveWeb
    browser: Browser
    page: Page
    vault: RunningVault
    bose: str = ""
    _files: dict[str, str] = field(default_factory=dict)

    def ask(self, patient: Someone | None = None, *, to_bose: bool = False, motive: str = MOTIVE) -> str:
        """Ask for a consultation as a patient does: everything sealed first, then the act."""
        who = patient or self.ward.alice
        wished = self.bose if to_bose else None
        consultation = self.draft(who, wished)
        written = (
            ("motive", {"text": motive, "place": {"kind": "home", "town": "Lyon"}}),
            ("questionnaire-response", ANSWERS),
        )
        self.write(who, consultation, "request", *written)
        self.act(who, "request", consultation, practice=self.ward.cabinet.id, practitioner=wished)
        return consultation

    def draft(self, who: Someone, wished: str | None) -> str:
        if who.person not in self._files:
            file = self.ward.file if who is self.ward.alice else who.make_record("file", self.ward.cabinet)
            named = {"given": who.name, "family": "Martin", "birth_date": "1956-03-14", "sex": "female"}
            self.write(who, file, "identity", ("identity", named))
            self._files[who.person] = file
        file = self._files[who.person]
        body = who.new_record("consultation", self.ward.cabinet, file=file)
        return str(who.ok("consultations", {**body, "practitioner": wished})["id"])

    def write(self, who: Someone, record: str, compartment: str, *contents: tuple[str, object]) -> None:
        status, told = self.web.post(
            who, f"records/{record}/{compartment}", who.prepare(record, compartment, *contents)
        )
        assert status == 201, told

    def act(self, who: Someone, what: str, consultation: str, **fields: Any) -> None:
        status, told = self.web.act(who, what, consultation, **fields)
        assert status == 200, told

    def see(self, name: str) -> None:
        """Look at the screen in both schemes and at both widths; of the second only the colours are new."""
        look(self.page, f"desk-{name}")
        self.page.emulate_media(color_scheme="dark")
        look(self.page, f"desk-{name}-dark", rules="cat.color")
        self.page.emulate_media(color_scheme="light")


@pytest.fixture
def surgery(
    live_ward: Ward,  # noqa: F811
    running_vault: RunningVault,  # noqa: F811
    stage: Stage,
    settings: Settings,
) -> Iterator[Surgery]:
    settings.COLLOQUE_VAULT_PROXY = True
    with stage.web() as web:
        page = open_browser(stage.browser, viewport=DESK)
        add_authenticator(page)
        one = Surgery(live_ward, web, stage.browser, page, running_vault)
        one.bose = join_at(page, live_ward.marc, roles=["practitioner"])
        yield one


BOSE = {"given": "Anil", "family": "Bose", "profession": "Médecin généraliste", "rpps": RPPS}


def join_at(
    page: Page, by: Someone, *, roles: list[str], who: dict[str, str] = BOSE, address: str = "bose@exemple.fr"
) -> str:
    """Follow the link of a practice's manager to the end, and be confirmed; return who one is then."""
    assert by.cabinet is not None
    page.goto(invite(by.cabinet.id, by.person, {"roles": roles, **who}))
    heading(page, f"Rejoindre {by.cabinet.name}")
    press(page, "Créer mon compte")
    verify_address(page, address)
    press(page, "Créer ma clé d’accès")
    heading(page, "Votre feuille de secours")
    copy_sheet(page)
    heading(page, "Le cabinet doit vous confirmer")
    person = str(page.evaluate("fetch('/api/session').then(r => r.json())")["person"])
    confirm(by, person, roles)
    return person


def confirm(by: Someone, person: str, roles: list[str]) -> None:
    """What the manager's browser does once the six words are compared."""
    cabinet = by.cabinet
    assert cabinet is not None
    kem_key = registered_kem_key(by, person)
    said = by.say("member", practice=cabinet.id, member=person, roles=roles, kem_key_id=key_id(kem_key))
    seed = seal_key(cabinet.seed, purpose="practice-seed", about=cabinet.id, to=Recipient(person, kem_key, 0))
    by.prove()
    by.ok(f"practices/{cabinet.id}/members/confirm", {"statement": said, "seed": seed.to_json()})


def registered_kem_key(by: Someone, person: str) -> bytes:
    for entry in by.vault.get(f"/vault/directory/persons/{person}").json()["statements"]:
        said = statement.dsse.parse(entry["envelope"])
        if said.kind == "person":
            return b64u_decode(said.body["kem_key"])
    raise AssertionError("not registered")


def go_to_desk(page: Page) -> None:
    page.goto(f"{ORIGIN}/desk")
    heading(page, "Consultations")
    expect(page.get_by_role("heading", name="File d’attente")).to_be_visible()
