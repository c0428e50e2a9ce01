"""Signing up, signing in, losing things and finding them again: whole stories in a real browser."""

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from colloque.accounts.models import Account, Method
from colloque.pages.publishing import publish
from colloque.records.models import Grant, Item, Record
from tests.journeys.browser import add_authenticator, look, open_browser, seen
from tests.journeys.steps import (
    copy_sheet,
    heading,
    invite_bose,
    join,
    keeps_nothing,
    open_practice,
    press,
    recover,
    secret_on,
    session_of,
    sign_up,
    totp,
    verify_address,
)
from tests.live import ORIGIN
from tests.video.relay import bundle

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.mark.long
def test_a_patient_signs_up_with_a_passkey_and_comes_back(browser: Browser) -> None:
    publish()
    page = open_browser(browser)
    add_authenticator(page)
    began = time.monotonic()
    sign_up(page, "alice@exemple.fr", "patient")
    assert time.monotonic() - began < 60
    person = session_of(page)["person"]
    # The address is sealed where the mailer may open it; nothing else of it is anywhere.
    assert Item.objects.get(compartment__record__subject=person).compartment.name == "contact"
    page.goto(f"{ORIGIN}/sign-out")
    look(page, "sign-out")
    press(page, "Me déconnecter")
    page.wait_for_url(f"{ORIGIN}/")
    assert keeps_nothing(page)
    page.goto(f"{ORIGIN}/account")
    page.wait_for_url(re.compile("/sign-in"))
    look(page, "sign-in")
    press(page, "Se connecter avec ma clé d’accès")
    page.wait_for_url(f"{ORIGIN}/account")
    expect(seen(page, "celui-ci", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"inscrite à la ligne \d+ du registre"))).to_be_visible()
    expect(page.get_by_text("qui n’est pas dans la version publiée")).to_have_count(0)
    look(page, "account")
    assert session_of(page)["person"] == person


@pytest.mark.long
def test_a_passphrase_with_a_code_signs_up_and_in(browser: Browser) -> None:
    page = open_browser(browser)
    page.goto(f"{ORIGIN}/sign-up")
    verify_address(page, "paul@exemple.fr")
    heading(page, "Comment voulez-vous vous connecter\u00a0?")
    press(page, "Choisir une phrase de passe")
    heading(page, "Votre phrase de passe")
    phrase = page.get_by_label("Phrase de passe")
    phrase.fill("motdepasse123")
    press(page, "Continuer")
    expect(page.get_by_role("alert").first).to_contain_text("réponse est à revoir")
    look(page, "passphrase-weak")
    phrase.fill("orge cobalt tuile vendange")
    expect(seen(page, "difficile à deviner")).to_be_visible()
    look(page, "passphrase")
    press(page, "Continuer")
    heading(page, "Le second facteur")
    look(page, "totp")
    secret = secret_on(page)
    page.get_by_label("Code de l’application").fill("000000")
    press(page, "Continuer")
    expect(seen(page, "Le code de l’application ne convient pas").first).to_be_visible()
    page.get_by_label("Code de l’application").fill(totp(secret))
    press(page, "Continuer")
    heading(page, "Votre feuille de secours")
    copy_sheet(page)
    page.wait_for_url(f"{ORIGIN}/home")

    other = open_browser(browser)
    other.goto(f"{ORIGIN}/sign-in?next=/account")
    press(other, "Avec ma phrase de passe")
    heading(other, "Votre adresse et votre phrase de passe")
    look(other, "sign-in-passphrase")
    other.get_by_label("Adresse e-mail").fill("paul@exemple.fr")
    other.get_by_label("Phrase de passe").fill("orge cobalt tuile vendange")
    press(other, "Continuer")
    heading(other, "Le code de votre application")
    look(other, "sign-in-totp")
    other.get_by_label("Code de l’application").fill("000000")
    press(other, "Se connecter")
    expect(seen(other, "Ces identifiants ne conviennent pas").first).to_be_visible()
    other.get_by_label("Code de l’application").fill(totp(secret))
    press(other, "Se connecter")
    other.wait_for_url(f"{ORIGIN}/account")
    expect(other.locator("section").filter(has_text="Mes navigateurs").get_by_role("listitem")).to_have_count(
        2
    )


@pytest.mark.long
def test_the_sheet_brings_back_who_lost_the_passkey(browser: Browser) -> None:
    page = open_browser(browser)
    add_authenticator(page)
    code = sign_up(page, "alice@exemple.fr")
    person = session_of(page)["person"]

    other = open_browser(browser)
    add_authenticator(other)
    other.goto(f"{ORIGIN}/recover")
    look(other, "recover")
    other.get_by_label("Adresse e-mail").fill("alice@exemple.fr")
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    other.get_by_label("Code de la feuille").fill(wrong)
    press(other, "Se connecter")
    expect(seen(other, "faute de frappe").first).to_be_visible()
    other.get_by_label("Code de la feuille").fill(code.lower().replace("-", " "))
    press(other, "Se connecter")
    heading(other, "Comment voulez-vous vous connecter\u00a0?")
    look(other, "recover-new-way")
    press(other, "Créer ma clé d’accès")
    other.wait_for_url(f"{ORIGIN}/home")
    assert session_of(other)["person"] == person
    assert sorted(Method.objects.values_list("kind", flat=True)) == ["passkey", "passkey", "recovery"]


@pytest.mark.long
def test_going_back_loses_nothing_and_a_lost_network_says_so(browser: Browser) -> None:
    page = open_browser(browser)
    page.goto(f"{ORIGIN}/sign-up")
    page.get_by_label("Adresse e-mail").fill("alice@exemple.fr")
    page.context.set_offline(True)
    press(page, "Recevoir un code")
    expect(seen(page, "La connexion ne répond pas").first).to_be_visible()
    expect(page.get_by_label("Adresse e-mail")).to_have_value("alice@exemple.fr")
    look(page, "sign-up-offline")
    page.context.set_offline(False)
    press(page, "Recevoir un code")
    heading(page, "Le code que vous avez reçu")
    press(page, "Retour")
    heading(page, "Votre adresse e-mail")
    expect(page.get_by_label("Adresse e-mail")).to_have_value("alice@exemple.fr")
    page.go_forward()
    heading(page, "Le code que vous avez reçu")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.get_by_label("Code à six chiffres").fill("000000")
    press(page, "Continuer")
    expect(seen(page, "Ce code ne convient pas").first).to_be_visible()
    look(page, "code-wrong")


@pytest.mark.long
def test_an_authenticator_that_opens_nothing_leads_to_the_passphrase(browser: Browser) -> None:
    page = open_browser(browser)
    add_authenticator(page, prf=False)
    page.goto(f"{ORIGIN}/sign-up")
    verify_address(page, "alice@exemple.fr")
    press(page, "Créer ma clé d’accès")
    expect(seen(page, "mais pas ouvrir vos dossiers")).to_be_visible()
    look(page, "passkey-no-prf")
    page.get_by_role("button", name="Choisir une phrase de passe").first.click()
    heading(page, "Votre phrase de passe")


@pytest.mark.long
def test_a_practice_opens_invites_confirms_and_parts(browser: Browser) -> None:
    manon, bose = open_browser(browser), open_browser(browser)
    for page in (manon, bose):
        add_authenticator(page)
    open_practice(manon, shots="first-manager")
    look(manon, "practice-alone")
    link = invite_bose(manon)
    look(manon, "practice-link")
    words = join(bose, link, "join")
    assert len(words) == 6
    manon.goto(f"{ORIGIN}/practice")
    expect(manon.locator(".words").first).to_have_text(" · ".join(words))
    look(manon, "practice-waiting")
    press(manon, "Ce sont les mêmes\u00a0: confirmer Anil Bose")
    expect(manon.get_by_role("heading", name="À confirmer")).to_have_count(0)
    person = session_of(bose)["person"]
    assert session_of(bose)["memberships"][0]["confirmed"] is True
    look(manon, "practice-members")
    # The invitation is used up, whoever else has the link.
    other = open_browser(browser)
    other.goto(link)
    heading(other, "Ce lien n’est plus valable")
    look(other, "link-ended")
    press(manon, "Faire partir")
    press(manon, "Oui, fermer son accès")
    expect(manon.get_by_role("region", name="Avis")).to_contain_text(
        "Anil Bose ne fait plus partie du cabinet"
    )
    assert "memberships" not in session_of(bose), "a member of no practice is signed out"
    assert person not in json.dumps(manon.evaluate("fetch('/api/session').then(r => r.json())"))
    mine = session_of(manon)["memberships"][0]
    assert mine["needs_generation"] is False
    told = manon.evaluate(f"fetch('/api/practices/{mine['practice']}').then(r => r.json())")
    assert told["generation"] == 1


@pytest.mark.long
def test_who_lost_everything_starts_again_and_the_practice_gives_the_file_back(
    browser: Browser, tmp_path: Path
) -> None:
    manon, alice, again = (open_browser(browser) for _ in range(3))
    for page in (manon, alice, again):
        add_authenticator(page)
    open_practice(manon)
    sign_up(alice, "alice@exemple.fr")
    before = session_of(alice)["person"]
    practice = session_of(manon)["memberships"][0]["practice"]
    make_file(alice, practice, tmp_path)

    again.goto(f"{ORIGIN}/sign-up")
    verify_address(again, "alice@exemple.fr")
    heading(again, "Vous avez déjà un compte")
    look(again, "start-again")
    press(again, "Repartir avec un compte neuf")
    press(again, "Créer ma clé d’accès")
    heading(again, "Votre feuille de secours")
    copy_sheet(again)
    again.wait_for_url(f"{ORIGIN}/home")
    assert Account.objects.get(id=before).closed_at is not None
    again.goto(f"{ORIGIN}/account")
    words = again.locator(".words").inner_text().replace(" · ", " ")

    manon.goto(f"{ORIGIN}/practice")
    asked = manon.get_by_label("Les six mots que la personne vous lit")
    asked.fill("abaisser abandon abdiquer abeille abolir aborder")
    press(manon, "Rendre les dossiers")
    expect(seen(manon, "Ce ne sont pas les mots de cette clé").first).to_be_visible()
    look(manon, "practice-returning")
    asked.fill(words.upper())
    press(manon, "Rendre les dossiers")
    expect(seen(manon, "en vigueur dans trois jours")).to_be_visible()
    grant = Grant.objects.get()
    assert str(grant.to_id) == session_of(again)["person"]
    assert str(grant.record_id) == str(Record.objects.get(kind="file").id)

    # Had it been a thief who reads her mail: her own browser still has the keys, though its session was ended.
    alice.goto(f"{ORIGIN}/sign-in")
    expect(seen(alice, "Un de vos dossiers doit s’ouvrir à un autre compte")).to_be_visible()
    look(alice, "sign-in-refuse")
    press(alice, "Refuser, ce n’est pas moi")
    expect(alice.get_by_role("region", name="Avis")).to_contain_text("C’est refusé")
    grant.refresh_from_db()
    assert grant.cancelled_at is not None


def make_file(page: Page, practice: str, folder: Path) -> None:
    """What asking for a consultation does first, with the product's own modules: a record sealed to both sides."""
    page.evaluate(bundle("tests/accounts/harness.ts", folder / "harness.js"))
    page.evaluate("practice => harness.makeFile(practice)", practice)


@pytest.mark.long
def test_browsers_and_passkeys_are_named_and_taken_away(browser: Browser) -> None:
    page, other = open_browser(browser), open_browser(browser)
    for one in (page, other):
        add_authenticator(one)
    code = sign_up(page, "alice@exemple.fr")
    recover(other, "alice@exemple.fr", code)
    press(other, "Créer ma clé d’accès")
    other.wait_for_url(f"{ORIGIN}/home")

    page.goto(f"{ORIGIN}/account")
    browsers, ways = (
        page.locator("section").filter(has_text=heading).get_by_role("listitem")
        for heading in ("Mes navigateurs", "Mes façons")
    )
    expect(browsers).to_have_count(2)
    browsers.filter(has_text="celui-ci").get_by_role("button", name="Renommer").click()
    look(page, "account-rename")
    page.get_by_label("Nom", exact=True).fill("Téléphone d’Alice")
    press(page, "Enregistrer")
    expect(browsers.filter(has_text="celui-ci")).to_contain_text("Téléphone d’Alice")
    browsers.filter(has_text="connecté").get_by_role("button", name="Retirer").first.click()
    look(page, "account-revoke")
    page.locator(".confirm").get_by_role("button", name="Retirer").click()
    expect(browsers).to_have_count(1)
    assert other.evaluate("fetch('/api/session').then(r => r.status)") == 401

    expect(ways).to_have_count(3)
    ways.first.get_by_role("button", name="Retirer").click()
    page.locator(".confirm").get_by_role("button", name="Retirer").click()
    expect(ways).to_have_count(2)
    ways.first.get_by_role("button", name="Retirer").click()
    page.locator(".confirm").get_by_role("button", name="Retirer").click()
    expect(seen(page, "Gardez au moins deux moyens").first).to_be_visible()
    expect(ways).to_have_count(2)


@pytest.mark.long
def test_signing_out_everywhere_ends_the_other_browser_too(browser: Browser) -> None:
    page, other = open_browser(browser), open_browser(browser)
    for one in (page, other):
        add_authenticator(one)
    code = sign_up(page, "alice@exemple.fr")
    recover(other, "alice@exemple.fr", code)
    page.goto(f"{ORIGIN}/account")
    press(page, "Me déconnecter partout")
    page.wait_for_url(f"{ORIGIN}/")
    assert other.evaluate("fetch('/api/session').then(r => r.status)") == 401
    assert keeps_nothing(page)
