"""Who opened my file: told in plain words, checked line by line, contested, and never passed over when it does not check."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from colloque.envelope.sealed_key import open_note
from colloque.kernel.clock import now, to_wire
from colloque.records.outbox import flush_lines
from tests.care import care, live_ward, running_vault  # noqa: F401  fixtures
from tests.journeys.asking import ask, ask_again
from tests.journeys.scene import Scene, alice, scene, see, shown  # noqa: F401  fixtures
from tests.journeys.steps import heading, press
from tests.live import ORIGIN
from tests.records.test_custody import half

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

REASON = "Patiente retrouvée inconsciente, besoin du compte rendu."
WORD = "Je n’ai jamais vu ce médecin."


# A server that makes an opening from the queue look like the patient's own.
WHITEWASH = """
const real = globalThis.fetch;
globalThis.fetch = async (path, request) => {
  const answer = await real(path, request);
  if (path !== "/vault/lines" || sessionStorage.getItem("honest")) return answer;
  const told = await answer.json();
  for (const entry of told.lines) entry.line = entry.line.replace('"relation":"queue"', '"relation":"own"');
  return new Response(JSON.stringify(told), { status: 200 });
};
"""


def open_page(page: Page) -> None:
    flush_lines()
    page.goto(f"{ORIGIN}/access")
    heading(page, "Qui a ouvert mon dossier")


@pytest.mark.long
def test_each_opening_is_told_and_contested(alice: Page, scene: Scene) -> None:  # noqa: F811
    page, ward = alice, scene.ward
    open_page(page)
    shown(page, "Personne d’autre que vous n’a ouvert votre dossier")
    see(page, "access-empty")
    page.goto(f"{ORIGIN}/home")
    first = ask(page)
    scene.act("take", first)
    ward.bose.read(first, "request")
    scene.act("close", first)
    assert ward.dan.read(first, "care", purpose="break-glass", reason=REASON) == []
    page.goto(f"{ORIGIN}/home")
    second = ask_again(page)
    ward.bose.read(second, "request")

    open_page(page)
    acts = page.locator(".act")
    expect(acts).to_have_count(3)
    shown(page, "Toutes sont vérifiées")
    broken = acts.filter(has_text="Accès exceptionnel")
    expect(broken).to_contain_text("Dan a ouvert le compte rendu de consultation")
    expect(broken).to_contain_text(REASON)
    shown(page, "Un accès exceptionnel à votre dossier")
    queue = acts.filter(has_text="votre demande attendait dans la file")
    expect(queue).to_contain_text("Bose a ouvert votre demande et vos réponses")
    see(page, "access")
    page.get_by_label("Montrer").select_option(value=second)
    expect(acts).to_have_count(1)
    expect(acts).to_contain_text("attendait dans la file")
    page.get_by_label("Montrer").select_option(value="self")
    expect(acts).to_have_count(3)

    broken.get_by_role("button", name="Ce n’est pas normal").click()
    press(page, "Envoyer au responsable du cabinet")
    shown(page, "Une réponse est à revoir")
    broken.get_by_label("Je ne connais pas cette personne").check()
    broken.get_by_label("Voulez-vous ajouter un mot").fill(WORD)
    see(page, "access-objection")
    press(page, "Envoyer au responsable du cabinet")
    expect(broken).to_contain_text("Le cabinet n’a pas encore répondu.")
    (told,) = ward.marc.get(f"practices/{ward.cabinet.id}/objections")[1]
    assert WORD not in json.dumps(told, ensure_ascii=False)
    assert open_note(told["note"], ward.cabinet.kem_seed, practice=ward.cabinet.id) == WORD
    assert scene.web.post(ward.marc, f"objections/{told['id']}/answer", {"answer": "corrected"})[0] == 200
    page.reload()
    expect(broken).to_contain_text("le cabinet a corrigé les droits")
    expect(broken.get_by_role("button", name="Ce n’est pas normal")).to_have_count(0)
    see(page, "access-answered")
    ask_for_erasure(page, scene, first)
    keep_out_of_a_hand_over(page, scene)


def ask_for_erasure(page: Page, scene: Scene, over: str) -> None:  # noqa: F811
    """What is over is asked for; what waits is not; decided by the practice, she still keeps it."""
    ward = scene.ward
    press(page, "Demander l’effacement")
    press(page, "Demander l’effacement")  # sure
    shown(page, "Le cabinet doit décider.")
    see(page, "access-erasure")
    (asked,) = ward.marc.get(f"practices/{ward.cabinet.id}/erasures")[1]
    assert asked["record"] == over
    at = to_wire(now() + timedelta(days=8))
    said = ward.marc.say("erase", record=over, step="ask", reason="asked", not_before=at)
    assert scene.web.post(ward.marc, f"records/{over}/erasure", {"statement": said})[0] == 201
    page.reload()
    shown(page, "Sera effacé le")
    press(page, "Garder mon dossier")
    expect(page.get_by_role("button", name="Demander l’effacement")).to_be_visible()
    assert ward.marc.get(f"practices/{ward.cabinet.id}/erasures") == (200, [])


def keep_out_of_a_hand_over(page: Page, scene: Scene) -> None:  # noqa: F811
    """Two managers agreed: her home page says where her file goes and when, and she keeps it out."""
    ward = scene.ward
    for who in (ward.marc, ward.chen):
        who.prove()
    path = f"practices/{ward.cabinet.id}/custody"
    status, one = scene.web.post(ward.marc, path, {"statement": half(ward.marc, ward.other_cabinet)})
    assert status == 201, one
    signed = {"statement": ward.chen.agree(one["statement"])}
    assert scene.web.post(ward.chen, f"custody/{one['id']}/agree", signed)[0] == 200
    page.goto(f"{ORIGIN}/home")
    shown(page, f"confie ses dossiers à {ward.other_cabinet.name}")
    see(page, "custody")
    press(page, "Garder mon dossier en dehors")
    press(page, "Garder mon dossier en dehors")  # sure
    shown(page, "Vous gardez votre dossier en dehors")
    assert ward.marc.get(path)[1]["given"]["kept"] == 1


@pytest.mark.long
def test_what_does_not_check_is_not_shown(alice: Page, scene: Scene) -> None:  # noqa: F811
    page = alice
    consultation = ask(page)
    scene.ward.bose.read(consultation, "request")

    page.add_init_script(WHITEWASH)
    open_page(page)
    shown(page, "Le registre ne se laisse pas vérifier")
    expect(page.locator(".act, .checked")).to_have_count(0)
    see(page, "access-broken")
    page.evaluate("sessionStorage.setItem('honest', 'yes')")
    press(page, "Réessayer")
    expect(page.locator(".act")).to_have_count(1)

    page.route("**/vault/lines", lambda route: route.abort())
    page.reload()
    shown(page, "Votre dossier reste scellé")
    expect(page.locator(".act, .checked")).to_have_count(0)
    see(page, "access-offline")
