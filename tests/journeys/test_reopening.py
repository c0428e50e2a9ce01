"""A practice whose only manager lost every way in: her partner has the sheet, in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from colloque.kernel import clock
from tests.journeys.browser import add_authenticator, look, open_browser
from tests.journeys.steps import copy_sheet, heading, open_practice, press, session_of, verify_address
from tests.live import ORIGIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
TITLE = "Les Tilleuls, Tours"


@pytest.mark.long
def test_the_sheet_opens_the_practice_again_after_everyone_was_told(browser: Browser) -> None:
    manon, odile = open_browser(browser), open_browser(browser)
    for page in (manon, odile):
        add_authenticator(page)
    code = open_practice(manon)
    odile.goto(f"{ORIGIN}/reopen")
    heading(odile, "Rouvrir un cabinet")
    look(odile, "reopen")
    odile.get_by_label("Code de la feuille").fill(code.lower().replace("-", " "))
    press(odile, "Continuer")
    heading(odile, TITLE)
    look(odile, "reopen-account")
    press(odile, "Faire un compte")
    odile.get_by_label("Prénom").fill("Odile")
    odile.get_by_label("Nom", exact=True).fill("Marin")
    press(odile, "Continuer")
    verify_address(odile, "odile@exemple.fr")
    press(odile, "Créer ma clé d’accès")
    heading(odile, "Votre feuille de secours")
    copy_sheet(odile)
    heading(odile, TITLE)
    look(odile, "reopen-ask")
    press(odile, "Demander à devenir responsable")
    expect(odile.locator("main")).to_contain_text("C’est demandé.")
    look(odile, "reopen-asked")

    manon.goto(f"{ORIGIN}/practice")
    expect(manon.locator("main")).to_contain_text("Odile Marin demande à devenir responsable du cabinet")
    look(manon, "practice-asked-for")

    real = clock._source
    with clock.reading(lambda: real() + timedelta(hours=74)):
        odile.clock.install(time=clock.now())
        odile.goto(f"{ORIGIN}/reopen")
        odile.get_by_label("Code de la feuille").fill(code)
        press(odile, "Continuer")
        look(odile, "reopen-enter")
        press(odile, "Devenir responsable du cabinet")
        odile.wait_for_url(f"{ORIGIN}/practice")
        heading(odile, "Les Tilleuls")
        assert session_of(odile)["memberships"][0]["roles"] == ["manager"]


@pytest.mark.long
def test_whoever_is_still_there_prints_another_sheet(browser: Browser) -> None:
    manon = open_browser(browser)
    add_authenticator(manon)
    code = open_practice(manon)
    manon.goto(f"{ORIGIN}/practice")
    press(manon, "Imprimer une nouvelle feuille")
    heading(manon, "La feuille de secours du cabinet")
    assert copy_sheet(manon) != code
    heading(manon, "Les Tilleuls")
    manon.goto(f"{ORIGIN}/reopen")
    manon.get_by_label("Code de la feuille").fill(code)
    press(manon, "Continuer")
    expect(manon.locator("main")).to_contain_text("Cette feuille n’est celle d’aucun cabinet ici")
