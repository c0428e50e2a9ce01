"""A practitioner's day in a real browser: who waits, a consultation, its end, a file, what the manager answers."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from colloque.archive import commands
from colloque.envelope.sealed_key import Recipient, seal_note
from colloque.envelope.words import fingerprint
from colloque.kernel import clock
from tests.archive.test_ceremony import Paper
from tests.care import care, live_ward, running_vault  # noqa: F401  fixtures
from tests.journeys.browser import seen
from tests.journeys.limits import change_limits_by_two
from tests.journeys.steps import heading, press
from tests.journeys.surgery import MOTIVE, Surgery, confirm, go_to_desk, surgery  # noqa: F401  a fixture
from tests.live import ORIGIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


@pytest.mark.long
def test_from_an_empty_queue_to_the_closing(surgery: Surgery) -> None:  # noqa: F811
    page, alice = surgery.page, surgery.ward.alice
    go_to_desk(page)
    surgery.see("empty")
    surgery.ask(surgery.ward.zoe, motive="Renouvellement de mon traitement.")
    expect(page.get_by_role("button", name="Lire la demande")).to_have_count(1)
    consultation = surgery.ask(to_bose=True)
    expect(seen(page, "A demandé à vous voir")).to_be_visible()
    expect(seen(page, "Alice")).to_have_count(0)
    surgery.see("queue")
    # Who asked for him comes first.
    page.get_by_role("button", name="Lire la demande").first.click()
    expect(seen(page, MOTIVE)).to_be_visible()
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
    expect(seen(page, "Enregistré à")).to_be_visible()
    write_on_in_another_tab(page)
    press(page, "Passer à un confrère")
    page.wait_for_timeout(500)
    surgery.see("transfer")
    press(page, "Retour")
    press(page, "Clore la consultation")
    page.get_by_label("Résumé pour le patient").fill("Repos, boire, paracétamol.")
    surgery.see("closing")
    press(page, "Clore et envoyer le résumé")
    expect(seen(page, "La consultation est close.").first).to_be_visible()
    page.wait_for_timeout(1000)
    surgery.see("closed")
    go_to_desk(page)
    page.wait_for_timeout(500)
    surgery.see("desk-after")
    page.goto(f"{ORIGIN}/files/{surgery.ward.file}")
    heading(page, "Alice Martin")
    surgery.see("file")
    offer_a_date(surgery)


def put_on_duty(surgery: Surgery) -> None:  # noqa: F811
    """Dr Bose, a manager too, makes a rota, notes that Dan is away, and ends both."""
    page, ward = surgery.page, surgery.ward
    page.goto(f"{ORIGIN}/practice")
    page.get_by_role("link", name="Gardes et absences").click()
    heading(page, "Gardes et absences")
    expect(seen(page, "Sans tour de garde, toute la file est ouverte à chaque praticien.")).to_be_visible()
    page.locator("summary", has_text="Mettre de garde").click()
    page.get_by_label("Qui", exact=True).select_option(label="Dan Dan")
    page.get_by_role("button", name="Mettre de garde").click()
    expect(
        seen(page, "choisissez au moins un jour").or_(seen(page, "Choisissez au moins un jour"))
    ).to_be_visible()
    page.get_by_role("group", name="Quels jours de cette semaine").get_by_role("checkbox").last.check()
    page.get_by_role("button", name="Mettre de garde").click()
    expect(page.get_by_role("button", name="Retirer")).to_be_visible()
    page.locator("summary", has_text="Noter une absence").click()
    page.get_by_label("Qui est absent").select_option(label="Dan Dan")
    press(page, "Noter cette absence")
    expect(seen(page, "Personne ne remplace")).to_be_visible()
    page.locator("summary", has_text="Mettre de garde").click()
    page.locator("summary", has_text="Noter une absence").click()
    surgery.see("rota")
    told = ward.marc.get(f"practices/{ward.cabinet.id}/rota")[1]
    assert [one["member"] for one in (*told["rota"], *told["absences"])] == [ward.dan.person] * 2
    press(page, "Mettre fin")
    expect(seen(page, "Personne n’est noté absent.")).to_be_visible()
    press(page, "Retirer")
    expect(seen(page, "Sans tour de garde")).to_be_visible()


def hand_records_on(surgery: Surgery) -> None:  # noqa: F811
    """Proposed once the words are compared, agreed to by the successor's manager, and stopped."""
    page, ward = surgery.page, surgery.ward
    port = ward.other_cabinet
    page.goto(f"{ORIGIN}/practice")
    page.get_by_role("link", name="Confier les dossiers").click()
    expect(seen(page, "dossiers seraient confiés").or_(seen(page, "dossier serait confié"))).to_be_visible()
    page.get_by_label("À quel cabinet").select_option(value=port.id)
    page.get_by_label("Ses six mots").fill("abaisser abandon abdiquer abeille abolir aborder")
    press(page, "Signer et proposer")
    expect(page.get_by_label("Ses six mots")).to_have_attribute("aria-invalid", "true")
    surgery.see("custody-words")
    page.get_by_label("Ses six mots").fill(" ".join(fingerprint(port.kem_key)))
    press(page, "Signer et proposer")
    expect(seen(page, f"Proposé à {port.name}")).to_be_visible()
    surgery.see("custody-proposed")
    (one,) = ward.chen.get(f"practices/{port.id}/custody")[1]["taken"]
    ward.chen.prove()
    told = surgery.web.post(
        ward.chen, f"custody/{one['id']}/agree", {"statement": ward.chen.agree(one["statement"])}
    )
    assert told[0] == 200, told
    page.reload()
    expect(seen(page, f"Les dossiers vont à {port.name}")).to_be_visible()
    surgery.see("custody")
    press(page, "Arrêter")
    press(page, "Arrêter")  # sure
    expect(page.get_by_role("button", name="Signer et proposer")).to_be_visible()
    assert ward.chen.get(f"practices/{port.id}/custody")[1]["taken"] == []


def offer_a_date(surgery: Surgery) -> None:  # noqa: F811
    """From the list of who is followed to the week; accepted by her device, moved, and taken back."""
    page, alice = surgery.page, surgery.ward.alice
    page.goto(f"{ORIGIN}/agenda")
    heading(page, "Agenda")
    expect(seen(page, "Aucun rendez-vous cette semaine")).to_be_visible()
    hers = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="Proposer une date")).first
    hers.get_by_role("button", name="Voir le nom").click()
    expect(seen(page, "Alice Martin")).to_be_visible()
    hers.get_by_role("button", name="Proposer une date").click()
    page.get_by_label("Jour").fill(f"{clock.now() + timedelta(days=7):%Y-%m-%d}")
    surgery.see("agenda-offer")
    press(page, "Proposer cette date")
    press(page, "Après")
    expect(seen(page, "attend la réponse")).to_be_visible()
    offer = alice.get("offers")[1][0]
    consultation = surgery.draft(alice, surgery.bose)
    fields = {"practitioner": surgery.bose, "starts_at": offer["starts_at"], "ends_at": offer["ends_at"]}
    said = alice.say_act("appointment", consultation, practice=surgery.ward.cabinet.id, **fields)
    body = {"consultation": consultation, "statement": said}
    assert surgery.web.post(alice, f"offers/{offer['id']}/accept", body)[0] == 200
    press(page, "Avant")
    press(page, "Après")
    expect(seen(page, "convenu")).to_be_visible()
    press(page, "Déplacer")
    page.get_by_label("Heure").fill("10:30")
    press(page, "Proposer cette date")
    expect(seen(page, "nouvelle date, attend la réponse")).to_be_visible()
    surgery.see("agenda")
    page.get_by_role("button", name="Annuler", exact=True).click()
    press(page, "Oui, annuler")
    expect(seen(page, "Aucun rendez-vous cette semaine")).to_be_visible()
    assert alice.get(f"consultations/{consultation}")[1]["state"] == "cancelled"
    assert alice.get("offers")[1] == []


def write_on_in_another_tab(page: Page) -> None:
    """The tab opened last writes; the other says so, covers nothing, and can take it back with what is new."""
    note = "Note de consultation"
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_label(note)).to_have_value("Gorge rouge, pas de point blanc.")
    expect(seen(page, "Ce texte continue dans un autre onglet")).to_be_visible()
    expect(page.get_by_label(note)).to_have_count(0)
    other.get_by_label(note).fill("Gorge rouge, un point blanc.")
    expect(seen(other, "Enregistré à")).to_be_visible()
    press(page, "Continuer ici")
    expect(page.get_by_label(note)).to_have_value("Gorge rouge, un point blanc.")
    expect(seen(other, "Ce texte continue dans un autre onglet")).to_be_visible()
    other.close()


@pytest.mark.long
def test_a_request_refused_with_a_word_and_one_that_leaves(surgery: Surgery) -> None:  # noqa: F811
    page, ward = surgery.page, surgery.ward
    first, second = surgery.ask(), surgery.ask(ward.zoe)
    go_to_desk(page)
    expect(page.get_by_role("button", name="Lire la demande")).to_have_count(2)
    page.get_by_role("button", name="Lire la demande").first.click()
    expect(seen(page, "Alice Martin")).to_be_visible()
    page.get_by_role("button", name="Lire la demande").click()
    expect(seen(page, "Zoé Martin")).to_be_visible()
    surgery.act(ward.zoe, "cancel", second)
    expect(seen(page, "Cette demande n’attend plus").first).to_be_visible()
    surgery.see("gone")
    press(page, "Fermer")
    press(page, "Ne pas prendre")
    page.get_by_label("Un mot pour le patient").fill("Votre médecin traitant peut vous recevoir ce soir.")
    surgery.see("refuse")
    press(page, "Refuser la demande")
    expect(seen(page, "Personne n’attend")).to_be_visible()
    said = [one["text"] for one in ward.alice.read(first, "request") if one.keys() == {"text"}]
    assert said == ["Votre médecin traitant peut vous recevoir ce soir."]


@pytest.mark.long
def test_a_file_without_relation_takes_a_reason_and_the_vault_s_no_is_told(surgery: Surgery) -> None:  # noqa: F811
    page, ward = surgery.page, surgery.ward
    consultation = surgery.ask()
    surgery.act(ward.dan, "take", consultation)
    page.goto(f"{ORIGIN}/desk/{consultation}")
    expect(page.get_by_role("heading", name="Cette consultation n’est pas la vôtre")).to_be_visible()
    surgery.see("not-mine")
    page.goto(f"{ORIGIN}/files/{ward.file}")
    expect(seen(page, "Rien ne vous relie à ce dossier").first).to_be_visible()
    expect(seen(page, "reçoivent aussitôt un message").first).to_be_visible()
    press(page, "Ouvrir le dossier malgré tout")
    expect(seen(page, "Choisissez une raison.").first).to_be_visible()
    surgery.see("glass")
    page.get_by_label("Relais").check()
    press(page, "Ouvrir le dossier malgré tout")
    heading(page, "Alice Martin")
    expect(seen(page, "Le patient et le responsable sont prévenus.").first).to_be_visible()
    surgery.see("glass-broken")

    # Frozen by the manager: the next opening is refused in a sentence.
    page.goto(f"{ORIGIN}/desk")
    surgery.ask(ward.zoe)
    expect(page.get_by_role("button", name="Lire la demande")).to_have_count(1)
    ward.marc.tell_vault(ward.marc.say("freeze", scope="person", target=surgery.bose))
    press(page, "Lire la demande")
    expect(page.get_by_role("heading", name="L’accès est gelé par précaution")).to_be_visible()
    expect(seen(page, "lui ou un officier de sécurité lève ce gel").first).to_be_visible()
    surgery.see("frozen")


@pytest.mark.long
def test_a_manager_reads_what_was_objected_to_and_answers(surgery: Surgery) -> None:  # noqa: F811
    page, ward = surgery.page, surgery.ward
    alice = ward.alice
    page.goto(f"{ORIGIN}/practice/budgets")
    expect(seen(page, "Aucun cabinet à gérer").first).to_be_visible()
    confirm(ward.marc, surgery.bose, ["practitioner", "manager"])
    page.goto(f"{ORIGIN}/objections")
    expect(seen(page, "Aucun signalement").first).to_be_visible()
    consultation = surgery.ask()
    assert ward.dan.release(consultation, "request", purpose="queue")[0] == 200
    told = alice.vault.post("/vault/lines", json=alice.say("lines", about=consultation)).json()["lines"]
    line = next(one["line"] for one in told if f'"actor":"{ward.dan.person}"' in one["line"])
    seq = json.loads(line)["seq"]
    note = seal_note(
        "Je ne le connais pas.", practice=Recipient(ward.cabinet.id, ward.cabinet.kem_key)
    ).to_json()
    body = {"seq": seq, "record": consultation, "reason": "unknown-person", "line": line, "note": note}
    assert surgery.web.post(alice, "objections", body)[0] == 201
    forged = line.replace(ward.dan.person, surgery.bose).replace(f'"seq":{seq}', f'"seq":{seq - 1}')
    body = {"seq": seq - 1, "record": consultation, "reason": "other", "line": forged}
    assert surgery.web.post(alice, "objections", body)[0] == 201
    page.reload()
    proven = page.get_by_role("listitem").filter(has_text="Le patient ne connaît pas la personne")
    expect(proven.get_by_text("Dan Dan")).to_be_visible()
    expect(proven.get_by_text("vérifiée par votre navigateur")).to_be_visible()
    expect(proven.get_by_text("Je ne le connais pas.")).to_be_visible()
    # What the ledger does not have is said to be so, and names nobody.
    other = page.get_by_role("listitem").filter(has_text="Autre chose")
    expect(other.get_by_text("L’ouverture signalée n’est pas prouvée")).to_be_visible()
    expect(other.get_by_text("Anil Bose")).to_have_count(0)
    surgery.see("objections")
    proven.get_by_role("button", name="C’était une erreur, nous l’avons corrigée").click()
    expect(seen(page, "répondu", exact=True)).to_be_visible()
    surgery.see("objections-answered")

    # How far each member is from the limit: what Dan opened has counted.
    page.goto(f"{ORIGIN}/practice")
    page.get_by_role("link", name="Limites d’ouverture").click()
    heading(page, "Limites d’ouverture")
    row = page.get_by_role("listitem").filter(has_text="Dan Dan")
    expect(row.get_by_text("1 sur 20")).to_be_visible()
    expect(row.get_by_role("img", name="1 aujourd’hui")).to_be_visible()
    change_limits_by_two(surgery)
    expect(seen(page, "Aucun jour à comparer pour l’instant", exact=True)).to_be_visible()
    surgery.see("budgets")
    decide_what_to_erase(surgery, consultation)
    put_on_duty(surgery)
    hand_records_on(surgery)
    end_the_archive(surgery)


def end_the_archive(surgery: Surgery) -> None:  # noqa: F811
    """Asked for beside the vault's database; whoever comes first ends it."""
    page, cabinet = surgery.page, surgery.ward.cabinet
    two = Paper(surgery.ward).parts[:2]
    # The ceremony runs a loop of its own, as the browser does in this thread.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(commands.ask, surgery.vault.settings, cabinet.id, two, print).result() == 0
    page.goto(f"{ORIGIN}/desk")
    expect(seen(page, "à demander l’ouverture de tous ses dossiers")).to_be_visible()
    surgery.see("archive")
    press(page, "Annuler l’ouverture de l’archive")
    expect(seen(page, "L’ouverture de l’archive est annulée.").first).to_be_visible()
    assert surgery.vault.lines(kind="archive-cancelled", actor=surgery.bose)


def decide_what_to_erase(surgery: Surgery, consultation: str) -> None:  # noqa: F811
    page, alice = surgery.page, surgery.ward.alice
    assert surgery.web.act(surgery.ward.dan, "refuse", consultation)[0] == 200
    at = clock.to_wire(clock.now() + timedelta(days=8))
    said = alice.say("erase", record=consultation, step="ask", not_before=at)
    assert surgery.web.post(alice, f"records/{consultation}/erasure", {"statement": said})[0] == 201
    page.goto(f"{ORIGIN}/practice")
    expect(seen(page, "Une personne demande l’effacement").first).to_be_visible()
    surgery.see("erasing")
    press(page, "Accepter d’effacer")
    press(page, "Accepter d’effacer")  # sure
    expect(seen(page, "sera effacé le").first).to_be_visible()
    surgery.see("erasing-decided")
    press(page, "Ne pas effacer")
    expect(page.get_by_role("heading", name="Dossiers à effacer")).to_have_count(0)
    expect(seen(page, "Les six mots du cabinet").first).to_be_visible()
    erase_by_two(surgery)


def erase_by_two(surgery: Surgery) -> None:  # noqa: F811
    """What she proposes she takes back; what Marc has signed she reads, and signs."""
    page, ward = surgery.page, surgery.ward
    page.goto(f"{ORIGIN}/files/{ward.file}")
    page.get_by_role("link", name="Faire effacer ce dossier").click()
    expect(page.get_by_role("checkbox", name="Le dossier : identité et antécédents")).to_be_checked()
    press(page, "Signer et proposer")
    expect(seen(page, "Choisissez une raison.").first).to_be_visible()
    page.get_by_label("Un tribunal l’a décidé").check()
    press(page, "Signer et proposer")
    expect(seen(page, "Un autre responsable, ou un praticien, doit maintenant signer.")).to_be_visible()
    surgery.see("erasing-proposed")
    press(page, "Retirer ma proposition")
    expect(seen(page, "Rien n’attend de signature.")).to_be_visible()
    said = ward.marc.say(
        "erase", record=ward.file, practice=ward.cabinet.id, step="ask", reason="mistake",
        not_before=clock.to_wire(clock.now() + timedelta(days=11)), until=clock.to_wire(clock.now() + timedelta(hours=48)),
    )  # fmt: skip
    proposed = f"practices/{ward.cabinet.id}/erasures/proposed"
    assert surgery.web.post(ward.marc, proposed, {"statement": said})[0] == 201
    page.goto(f"{ORIGIN}/desk")
    page.get_by_role("link", name="Une proposition attend votre signature.").click()
    expect(seen(page, "Vérifiez auprès de Marc Marc")).to_be_visible()
    surgery.see("erasing-to-sign")
    press(page, "Signer et faire effacer")
    expect(seen(page, "sera effacé le").first).to_be_visible()
    press(page, "Ne pas effacer")
    expect(page.get_by_role("heading", name="Dossiers à effacer")).to_have_count(0)
