"""A practice ends: two managers sign in two browsers, a month passes, keys are sealed anew, the successor reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from colloque.envelope.words import fingerprint
from colloque.incidents import findings
from colloque.kernel import clock
from colloque.records import custody
from tests.care import RunningVault, configured, vault_over_django
from tests.journeys.asking import ask
from tests.journeys.browser import DESK, Stage, add_authenticator, look, open_browser, seen
from tests.journeys.steps import heading, press, sign_up
from tests.journeys.surgery import join_at
from tests.live import ORIGIN, LiveWeb
from tests.people import Cabinet, Someone, Ward
from tests.records.test_custody import refuse, watching
from tests.records.test_grants import days_later

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

CLAIRE = {"given": "Claire", "family": "Roy", "profession": "Médecin généraliste", "rpps": "10003457909"}
BOTH = ["manager", "practitioner"]
ZOE = {"given": "Zoé", "family": "Martin", "birth_date": "1956-03-14", "sex": "female"}
REASON = "Patiente retrouvée inconsciente, besoin du compte rendu."
NOTHING = "Cette page n’existe pas, ou elle n’est pas à vous."
OTHER_WORDS = "abaisser abandon abdiquer abeille abolir aborder"


@dataclass
class Ending:
    """Les Lilas that ends and Le Port that takes its records: a manager of each, and Alice, at browsers of their own."""

    ward: Ward
    web: LiveWeb
    alice: Page
    bose: Page
    claire: Page

    def act(self, who: Someone, what: str, consultation: str, **fields: str) -> None:
        status, told = self.web.act(who, what, consultation, **fields)
        assert status == 200, told

    def see(self, consultation: str) -> None:
        for what in ("take", "close"):
            self.act(self.ward.dan, what, consultation)


@pytest.fixture(scope="module")
def own_vault(django_db_setup: None) -> Iterator[RunningVault]:
    """Its clock is moved: a log's time never goes back. Enrolled before Playwright has a loop in this thread."""
    with vault_over_django() as one:
        yield one


@pytest.fixture
def ending(
    no_jobs_left: None, own_vault: RunningVault, stage: Stage, settings: Settings, tmp_path: Path
) -> Iterator[Ending]:
    settings.COLLOQUE_VAULT_PROXY = True
    with configured(own_vault, settings, tmp_path / "blobs"), stage.web() as web:
        ward = Ward(own_vault.url)
        assert ward.other_cabinet
        ward.dan.ok("duty", {"practice": ward.cabinet.id, "on": True})
        alice = open_browser(stage.browser)
        bose, claire = (open_browser(stage.browser, viewport=DESK) for _ in range(2))
        for page in (alice, bose, claire):
            add_authenticator(page)
        join_at(bose, ward.marc, roles=BOTH)
        join_at(claire, ward.chen, roles=BOTH, who=CLAIRE, address="claire@exemple.fr")
        sign_up(alice, "alice@exemple.fr")
        yield Ending(ward, web, alice, bose, claire)
        ward.vault.close()


@pytest.mark.long
def test_records_go_to_the_successor_but_for_what_a_patient_keeps(ending: Ending) -> None:
    ward, alice, bose, claire = ending.ward, ending.alice, ending.bose, ending.claire
    former, port, watch = ward.cabinet, ward.other_cabinet, watching()
    hers = consult_at_a_browser(ending)
    kept = consult(ending, ward.zoe)

    propose(bose, port)
    agree(claire, former)
    bose.reload()
    expect(seen(bose, f"Les dossiers vont à {port.name} à partir du")).to_be_visible()
    expect(seen(bose, "3 dossiers doivent partir")).to_be_visible()
    alice.goto(f"{ORIGIN}/home")
    expect(seen(alice, f"confie ses dossiers à {port.name}")).to_be_visible()
    look(alice, "custody-home")
    assert refuse(ward.zoe, kept)[0] == 204

    with days_later(32):
        assert custody.carry_out_due() == 3, "two files and a consultation; not what Zoé keeps"
        findings.sweep(watch)
        for page in (alice, bose, claire):
            page.clock.install(time=clock.now())
        before_it_is_sealed(claire, hers)
        seal_anew(bose, port)
        read_with_a_reason(claire, hers)
        stays(claire, kept)
        told_at_access(alice, former, port)
        assert ward.zoe.read(kept, "identity") == [ZOE], "hers stays hers"
        assert ward.dan.read(kept, "identity", purpose="break-glass", reason=REASON) == [ZOE]


def propose(bose: Page, port: Cabinet) -> None:
    bose.goto(f"{ORIGIN}/practice/custody")
    heading(bose, "Confier les dossiers")
    bose.get_by_label("À quel cabinet").select_option(value=port.id)
    bose.get_by_label("Ses six mots").fill(" ".join(fingerprint(port.kem_key)))
    press(bose, "Signer et proposer")
    expect(seen(bose, f"Proposé à {port.name}")).to_be_visible()


def agree(claire: Page, former: Cabinet) -> None:
    """The second signature: after the words of who gives, which are not those of another."""
    claire.goto(f"{ORIGIN}/practice")
    claire.get_by_role("link", name="Un cabinet propose de vous confier ses dossiers.").click()
    expect(seen(claire, f"{former.name} (Lyon) propose de vous confier 3 dossiers")).to_be_visible()
    words = claire.get_by_label(f"Les six mots de {former.name}")
    words.fill(OTHER_WORDS)
    press(claire, "Signer et accepter")
    expect(words).to_have_attribute("aria-invalid", "true")
    expect(words).to_have_value(OTHER_WORDS)
    look(claire, "custody-agree")
    words.fill(" ".join(fingerprint(former.kem_key)).upper())
    press(claire, "Signer et accepter")
    expect(seen(claire, f"Les dossiers de {former.name} vous reviennent")).to_be_visible()
    look(claire, "custody-coming")


def before_it_is_sealed(claire: Page, file: str) -> None:
    """The vault would give its turn, and there is no care key yet: told in a sentence, not as a fault."""
    claire.goto(f"{ORIGIN}/files/{file}")
    break_glass(claire)
    expect(seen(claire, "Aucune de vos clés n’ouvre ce dossier").first).to_be_visible()
    expect(seen(claire, "demandez-lui d’en sceller la clé").first).to_be_visible()
    look(claire, "custody-not-sealed")


def seal_anew(bose: Page, port: Cabinet) -> None:
    bose.goto(f"{ORIGIN}/practice")
    to_do = bose.get_by_role("link", name="3 dossiers et consultations confiés attendent")
    expect(to_do).to_be_visible()
    look(bose, "custody-to-do")
    to_do.click()
    expect(
        seen(bose, f"3 dossiers et consultations ne s’ouvrent pas encore chez {port.name}")
    ).to_be_visible()
    words = bose.get_by_label(f"Les six mots de {port.name}")
    words.fill(OTHER_WORDS)
    press(bose, "Sceller ces clés")
    expect(words).to_have_attribute("aria-invalid", "true")
    look(bose, "custody-seal")
    words.fill(" ".join(fingerprint(port.kem_key)))
    press(bose, "Sceller ces clés")
    expect(seen(bose, "3 clés sont scellées").first).to_be_visible()
    left = "0 dossiers doivent partir\u00a0; gardés par leurs patients\u00a0: 1\u00a0; déjà partis\u00a0: 2."
    expect(seen(bose, left)).to_be_visible()
    expect(bose.get_by_role("heading", name="Clés à sceller de nouveau")).to_have_count(0)
    look(bose, "custody-sealed")


def read_with_a_reason(claire: Page, file: str) -> None:
    claire.goto(f"{ORIGIN}/files/{file}")
    break_glass(claire)
    heading(claire, "Alice Martin")
    look(claire, "custody-read")


def stays(claire: Page, file: str) -> None:
    claire.goto(f"{ORIGIN}/files/{file}")
    break_glass(claire)
    expect(seen(claire, NOTHING).first).to_be_visible()
    look(claire, "custody-kept")
    expect(seen(claire, "Zoé")).to_have_count(0)


def told_at_access(alice: Page, former: Cabinet, port: Cabinet) -> None:
    """Whose her records are now, and who opened them there, line by line."""
    alice.goto(f"{ORIGIN}/access")
    acts = alice.locator(".act")
    moved = acts.filter(has_text=f"{former.name} a confié votre dossier et une consultation à {port.name}")
    expect(moved).to_contain_text("Rien n’a été ouvert pour cela")
    expect(moved).to_contain_text("2 lignes du registre vérifiées")
    expect(acts.filter(has_text="Accès exceptionnel").first).to_contain_text("Claire Roy a ouvert")
    look(alice, "custody-access")


def break_glass(page: Page) -> None:
    page.get_by_label("Relais").check()
    press(page, "Ouvrir le dossier malgré tout")


def consult_at_a_browser(ending: Ending) -> str:
    """Alice asks, and is seen; return her file."""
    consultation = ask(ending.alice)
    told = ending.alice.evaluate(f"fetch('/api/consultations/{consultation}').then(r => r.json())")
    ending.see(consultation)
    return str(told["file"])


def consult(ending: Ending, patient: Someone) -> str:
    """The same of a patient who speaks through the API."""
    consultation = ending.ward.draft(patient)
    file = str(patient.get(f"consultations/{consultation}")[1]["file"])
    patient.write(file, "identity", ("identity", ZOE))
    ending.act(patient, "request", consultation, practice=ending.ward.cabinet.id)
    ending.see(consultation)
    return file
