"""The thing itself: a whole teleconsultation in two real browsers, from sign-up to "who opened my file"."""

import re
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from colloque.records.outbox import flush_lines
from tests.journeys.asking import PHOTO, agree, answer_questions, identify
from tests.journeys.browser import add_authenticator, look, open_browser, seen
from tests.journeys.conftest import House
from tests.journeys.keys import keyboard_only
from tests.journeys.steps import (
    heading,
    press,
    sign_up,
    sign_up_by_passphrase,
)
from tests.live import ORIGIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

MOTIVE = "Mal de gorge et fièvre depuis trois jours."
SUMMARY = "Angine virale probable. Repos, boire, paracétamol. Revoir si la fièvre dure plus de deux jours."


@pytest.fixture
def by_keys(way: str, house: House) -> Iterator[None]:
    """One of the two lives it without a pointer, in both browsers, from the first page on."""
    with keyboard_only() if way == "passphrase" else nullcontext():
        yield


@pytest.mark.parametrize("way", ["passkey", "passphrase"])
@pytest.mark.usefixtures("by_keys")
def test_a_consultation_from_sign_up_to_who_opened_my_file(way: str, browser: Browser, house: House) -> None:
    alice, bose = open_browser(browser), house.bose
    if way == "passkey":
        add_authenticator(alice)
        sign_up(alice, "alice@exemple.fr")
    else:
        sign_up_by_passphrase(alice, "alice@exemple.fr")
    ask(alice)
    heading(alice, "Salle d’attente")
    expect(seen(alice, "Vous êtes la prochaine personne").first).to_be_visible()

    # The queue told him without a reload; what she wrote opens for who is about to take it.
    press(bose, "Lire la demande")
    expect(seen(bose, MOTIVE)).to_be_visible()
    look(bose, f"both-{way}-queue")
    press(bose, "Prendre en charge")
    bose.wait_for_url(re.compile("/desk/.+"))
    heading(alice, "Votre consultation")
    heading(bose, "Alice Martin")
    expect(seen(bose, MOTIVE)).to_be_visible()
    expect(seen(bose, "38,5")).to_be_visible()

    for page in (alice, bose):
        press(page, "Entrer dans l’appel")
    for page in (alice, bose):
        expect(seen(page, "En communication avec")).to_be_visible()
        watch_pictures(page)

    say(bose, "Bonjour Madame, montrez-moi votre gorge.")
    expect(message(alice, "montrez-moi votre gorge")).to_be_visible()
    say(alice, "Voici une photo, elle est plus nette.")
    expect(message(bose, "elle est plus nette")).to_be_visible()
    send(alice, "gorge.png")
    expect(seen(bose, "gorge.png").first).to_be_visible()
    send(bose, "conseils.png")
    expect(seen(alice, "conseils.png").first).to_be_visible()
    look(bose, f"both-{way}-call-bose")
    look(alice, f"both-{way}-call-alice")

    bose.get_by_label("Note de consultation").fill("Gorge rouge, pas de point blanc.")
    press(bose, "Clore la consultation")
    bose.get_by_label("Résumé pour le patient").fill(SUMMARY)
    press(bose, "Clore et envoyer le résumé")
    expect(seen(bose, "La consultation est close.").first).to_be_visible()
    look(bose, f"both-{way}-closed-bose")
    heading(alice, "Consultation terminée")
    expect(seen(alice, SUMMARY)).to_be_visible()
    look(alice, f"both-{way}-closed-alice")

    flush_lines()
    object_to_bose(alice)
    look(alice, f"both-{way}-access")
    house.manon.goto(f"{ORIGIN}/objections")
    expect(seen(house.manon, "Je ne me souviens pas de lui.")).to_be_visible()
    look(house.manon, f"both-{way}-objections")
    press(house.manon, "L’ouverture était justifiée, nous l’avons expliquée")
    expect(seen(house.manon, "répondu", exact=True)).to_be_visible()
    alice.reload()
    expect(seen(alice, "cet accès était nécessaire à vos soins").first).to_be_visible()


def ask(page: Page) -> None:
    """Ask Les Tilleuls, the one practice there is, for a consultation: up to the waiting room."""
    page.get_by_role("link", name="Demander une consultation").click()
    heading(page, "Qui voulez-vous voir\u00a0?")
    page.get_by_label("Dès que possible").check()
    press(page, "Continuer")
    heading(page, "Où êtes-vous en ce moment\u00a0?")
    page.get_by_label("À mon domicile", exact=True).check()
    page.get_by_label("Dans quelle ville\u00a0?").fill("Tours")
    press(page, "Continuer")
    page.get_by_label("Qu’est-ce qui vous amène\u00a0?").fill(MOTIVE)
    press(page, "Continuer")
    answer_questions(page)
    send(page, "fievre.png")
    expect(page.locator(".documents .row-text", has_text="fievre.png").get_by_text("Vous")).to_be_visible()
    press(page, "Continuer")
    identify(page)
    agree(page)
    press(page, "C’est juste, continuer")
    heading(page, "Vérifions votre appareil")
    press(page, "Essayer caméra et micro")
    press(page, "Continuer")
    heading(page, "Envoyer votre demande")
    press(page, "Envoyer ma demande")


def watch_pictures(page: Page) -> None:
    """Wait until pictures of the other side move."""
    frames = "document.querySelector('.call-remote').getVideoPlaybackQuality().totalVideoFrames"
    page.wait_for_function(f"n => {frames} > n + 5", arg=page.evaluate(frames))


def say(page: Page, text: str) -> None:
    page.get_by_label("Votre message").fill(text)
    press(page, "Envoyer")


def message(page: Page, text: str) -> Locator:
    return page.locator(".message", has_text=text)


def send(page: Page, name: str) -> None:
    page.get_by_label("Ajouter un document").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": PHOTO}
    )


def object_to_bose(page: Page) -> None:
    page.get_by_role("link", name="Qui a ouvert mon dossier").first.click()
    heading(page, "Qui a ouvert mon dossier")
    for part in ("votre demande et vos réponses", "vos messages", "vos documents", "votre identité"):
        expect(
            page.get_by_role("heading", name=re.compile(f"Anil Bose a ouvert .*{part}")).first
        ).to_be_visible()
    page.get_by_role("button", name="Ce n’est pas normal").first.click()
    page.get_by_label("Je ne connais pas cette personne").check()
    page.get_by_label("Voulez-vous ajouter un mot").fill("Je ne me souviens pas de lui.")
    press(page, "Envoyer au responsable du cabinet")
    expect(page.get_by_role("status").filter(has_text="Envoyé au responsable du cabinet")).to_have_count(1)
