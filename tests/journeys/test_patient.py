"""A patient's half of a consultation, in a real browser. The practitioner's half goes through the API, with real keys."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from colloque.kernel import clock
from colloque.kernel.ids import new_id
from tests.care import RunningVault, care, live_ward, running_vault  # noqa: F401  fixtures
from tests.journeys.asking import (
    MOTIVE,
    PHOTO,
    add_files,
    agree,
    answer_now,
    answer_questions,
    ask,
    ask_again,
    ask_up_to_motive,
    choose,
    go_on,
    identify,
)
from tests.journeys.browser import add_authenticator, open_browser, seen
from tests.journeys.loss import press_through
from tests.journeys.scene import Scene, alice, saved, scene, see, shown  # noqa: F401  fixtures
from tests.journeys.steps import heading, press, recover
from tests.live import ORIGIN
from tests.people import Ward

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

SUMMARY = "Angine virale probable. Repos, boire, paracétamol.\nRevoir si la fièvre dure plus de 48 heures."


@pytest.mark.long
def test_from_an_empty_home_to_the_summary(alice: Page, scene: Scene) -> None:  # noqa: F811
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
    scene.write(
        consultation, "exchange", "message", {"text": "Bonjour, je vous entends mal.", "documents": []}
    )
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
    # What she writes now relates who had the consultation, until it is read: her device says so to the vault.
    page.get_by_label("Votre message").fill("Merci, bonne journée.")
    with page.expect_response(f"{ORIGIN}/vault/statements") as told:
        press(page, "Envoyer")
    assert told.value.status == 200
    page.goto(f"{ORIGIN}/home")
    shown(page, "Terminée")
    see(page, "home")
    accept_a_date(page, scene, consultation)


def accept_a_date(page: Page, scene: Scene, before: str) -> None:  # noqa: F811
    """The practice offers, she accepts, prepares, and cancels; the vault knows it from her device."""
    ward = scene.ward
    file = ward.bose.get(f"consultations/{before}")[1]["file"]
    assert ward.offer(new_id(), file=file)[0] == 201
    page.reload()
    shown(page, "À accepter")
    see(page, "home-offer")
    press(page, "Accepter cette date")
    shown(page, "Vous pouvez dès maintenant écrire le motif")
    see(page, "home-booked")
    (appointment,) = ward.bose.get(week_of(ward))[1]["appointments"]
    page.get_by_role("link", name="Préparer ma consultation").click()
    heading(page, "Où êtes-vous en ce moment ?")
    choose(page, "À mon domicile")
    page.get_by_label("Dans quelle ville ?").fill("Lyon")
    go_on(page)
    page.get_by_label("Qu’est-ce qui vous amène ?").fill(MOTIVE)
    go_on(page)
    answer_questions(page)
    go_on(page)
    agree(page)
    press(page, "C’est juste, continuer")
    go_on(page)
    heading(page, "Tout est prêt")
    see(page, "prepared")
    page.get_by_role("link", name="Mes consultations").last.click()
    press(page, "Annuler ce rendez-vous")
    press(page, "Oui, annuler")
    shown(page, "Annulée")
    assert page.get_by_text("Annuler ce rendez-vous").count() == 0
    assert ward.bose.get(week_of(ward))[1]["appointments"] == []
    assert ward.alice.get(f"consultations/{appointment['id']}")[0] == 404


def week_of(ward: Ward) -> str:
    first = clock.now()
    span = f"from={clock.to_wire(first)}&to={clock.to_wire(first + timedelta(days=7))}"
    return f"practices/{ward.cabinet.id}/agenda?{span}"


@pytest.mark.long
def test_nothing_that_was_typed_is_lost(alice: Page, scene: Scene) -> None:  # noqa: F811
    page = alice
    ask_up_to_motive(page)
    go_on(page)
    answer_now(page)
    heading(page, "Vos mesures")
    page.context.set_offline(True)
    page.get_by_label("Votre poids").fill("62")
    shown(page, "Hors connexion\u00a0: gardé sur cet appareil")
    see(page, "offline")
    page.context.set_offline(False)
    saved(page)
    page.reload()
    heading(page, "Vos mesures")
    expect(page.get_by_label("Votre poids")).to_have_value("62")

    second = page.context.new_page()
    second.goto(f"{ORIGIN}/request/new")
    heading(second, "Vos mesures")
    expect(second.get_by_label("Votre poids")).to_have_value("62")
    heading(page, "Cette demande continue dans un autre onglet")
    see(page, "other-tab")
    second.get_by_label("Votre poids").fill("63")
    saved(second)
    press(page, "Continuer ici")
    heading(page, "Vos mesures")
    expect(page.get_by_label("Votre poids")).to_have_value("63")
    heading(second, "Cette demande continue dans un autre onglet")
    second.close()

    # Another device has nothing of it but what the server keeps, sealed.
    other = open_browser(scene.browser)
    add_authenticator(other)
    recover(other, "alice@exemple.fr", scene.recovery)
    press(other, "Créer ma clé d’accès")
    other.wait_for_url(f"{ORIGIN}/home")
    other.get_by_role("link", name="Reprendre ma demande").wait_for()
    see(other, "home-draft")
    other.get_by_role("link", name="Reprendre ma demande").click()
    heading(other, "Vos mesures")
    shown(other, "Nous avons retrouvé la demande")
    expect(other.get_by_label("Votre poids")).to_have_value("63")
    press(other, "Retour")
    press(other, "Retour")
    expect(other.get_by_label("Qu’est-ce qui vous amène\u00a0?")).to_have_value(MOTIVE)


@pytest.mark.long
def test_a_browser_that_keeps_nothing_says_so(alice: Page) -> None:  # noqa: F811
    page = alice
    page.get_by_role("link", name="Demander une consultation").click()
    heading(page, "Quel cabinet voulez-vous consulter\u00a0?")
    # What a full disk does: the write is taken, and its transaction aborted.
    page.evaluate("() => { IDBObjectStore.prototype.put = function () { this.transaction.abort(); } }")
    page.get_by_label("Cabinet des Lilas").check()
    go_on(page)
    heading(page, "Qui voulez-vous voir\u00a0?")
    page.get_by_label("Dès que possible").check()
    go_on(page)
    heading(page, "Où êtes-vous en ce moment\u00a0?")
    page.get_by_label("Dans quelle ville\u00a0?").fill("Lyon")
    shown(page, "Ce navigateur n’a plus de place")
    expect(seen(page, "Enregistré à")).to_have_count(0)
    see(page, "full")


@pytest.mark.long
def test_a_photo_is_taken_back_and_a_sending_stopped(alice: Page, tmp_path: Path) -> None:  # noqa: F811
    page = alice
    ask_up_to_motive(page)
    go_on(page)
    answer_questions(page)
    add_files(page, ("gorge.png", "image/png", PHOTO))
    row = page.locator(".document", has_text="gorge.png")
    row.get_by_role("button", name="Afficher").click()
    expect(page.get_by_role("img", name="gorge.png")).to_be_visible()
    row.get_by_role("button", name="Retirer").click()
    expect(row).to_have_count(0)
    shown(page, "Aucun document pour l’instant")
    # Slow enough to be stopped on its way.
    page.route("**/api/blobs/*/1", lambda _: None)
    add_files(page, ("radio.pdf", "application/pdf", b"%PDF" + bytes(3 * 2**20)))
    shown(page, "radio.pdf")
    go_on(page)
    shown(page, "Un fichier est encore en route")
    see(page, "sending")
    press(page, "Arrêter l’envoi")
    shown(page, "Aucun document pour l’instant")
    page.unroute("**/api/blobs/*/1")
    (tmp_path / "film.pdf").write_bytes(bytes(20 * 2**20 + 1))
    (tmp_path / "rien.png").touch()
    page.get_by_label("Ajouter un document").set_input_files([tmp_path / "film.pdf", tmp_path / "rien.png"])
    shown(page, "dépasse 20\u00a0Mo")
    shown(page, "est vide")
    page.reload()
    heading(page, "Voulez-vous joindre des photos ou des documents\u00a0?")
    shown(page, "Aucun document pour l’instant")


@pytest.mark.long
def test_every_end_of_the_wait_is_told(alice: Page, scene: Scene, care: RunningVault) -> None:  # noqa: F811
    page = alice
    consultation = ask(page)
    page.context.set_offline(True)
    shown(page, "La connexion est perdue")
    see(page, "waiting-offline")
    page.context.set_offline(False)
    expect(seen(page, "La connexion est perdue")).to_have_count(0)
    press(page, "Annuler ma demande")
    shown(page, "Vous perdrez votre place")
    press(page, "Non, revenir")
    press(page, "Annuler ma demande")
    cancel = page.locator("main").get_by_role(
        "button", name=re.compile("^(Annuler ma demande|Oui, annuler)$")
    )
    over = page.get_by_role("heading", level=1, name="Demande annulée")
    press_through(page, scene.web.port, cancel, over, to="/cancel")
    assert len(care.lines(record=consultation, kind="consultation-cancelled")) == 1
    see(page, "cancelled")

    page.get_by_role("link", name="Mes consultations").first.click()
    consultation = ask_again(page)
    scene.write(
        consultation, "request", "refusal", {"text": "Venez plutôt au cabinet : il faut vous examiner."}
    )
    scene.act("refuse", consultation)
    heading(page, "Votre demande n’a pas été prise")
    shown(page, "il faut vous examiner")
    see(page, "refused")

    page.goto(f"{ORIGIN}/home")
    consultation = ask_again(page)
    scene.act("take", consultation)
    heading(page, "Votre consultation")
    bose = scene.web.socket(scene.ward.bose, f"consultations/{consultation}")
    shown(page, "est là")
    bose.fall_silent()
    shown(page, "n’est pas sur la page")
    bose.close()
    scene.write(consultation, "request", "transfer", {"text": "Le Dr Dan connaît mieux la gorge."})
    scene.act("transfer", consultation)
    heading(page, "Salle d’attente")
    shown(page, "Votre demande a été transmise à un autre praticien")
    shown(page, "connaît mieux la gorge")
    page.reload()
    shown(page, "connaît mieux la gorge")
    see(page, "transferred")
    scene.act("take", consultation, by=scene.ward.dan)
    heading(page, "Votre consultation")
    shown(page, "Dan")

    page.goto(f"{ORIGIN}/consultations/{scene.ward.waiting()}")
    shown(page, "Il n’y a rien à voir ici")
    see(page, "not-mine")
    assert re.search("n’existe pas, ou n’est pas à vous", page.locator("main").inner_text())


@pytest.mark.long
def test_the_same_in_english(alice: Page) -> None:  # noqa: F811
    page = alice
    press(page, "English")
    heading(page, "My consultations")
    shown(page, "You have no consultation yet")
    see(page, "en-home")
    page.get_by_role("link", name="Ask for a consultation").click()
    heading(page, "Which practice do you want to consult?")
    see(page, "en-practice")
    page.goto(f"{ORIGIN}/access")
    heading(page, "Who opened my file")
    shown(page, "Nobody but you has opened your file")
    assert not re.search("[éèàç]", page.locator("main").inner_text())
    see(page, "en-access")
