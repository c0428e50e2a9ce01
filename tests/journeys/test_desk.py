"""A practitioner's day in a real browser: who waits, a consultation, its end, a file, what the manager answers."""

import re

import pytest
from playwright.sync_api import expect

from tests.care import care, live_ward, running_vault  # noqa: F401  fixtures
from tests.journeys.steps import heading, press
from tests.journeys.surgery import MOTIVE, Surgery, go_to_desk, surgery  # noqa: F401  a fixture
from tests.live import ORIGIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


def test_from_an_empty_queue_to_the_closing(surgery: Surgery) -> None:  # noqa: F811
    page, alice = surgery.page, surgery.ward.alice
    go_to_desk(page)
    surgery.see("empty")
    surgery.ask(surgery.ward.zoe, motive="Renouvellement de mon traitement.")
    expect(page.get_by_role("button", name="Lire la demande")).to_have_count(1)
    consultation = surgery.ask(to_bose=True)
    expect(page.get_by_text("A demandé à vous voir")).to_be_visible()
    expect(page.get_by_text("Alice")).to_have_count(0)
    surgery.see("queue")
    # Who asked for him comes first.
    page.get_by_role("button", name="Lire la demande").first.click()
    expect(page.get_by_text(MOTIVE)).to_be_visible()
    surgery.see("queue-open")
    press(page, "Prendre en charge")
    page.wait_for_url(re.compile(f"/desk/{consultation}"))
    heading(page, "Alice Martin")
    page.wait_for_timeout(1500)
    surgery.see("taken")
    press(page, "Entrer dans l’appel")
    page.wait_for_timeout(1500)
    surgery.see("call")
    surgery.write(alice, consultation, "exchange", ("message", {"text": "Bonjour docteur.", "documents": []}))
    expect(page.locator(".message", has_text="Bonjour docteur.")).to_be_visible()
    page.get_by_label("Note de consultation").fill("Gorge rouge, pas de point blanc.")
    expect(page.get_by_text("Enregistré à")).to_be_visible()
    press(page, "Passer à un confrère")
    page.wait_for_timeout(500)
    surgery.see("transfer")
    press(page, "Retour")
    press(page, "Clore la consultation")
    page.get_by_label("Résumé pour le patient").fill("Repos, boire, paracétamol.")
    surgery.see("closing")
    press(page, "Clore et envoyer le résumé")
    expect(page.get_by_text("La consultation est close.").first).to_be_visible()
    page.wait_for_timeout(1000)
    surgery.see("closed")
    go_to_desk(page)
    page.wait_for_timeout(500)
    surgery.see("desk-after")
    page.goto(f"{ORIGIN}/files/{surgery.ward.file}")
    heading(page, "Alice Martin")
    surgery.see("file")
