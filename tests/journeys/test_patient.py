"""A patient's half of everything, in a real browser. The practitioner's half goes through the API, with real keys."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect, sync_playwright
from pytest_django.fixtures import Settings

from colloque.consultations.models import Consultation
from colloque.records.models import Item
from colloque.records.outbox import flush_lines
from tests.care import care, live_ward, running_vault  # noqa: F401  fixtures
from tests.journeys.asking import (
    MOTIVE,
    PHOTO,
    add_files,
    agree,
    answer_now,
    answer_questions,
    answer_signs,
    ask,
    ask_up_to_motive,
    choose,
    go_on,
    identify,
)
from tests.journeys.browser import add_authenticator, chromium, look, open_browser
from tests.journeys.steps import heading, press, recover, sign_up
from tests.live import ORIGIN, LiveWeb, running_web
from tests.people import Someone, Ward

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

SUMMARY = "Angine virale probable. Repos, boire, paracétamol.\nRevoir si la fièvre dure plus de 48 heures."
REASON = "Patiente retrouvée inconsciente, besoin du compte rendu."


@dataclass
class Scene:
    """Dr Bose and Dr Dan at their practice, over the network, and a browser for Alice."""

    ward: Ward
    web: LiveWeb
    browser: Browser
    recovery: str = ""

    def act(self, what: str, consultation: str, *, by: Someone | None = None, **fields: Any) -> None:
        status, told = self.web.act(by or self.ward.bose, what, consultation, **fields)
        assert status == 200, told

    def write(self, consultation: str, compartment: str, kind: str, data: object) -> None:
        bose = self.ward.bose
        body = bose.prepare(consultation, compartment, (kind, data))
        assert self.web.post(bose, f"records/{consultation}/{compartment}", body)[0] == 201


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
    scene.recovery = sign_up(page, "alice@exemple.fr")
    heading(page, "Mes consultations")
    return page


def see(page: Page, name: str) -> None:
    """Look at the screen in both schemes."""
    look(page, f"patient-{name}")
    page.emulate_media(color_scheme="dark")
    look(page, f"patient-{name}-dark")
    page.emulate_media(color_scheme="light")


def saved(page: Page) -> None:
    expect(page.locator(".saved[data-state=saved]")).to_be_visible(timeout=20_000)


def shown(page: Page, text: str) -> Locator:
    """The text where eyes find it: what is said to ears only stands elsewhere."""
    found = page.locator("main").get_by_text(text)
    expect(found.first).to_be_visible(timeout=15_000)
    return found.first


def test_from_an_empty_home_to_the_summary(alice: Page, scene: Scene) -> None:
    page = alice
    shown(page, "Vous n’avez pas encore de consultation")
    see(page, "home-empty")
    page.get_by_role("link", name="Demander une consultation").click()
    heading(page, "Quel cabinet voulez-vous consulter\u00a0?")
    see(page, "practice")
    go_on(page)
    expect(page.get_by_role("alert").first).to_contain_text("Une réponse est à revoir")
    see(page, "practice-error")
    page.goto(f"{ORIGIN}/home")
    ask_up_to_motive(page)
    see(page, "motive")
    go_on(page)
    heading(page, "Ce qui vous amène")
    see(page, "question")
    answer_questions(page)
    add_files(page, ("gorge.png", "image/png", PHOTO), ("virus.exe", "application/x-msdownload", b"MZ"))
    shown(page, "n’est ni une photo ni un PDF")
    expect(page.locator(".document", has_text="gorge.png")).to_be_visible()
    see(page, "files")
    go_on(page)
    heading(page, "Qui êtes-vous\u00a0?")
    see(page, "identity")
    identify(page)
    heading(page, "Vos accords")
    see(page, "consent")
    agree(page)
    heading(page, "Vérifiez vos réponses")
    shown(page, "38,5\u00a0°C")
    saved(page)
    see(page, "check")
    press(page, "C’est juste, continuer")
    heading(page, "Vérifions votre appareil")
    press(page, "Essayer caméra et micro")
    shown(page, "Vous vous voyez")
    shown(page, "le microphone fonctionne")
    expect(page.locator("main").get_by_text(re.compile("Le réseau (répond en|est lent)"))).to_be_visible()
    shown(page, "Ce service n’a pas de relais")
    see(page, "equipment")
    go_on(page)
    heading(page, "Envoyer votre demande")
    see(page, "send")
    press(page, "Envoyer ma demande")
    heading(page, "Salle d’attente")
    shown(page, "Vous êtes la prochaine personne")
    see(page, "waiting")
    consultation = page.url.rsplit("/", 1)[-1]
    (motive,) = [one for one in scene.ward.bose.read(consultation, "request") if "place" in one]
    assert (motive["text"], motive["place"]) == (MOTIVE, {"kind": "home", "town": "Lyon"})

    page.goto(f"{ORIGIN}/home")
    page.get_by_role("link", name="Ouvrir la salle d’attente").wait_for()
    see(page, "home-waiting")
    page.get_by_role("link", name="Ouvrir la salle d’attente").click()
    heading(page, "Salle d’attente")
    scene.act("take", consultation)
    heading(page, "Votre consultation")
    shown(page, "Pas encore de message")
    see(page, "taken")
    press(page, "Entrer dans l’appel")
    expect(page.locator(".call[data-joined=yes]")).to_be_visible()
    scene.write(consultation, "exchange", "message", {"text": "Bonjour, je vous entends mal.", "documents": []})
    expect(page.locator(".message", has_text="je vous entends mal")).to_be_attached()
    page.get_by_label("Votre message").fill("Moi aussi. Je coupe la vidéo.")
    press(page, "Envoyer")
    expect(page.locator(".message[data-mine=yes][data-sending=sent]")).to_be_visible()
    add_files(page, ("ordonnance.pdf", "application/pdf", b"%PDF-1.4\n%%EOF\n"))
    expect(page.locator(".document", has_text="ordonnance.pdf")).to_be_visible()
    see(page, "call")
    scene.write(consultation, "care", "summary", {"text": SUMMARY})
    scene.act("close", consultation)
    heading(page, "Consultation terminée")
    shown(page, "Angine virale probable")
    expect(page.locator(".message", has_text="je vous entends mal")).to_be_visible()
    see(page, "closed")
    page.goto(f"{ORIGIN}/home")
    shown(page, "Terminée")
    see(page, "home")
