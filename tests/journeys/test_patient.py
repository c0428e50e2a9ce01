"""A patient's whole consultation in a real browser: asked for, waited for, lived, and looked back on.

The practitioner's half goes through the API, with real keys.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.fixtures import Settings

from colloque.records.outbox import flush_lines
from tests.care import RunningVault, care, live_ward, running_vault  # noqa: F401  fixtures
from tests.journeys.browser import add_authenticator, chromium, look, open_browser
from tests.journeys.test_accounts import heading, press, sign_up
from tests.live import ORIGIN, LiveWeb, running_web
from tests.people import Someone, Ward

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


@dataclass
class Scene:
    """Dr Bose at his practice, over the network, and a browser for Alice."""

    ward: Ward
    web: LiveWeb
    browser: Browser

    def act(self, what: str, consultation: str, **fields: Any) -> None:
        assert self.web.act(self.ward.bose, what, consultation, **fields)[0] == 200

    def write(self, consultation: str, compartment: str, kind: str, data: object, *, by: Someone | None = None) -> None:
        who = by or self.ward.bose
        body = who.prepare(consultation, compartment, (kind, data))
        assert self.web.post(who, f"records/{consultation}/{compartment}", body)[0] == 201


@pytest.fixture
def scene(live_ward: Ward, settings: Settings) -> Iterator[Scene]:  # noqa: F811
    settings.COLLOQUE_VAULT_PROXY = True
    live_ward.bose.ok("duty", {"practice": live_ward.cabinet.id, "on": True})
    with running_web() as web, sync_playwright() as play, chromium(play, web.port) as browser:
        yield Scene(live_ward, web, browser)


@pytest.fixture
def alice(scene: Scene) -> Page:
    """Alice, who has just made her account."""
    page = open_browser(scene.browser)
    add_authenticator(page)
    sign_up(page, "alice@exemple.fr")
    heading(page, "Mes consultations")
    return page


def see(page: Page, name: str) -> None:
    """Look at the screen in both schemes."""
    look(page, f"patient-{name}")
    page.emulate_media(color_scheme="dark")
    look(page, f"patient-{name}-dark")
    page.emulate_media(color_scheme="light")


def go_on(page: Page) -> None:
    press(page, "Continuer")


def choose(page: Page, label: str) -> None:
    page.get_by_label(label, exact=True).check()


PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f0003860180"
    "a7e0b8b90000000049454e44ae426082"
)


def ask_up_to_motive(page: Page, *, motive: str = "Mal de gorge et fièvre depuis trois jours.") -> None:
    page.get_by_role("link", name="Demander une consultation").click()
    heading(page, "Quel cabinet voulez-vous consulter\u00a0?")
    page.get_by_label("Cabinet des Lilas").check()
    go_on(page)
    heading(page, "Qui voulez-vous voir\u00a0?")
    page.get_by_label("Dès que possible").check()
    go_on(page)
    heading(page, "Où êtes-vous en ce moment\u00a0?")
    choose(page, "À mon domicile")
    page.get_by_label("Dans quelle ville\u00a0?").fill("Lyon")
    go_on(page)
    heading(page, "Qu’est-ce qui vous amène\u00a0?")
    page.get_by_label("Qu’est-ce qui vous amène\u00a0?").fill(motive)


def answer_questions(page: Page) -> None:
    heading(page, "Ce qui vous amène")
    choose(page, "De la fièvre")
    page.get_by_label("Depuis quel jour environ\u00a0?").fill("2026-11-20")
    go_on(page)
    heading(page, "Vos mesures")
    page.get_by_role("group", name="Avez-vous eu de la fièvre").get_by_label("Oui").check()
    page.get_by_label("La plus haute température").fill("38,5")
    page.get_by_role("group", name="Avez-vous du mal à respirer").get_by_label("Non").check()
    go_on(page)
    heading(page, "Vos antécédents")
    page.get_by_role("group", name="Avez-vous des allergies").get_by_label("Non").check()
    choose(page, "Aucune")
    go_on(page)
    heading(page, "Pour finir")
    go_on(page)
    heading(page, "Voulez-vous joindre des photos ou des documents\u00a0?")


def identify(page: Page) -> None:
    heading(page, "Qui êtes-vous\u00a0?")
    page.get_by_label("Prénom").fill("Alice")
    page.get_by_label("Nom de naissance").fill("Martin")
    page.get_by_label("Date de naissance").fill("1956-03-14")
    choose(page, "Féminin")
    go_on(page)


def agree(page: Page) -> None:
    heading(page, "Vos accords")
    for group in page.get_by_role("group").all():
        group.get_by_label("Oui, j’accepte").check()
    go_on(page)


def test_from_an_empty_home_to_the_summary(alice: Page, scene: Scene) -> None:
    page = alice
    see(page, "home-empty")
    page.get_by_role("link", name="Demander une consultation").click()
    heading(page, "Quel cabinet voulez-vous consulter\u00a0?")
    see(page, "practice")
    go_on(page)
    see(page, "practice-error")
    page.goto(f"{ORIGIN}/home")
    ask_up_to_motive(page)
    see(page, "motive")
    go_on(page)
    heading(page, "Ce qui vous amène")
    see(page, "question")
    answer_questions(page)
    see(page, "files")
    page.get_by_label("Ajouter un document").set_input_files(
        [{"name": "gorge.png", "mimeType": "image/png", "buffer": PHOTO}, {"name": "virus.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}]
    )
    expect(page.get_by_text("n’est ni une photo ni un PDF")).to_be_visible()
    expect(page.get_by_text("gorge.png", exact=True)).to_be_visible()
    see(page, "files-one")
    go_on(page)
    identify_here = page
    heading(page, "Qui êtes-vous\u00a0?")
    see(page, "identity")
    identify(identify_here)
    heading(page, "Vos accords")
    see(page, "consent")
    agree(page)
    heading(page, "Vérifiez vos réponses")
    see(page, "check")
    press(page, "C’est juste, continuer")
    heading(page, "Vérifions votre appareil")
    see(page, "equipment")
    press(page, "Essayer caméra et micro")
    page.wait_for_timeout(5000)
    see(page, "equipment-done")
    press(page, "Continuer")
    heading(page, "Envoyer votre demande")
    see(page, "send")
    press(page, "Envoyer ma demande")
    heading(page, "Salle d’attente")
    page.wait_for_timeout(1500)
    see(page, "waiting")
    consultation = page.url.split("/")[-1]
    scene.act("take", consultation)
    heading(page, "Votre consultation")
    page.wait_for_timeout(3000)
    see(page, "taken")
    scene.write(consultation, "exchange", "message", {"text": "Bonjour Madame, je vous entends mal.", "documents": []})
    expect(page.locator(".message", has_text="je vous entends mal")).to_be_visible()
    page.get_by_label("Votre message").fill("Moi aussi. Je coupe la vidéo.")
    press(page, "Envoyer")
    page.wait_for_timeout(1000)
    see(page, "taken-talk")
    scene.write(consultation, "care", "summary", {"text": "Angine virale probable. Repos, boire, paracétamol.\nRevoir si la fièvre dure plus de 48 heures."})
    scene.act("close", consultation)
    heading(page, "Consultation terminée")
    page.wait_for_timeout(2000)
    see(page, "closed")
    reason = "Patiente retrouvée inconsciente, besoin du compte rendu."
    assert scene.ward.dan.read(consultation, "care", purpose="break-glass", reason=reason)
    assert scene.ward.bose.read(consultation, "request")
    flush_lines()
    page.get_by_role("link", name="Qui a ouvert mon dossier").first.click()
    heading(page, "Qui a ouvert mon dossier")
    page.wait_for_timeout(3000)
    see(page, "access")
    page.goto(f"{ORIGIN}/home")
    page.wait_for_timeout(1000)
    see(page, "home")
