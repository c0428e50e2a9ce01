"""The connection goes in the middle of each form: a clear sentence, nothing lost, and the same press goes on."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from colloque.accounts.actions import invite_first_manager
from colloque.accounts.invitations import hash_of
from colloque.accounts.models import Account, Invitation, Method
from colloque.consultations.models import Consultation
from colloque.records.models import Item, Objection
from colloque.records.outbox import flush_lines
from tests.care import RunningVault, care, live_ward, running_vault  # noqa: F401  fixtures
from tests.journeys.asking import (
    PHOTO,
    add_files,
    answer_questions,
    ask_up_to_motive,
    go_on,
    identify,
)
from tests.journeys.browser import add_authenticator, open_browser
from tests.journeys.loss import IMPATIENT, Typed, lost_answer, press_through, press_until, trouble
from tests.journeys.scene import Scene, alice, saved, scene, shown  # noqa: F401  fixtures
from tests.journeys.steps import (
    PASSPHRASE,
    RPPS,
    code_for,
    heading,
    keeps_nothing,
    press,
    secret_on,
    session_of,
    sign_up,
    totp,
    verify_address,
)
from tests.journeys.surgery import Surgery, confirm, go_to_desk, surgery  # noqa: F401  fixtures
from tests.live import ORIGIN, LiveWeb
from tests.people import Someone

pytestmark = [
    pytest.mark.long,
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def title(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", level=1, name=text, exact=True)


def fill_sheet(page: Page) -> None:
    """The two groups that are asked for, from the sheet that was shown before."""
    groups = page.locator(".sheet-groups code").all_text_contents()
    press(page, "C’est sur papier")
    heading(page, "Vérifions la feuille")
    for field in page.get_by_role("textbox").all():
        label = page.locator(f"label[for={field.get_attribute('id')}]").inner_text()
        field.fill(groups[int(re.findall(r"\d+", label)[0]) - 1])


def test_signing_up_and_in(browser: Browser, web: LiveWeb) -> None:
    page = open_browser(browser)
    page.goto(f"{ORIGIN}/sign-up")
    page.get_by_label("Adresse e-mail").fill("paul@exemple.fr")
    press_through(
        page, web.port, button(page, "Recevoir un code"), title(page, "Le code que vous avez reçu"),
        {"Adresse e-mail": "paul@exemple.fr"},
    )  # fmt: skip
    code = code_for("paul@exemple.fr")
    page.get_by_label("Code à six chiffres").fill(code)
    onward = title(page, "Comment voulez-vous vous connecter\u00a0?")
    press_through(page, web.port, button(page, "Continuer"), onward, {"Code à six chiffres": code})
    press(page, "Choisir une phrase de passe")
    page.get_by_label("Phrase de passe").fill(PASSPHRASE)
    press(page, "Continuer")
    heading(page, "Le second facteur")
    secret = secret_on(page)
    code = totp(secret)
    page.get_by_label("Code de l’application").fill(code)
    onward = title(page, "Votre feuille de secours")
    press_through(page, web.port, button(page, "Continuer"), onward)
    fill_sheet(page)
    # The account is made, and the browser does not hear of it: the sheet that was just copied out opens it.
    home = title(page, "Mes consultations")
    press_through(page, web.port, button(page, "Continuer"), home, to="/sign-up/finish")
    assert Account.objects.count() == 1

    other = open_browser(browser)
    other.goto(f"{ORIGIN}/sign-in")
    press(other, "Avec ma phrase de passe")
    other.get_by_label("Adresse e-mail").fill("paul@exemple.fr")
    other.get_by_label("Phrase de passe").fill(PASSPHRASE)
    onward = title(other, "Le code de votre application")
    press_through(
        other, web.port, button(other, "Continuer"), onward,
        {"Adresse e-mail": "paul@exemple.fr", "Phrase de passe": PASSPHRASE},
    )  # fmt: skip
    # The vault lets a code serve once: after a lost answer one waits for the next, as the page says.
    other.get_by_label("Code de l’application").fill("000000")
    other.context.set_offline(True)
    press(other, "Se connecter")
    expect(trouble(other).first).to_be_visible()
    expect(other.get_by_label("Code de l’application")).to_have_value("000000")


@pytest.mark.slow
def test_opening_a_practice_inviting_and_joining(browser: Browser, web: LiveWeb) -> None:
    manon, bose = (open_browser(browser) for _ in range(2))
    for page in (manon, bose):
        add_authenticator(page)
    manon.goto(invite_first_manager("Les Tilleuls", "Tours"))
    press(manon, "Créer mon compte")
    manon.get_by_label("Prénom").fill("Manon")
    manon.get_by_label("Nom", exact=True).fill("Roux")
    press(manon, "Continuer")
    verify_address(manon, "manon@exemple.fr")
    onward = title(manon, "Votre feuille de secours")
    press_through(manon, web.port, button(manon, "Créer ma clé d’accès"), onward)
    fill_sheet(manon)
    onward = title(manon, "La feuille de secours du cabinet")
    press_through(manon, web.port, button(manon, "Continuer"), onward, to="/accept")
    fill_sheet(manon)
    onward = title(manon, "Recevez-vous aussi des patients\u00a0?")
    press_through(manon, web.port, button(manon, "Continuer"), onward)
    manon.get_by_label("Numéro RPPS").fill("10003456778")
    press_through(
        manon, web.port, button(manon, "Oui, je reçois des patients"), title(manon, "Les Tilleuls"),
        {"Numéro RPPS": "10003456778"},
    )  # fmt: skip

    typed = {"Prénom": "Anil", "Nom": "Bose", "Profession (facultatif)": "Médecin généraliste"}
    for label, value in typed.items():
        manon.get_by_label(label, exact=True).fill(value)
    manon.get_by_label("Numéro RPPS").fill(RPPS)
    link = manon.locator(".link-once")
    press_through(manon, web.port, button(manon, "Faire le lien"), link, typed)
    bose.goto(link.inner_text())
    press(bose, "Créer mon compte")
    verify_address(bose, "bose@exemple.fr")
    press(bose, "Créer ma clé d’accès")
    heading(bose, "Votre feuille de secours")
    fill_sheet(bose)
    waiting = title(bose, "Le cabinet doit vous confirmer")
    press_through(bose, web.port, button(bose, "Continuer"), waiting, to="/accept")

    manon.goto(f"{ORIGIN}/practice")
    confirm = button(manon, "Ce sont les mêmes\u00a0: confirmer Anil Bose")
    press_through(manon, web.port, confirm, button(manon, "Faire partir"))
    assert session_of(bose)["memberships"][0]["confirmed"]


@pytest.mark.slow
def test_recovering_and_the_account(browser: Browser, web: LiveWeb) -> None:
    page, other = (open_browser(browser) for _ in range(2))
    for one in (page, other):
        add_authenticator(one)
    code = sign_up(page, "alice@exemple.fr")
    other.goto(f"{ORIGIN}/recover")
    typed = {"Adresse e-mail": "alice@exemple.fr", "Code de la feuille": code}
    for label, value in typed.items():
        other.get_by_label(label).fill(value)
    onward = title(other, "Comment voulez-vous vous connecter\u00a0?")
    press_through(other, web.port, button(other, "Se connecter"), onward, typed)
    press_through(other, web.port, button(other, "Créer ma clé d’accès"), title(other, "Mes consultations"))

    page.goto(f"{ORIGIN}/account")
    here = page.get_by_role("listitem").filter(has_text="celui-ci")
    here.get_by_role("button", name="Renommer").click()
    page.get_by_label("Nom", exact=True).fill("Téléphone d’Alice")
    named = here.get_by_text("Téléphone d’Alice")
    press_through(page, web.port, button(page, "Enregistrer"), named, {"Nom": "Téléphone d’Alice"})
    onward = title(page, "Votre nouvelle feuille de secours")
    press_through(page, web.port, button(page, "Faire une nouvelle feuille de secours"), onward)
    fill_sheet(page)
    press_through(page, web.port, button(page, "Continuer"), title(page, "Mon compte"))
    assert Method.objects.filter(kind="recovery").count() == 1
    front = page.get_by_role("link", name="Créer un compte").first
    press_through(page, web.port, button(page, "Me déconnecter partout"), front)
    assert keeps_nothing(page)


def test_asking_waiting_and_objecting(alice: Page, scene: Scene) -> None:  # noqa: F811
    page, port = alice, scene.web.port
    ask_up_to_motive(page)
    go_on(page)
    answer_questions(page)
    page.context.set_offline(True)
    add_files(page, ("gorge.png", "image/png", PHOTO))
    shown(page, "gorge.png n’est pas envoyé")
    page.context.set_offline(False)
    press(page, "Réessayer")
    expect(page.locator(".document", has_text="gorge.png")).to_be_visible()
    go_on(page)
    identify(page)
    heading(page, "Vos accords")
    page.context.set_offline(True)
    for group in page.get_by_role("group").all():
        group.get_by_label("Oui, j’accepte").check()
    shown(page, "gardé sur cet appareil")
    page.context.set_offline(False)
    saved(page)
    go_on(page)
    heading(page, "Vérifiez vos réponses")
    press(page, "C’est juste, continuer")
    heading(page, "Vérifions votre appareil")
    go_on(page)
    heading(page, "Envoyer votre demande")
    press_through(page, port, button(page, "Envoyer ma demande"), title(page, "Salle d’attente"))
    consultation = page.url.rsplit("/", 1)[-1]

    scene.ward.bose.read(consultation, "request")
    flush_lines()
    page.goto(f"{ORIGIN}/access")
    page.get_by_role("button", name="Ce n’est pas normal").first.click()
    page.get_by_label("Je ne connais pas cette personne").check()
    page.get_by_label("Voulez-vous ajouter un mot").fill("Qui est-ce ?")
    answered = page.locator("main").get_by_text("Le cabinet n’a pas encore répondu.")
    press_through(page, port, button(page, "Envoyer au responsable du cabinet"), answered)
    assert Objection.objects.count() == 1

    scene.act("take", consultation)
    page.goto(f"{ORIGIN}/consultations/{consultation}")
    heading(page, "Votre consultation")
    page.context.set_offline(True)
    page.get_by_label("Votre message").fill("Je vous entends mal.")
    press(page, "Envoyer")
    shown(page, "Pas envoyé, gardé ici")
    page.context.set_offline(False)
    page.reload()
    shown(page, "Pas envoyé, gardé ici")
    with lost_answer(page, port):
        page.locator(".message").get_by_role("button", name="Réessayer").click()
        expect(
            page.locator(".message[data-sending=sent], .message[data-sending=failed] button")
        ).to_be_visible()
        page.wait_for_timeout(1000)
    again = page.locator(".message").get_by_role("button", name="Réessayer")
    if again.is_visible():
        again.click()
    expect(page.locator(".message[data-sending=sent]")).to_have_count(1)
    said = [one["text"] for one in scene.ward.bose.read(consultation, "exchange")]
    assert said == ["Je vous entends mal."]


def test_what_a_practice_does(surgery: Surgery, care: RunningVault) -> None:  # noqa: F811
    page, ward = surgery.page, surgery.ward
    refused = refuse(surgery)
    consultation = surgery.ask()
    take(surgery)
    write_note(surgery, consultation)
    pass_on(surgery, consultation)
    go_to_desk(page)
    press(page, "Lire la demande")
    press(page, "Prendre en charge")
    expect(title(page, "Alice Martin")).to_be_visible()
    close(surgery, consultation)
    acts = [line["kind"].removeprefix("consultation-") for line in care.lines(record=consultation)]
    assert [one for one in acts if one in ("taken", "transferred", "closed")] == [
        "taken", "transferred", "taken", "closed",
    ]  # fmt: skip
    assert len(care.lines(record=refused, kind="consultation-refused")) == 1

    other = surgery.ask(ward.zoe)
    surgery.act(ward.dan, "take", other)
    file = str(Consultation.objects.get(id=other).file_id)
    break_glass(surgery, file)
    assert len(care.lines(record=file, relation="break-glass", compartment="identity")) == 1

    confirm(ward.marc, surgery.bose, ["practitioner", "manager"])
    before = care.lines(kind="member-joined")
    change_roles(surgery)
    assert len(care.lines(kind="member-joined")) == len(before) + 1
    invite_somebody(surgery)


def refuse(surgery: Surgery) -> str:  # noqa: F811
    page, zoe = surgery.page, surgery.ward.zoe
    consultation = surgery.ask(zoe)
    go_to_desk(page)
    press(page, "Lire la demande")
    press(page, "Ne pas prendre")
    page.get_by_label("Un mot pour le patient").fill("Venez au cabinet.")
    gone = page.locator("main").get_by_text("Personne n’attend")
    typed: Typed = {"Un mot pour le patient": "Venez au cabinet."}
    press_through(page, surgery.web.port, button(page, "Refuser la demande"), gone, typed)
    assert words_on(zoe, consultation)[1:] == ["Venez au cabinet."]
    return consultation


def words_on(who: Someone, consultation: str) -> list[str]:
    """The motive, then what the practice left on the request."""
    return [one["text"] for one in who.read(consultation, "request") if "text" in one]


def take(surgery: Surgery) -> None:  # noqa: F811
    page = surgery.page
    press(page, "Lire la demande")
    taking = button(page, "Prendre en charge")
    page.evaluate(IMPATIENT)
    page.context.set_offline(True)
    taking.click()
    expect(trouble(page).first).to_be_visible()
    # The queue says it too, and sooner: until the act has given up, it would go through as soon as the network is there.
    expect(taking).to_be_enabled()
    page.context.set_offline(False)
    # Done, and not heard of: she waits no longer, and the page does not say that a colleague was quicker.
    with lost_answer(page, surgery.web.port, "/take", for_good=True):
        taking.click()
        expect(trouble(page).first).to_be_visible()
    press_until(page, taking, title(page, "Alice Martin"))


def write_note(surgery: Surgery, consultation: str) -> None:  # noqa: F811
    page, text = surgery.page, "Gorge rouge, pas de point blanc."
    note = page.get_by_label("Note de consultation")
    expect(note).to_be_visible()
    page.context.set_offline(True)
    note.fill(text)
    expect(page.locator(".saved[data-state=offline]")).to_contain_text("gardé sur cet appareil")
    page.goto("about:blank")
    page.context.set_offline(False)
    with lost_answer(page, surgery.web.port, "/care"):
        page.goto(f"{ORIGIN}/desk/{consultation}")
        expect(note).to_have_value(text)
        saved(page)


def pass_on(surgery: Surgery, consultation: str) -> None:  # noqa: F811
    page, why, word = surgery.page, "Un mot pour votre confrère et le patient", "Le Dr Dan s’y connaît mieux."
    press(page, "Passer à un confrère")
    page.get_by_label(why).fill(word)
    passed = page.locator("main").get_by_text("Cette consultation attend de nouveau")
    passing = button(page, "Passer la consultation")
    press_through(page, surgery.web.port, passing, passed, {why: word}, to="/transfer")
    assert words_on(surgery.ward.alice, consultation)[1:] == [word]


def close(surgery: Surgery, consultation: str) -> None:  # noqa: F811
    page, label, summary = surgery.page, "Résumé pour le patient", "Repos, boire, paracétamol."
    press(page, "Clore la consultation")
    page.get_by_label(label).fill(summary)
    closed = page.locator("main").get_by_text("Elle vous reste ouverte trente jours")
    closing = button(page, "Clore et envoyer le résumé")
    press_through(page, surgery.web.port, closing, closed, {label: summary}, to="/close")
    written = Item.objects.filter(compartment__record_id=consultation, compartment__name="care")
    assert sorted(written.values_list("kind", flat=True)) == ["note", "summary"]


def break_glass(surgery: Surgery, file: str) -> None:  # noqa: F811
    page = surgery.page
    page.goto(f"{ORIGIN}/files/{file}")
    reason = page.get_by_label("Relais")
    reason.check()
    opening = button(page, "Ouvrir le dossier malgré tout")
    press_through(page, surgery.web.port, opening, title(page, "Zoé Martin"), {reason: True}, to="/release")
    expect(page.locator("main").get_by_text("Le patient et le responsable sont prévenus.")).to_be_visible()


def change_roles(surgery: Surgery) -> None:  # noqa: F811
    page = surgery.page
    page.goto(f"{ORIGIN}/practice")
    row = page.get_by_role("listitem").filter(has_text="Anil Bose")
    row.get_by_role("button", name="Changer les rôles").click()
    secretary = row.get_by_label("secrétaire")
    secretary.check()
    changed = row.locator("small", has_text="praticien, secrétaire et responsable")
    save = row.get_by_role("button", name="Enregistrer")
    press_through(page, surgery.web.port, save, changed, {secretary: True}, to="/confirm")


def invite_somebody(surgery: Surgery) -> None:  # noqa: F811
    page = surgery.page
    typed: Typed = {"Prénom": "Claire", "Nom": "Petit"}
    for label, value in typed.items():
        page.get_by_label(str(label), exact=True).fill(str(value))
    link = page.locator(".link-once")
    press_through(page, surgery.web.port, button(page, "Faire le lien"), link, typed)
    (invitation,) = Invitation.objects.filter(family="Petit")
    assert invitation.token_hash == hash_of(link.inner_text().partition("#")[2])
