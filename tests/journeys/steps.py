"""What people do in more than one story: sign up, sign in, open a practice, join it."""

import base64
import re
import time
from typing import Any

from django.core import mail
from playwright.sync_api import Page, expect

from colloque.accounts import letters
from colloque.accounts.actions import invite_first_manager
from colloque.kernel import clock
from colloque.vault.totp import STEP_SECONDS, code_at
from tests.journeys.browser import look
from tests.live import ORIGIN

RPPS = "10003456786"
PASSPHRASE = "orge cobalt tuile vendange"


def code_for(address: str) -> str:
    """The code of the newest letter, as soon as it is there."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        letters.settle()
        found = [
            re.search(r"\b(\d{3}) (\d{3})\b", str(one.body)) for one in mail.outbox if one.to == [address]
        ]
        if found and found[-1]:
            return found[-1][1] + found[-1][2]
        time.sleep(0.05)
    raise AssertionError("no letter came")


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def verify_address(page: Page, address: str, shots: str = "") -> None:
    heading(page, "Votre adresse e-mail")
    if shots:
        look(page, f"{shots}-address")
    page.get_by_label("Adresse e-mail").fill(address)
    press(page, "Recevoir un code")
    heading(page, "Le code que vous avez reçu")
    if shots:
        look(page, f"{shots}-code")
    page.get_by_label("Code à six chiffres").fill(code_for(address))
    press(page, "Continuer")


def copy_sheet(page: Page, shots: str = "") -> str:
    """Read the sheet off the screen, and type back the two groups that are asked for."""
    if shots:
        look(page, f"{shots}-sheet")
    groups = page.locator(".sheet-groups code").all_text_contents()
    assert len(groups) == 7
    press(page, "C’est sur papier")
    heading(page, "Vérifions la feuille")
    if shots:
        look(page, f"{shots}-sheet-check")
    for field in page.get_by_role("textbox").all():
        number = int(
            re.findall(r"\d+", page.locator(f"label[for={field.get_attribute('id')}]").inner_text())[0]
        )
        field.fill(groups[number - 1].lower())
    press(page, "Continuer")
    return "-".join(groups)


def sign_up(page: Page, address: str, shots: str = "") -> str:
    """Sign up with a passkey; return the recovery code."""
    page.goto(f"{ORIGIN}/sign-up")
    verify_address(page, address, shots)
    heading(page, "Comment voulez-vous vous connecter\u00a0?")
    if shots:
        look(page, f"{shots}-unlock")
    press(page, "Créer ma clé d’accès")
    heading(page, "Votre feuille de secours")
    code = copy_sheet(page, shots)
    page.wait_for_url(f"{ORIGIN}/home")
    return code


def keeps_nothing(page: Page) -> bool:
    """Whether the browser forgets all it kept here. Deleting goes on for a moment after the page has moved on."""
    told: bool = page.evaluate("""async () => {
        for (let tries = 0; tries < 50; tries++) {
            if ((await indexedDB.databases()).length === 0) return true;
            await new Promise((later) => setTimeout(later, 100));
        }
        return false;
    }""")
    return told


def session_of(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate("fetch('/api/session').then(r => r.json())")
    return told


def secret_on(page: Page) -> bytes:
    text = page.locator(".totp-secret").inner_text().replace(" ", "")
    return base64.b32decode(text + "=" * (-len(text) % 8))


def totp(secret: bytes) -> str:
    return code_at(secret, int(clock.now().timestamp()) // STEP_SECONDS)


def open_practice(page: Page, shots: str = "") -> str:
    """Become the first manager of Les Tilleuls; return the code of the practice's sheet."""
    page.goto(invite_first_manager("Les Tilleuls", "Tours"))
    heading(page, "Ouvrir Les Tilleuls")
    if shots:
        look(page, f"{shots}-welcome")
    assert "#" not in page.url
    press(page, "Créer mon compte")
    heading(page, "Qui êtes-vous\u00a0?")
    if shots:
        look(page, f"{shots}-profile")
    page.get_by_label("Prénom").fill("Manon")
    page.get_by_label("Nom", exact=True).fill("Roux")
    press(page, "Continuer")
    verify_address(page, "manon@exemple.fr")
    press(page, "Créer ma clé d’accès")
    heading(page, "Votre feuille de secours")
    copy_sheet(page)
    heading(page, "La feuille de secours du cabinet")
    code = copy_sheet(page, f"{shots}-practice" if shots else "")
    heading(page, "Recevez-vous aussi des patients\u00a0?")
    if shots:
        look(page, f"{shots}-practising")
    page.get_by_role("link", name="Non").click()
    heading(page, "Les Tilleuls")
    return code


def invite_bose(page: Page) -> str:
    """Invite Dr Bose as the manager; return his one-time link."""
    page.get_by_label("Prénom").fill("Anil")
    page.get_by_label("Nom", exact=True).fill("Bose")
    page.get_by_label("Profession").fill("Médecin généraliste")
    page.get_by_label("Numéro RPPS").fill(RPPS)
    press(page, "Faire le lien")
    shown = page.locator(".link-once")
    expect(shown).to_be_visible()
    return shown.inner_text()


def join(page: Page, link: str, shots: str = "") -> list[str]:
    """Follow the link as Dr Bose; return the six words of his key."""
    page.goto(link)
    heading(page, "Rejoindre Les Tilleuls")
    if shots:
        look(page, f"{shots}-welcome")
    press(page, "Créer mon compte")
    verify_address(page, "bose@exemple.fr")
    press(page, "Créer ma clé d’accès")
    heading(page, "Votre feuille de secours")
    copy_sheet(page)
    heading(page, "Le cabinet doit vous confirmer")
    if shots:
        look(page, f"{shots}-waiting")
    return page.locator(".words").inner_text().split(" · ")


def recover(page: Page, address: str, code: str) -> None:
    """Sign in with the sheet, up to the choice of a new way."""
    page.goto(f"{ORIGIN}/recover")
    page.get_by_label("Adresse e-mail").fill(address)
    page.get_by_label("Code de la feuille").fill(code)
    press(page, "Se connecter")
    heading(page, "Comment voulez-vous vous connecter\u00a0?")


def sign_up_by_passphrase(page: Page, address: str) -> bytes:
    """Sign up with a passphrase and a second factor; return its secret."""
    page.goto(f"{ORIGIN}/sign-up")
    verify_address(page, address)
    press(page, "Choisir une phrase de passe")
    page.get_by_label("Phrase de passe").fill(PASSPHRASE)
    press(page, "Continuer")
    heading(page, "Le second facteur")
    secret = secret_on(page)
    page.get_by_label("Code de l’application").fill(totp(secret))
    press(page, "Continuer")
    heading(page, "Votre feuille de secours")
    copy_sheet(page)
    page.wait_for_url(f"{ORIGIN}/home")
    return secret


def confirm_bose(page: Page, words: list[str]) -> None:
    """Compare the six words as the manager, and let him in."""
    page.goto(f"{ORIGIN}/practice")
    expect(page.locator(".words").first).to_have_text(" · ".join(words))
    press(page, "Ce sont les mêmes\u00a0: confirmer Anil Bose")
    expect(page.get_by_role("heading", name="À confirmer")).to_have_count(0)
