"""The officer at night, on a phone and at a desk, in both languages: see, stop in one gesture, make a case of it, without
a script. Two of them lift, each with their own device."""

from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from colloque.detection.rule import Hit
from colloque.incidents import appointing, findings
from colloque.incidents.models import Pull
from colloque.vault.client import VaultClient, load
from tests.care import RunningVault
from tests.journeys.browser import DESK, PHONE, add_authenticator, look, open_browser, seen
from tests.journeys.scene import Scene, care, live_ward, running_vault, scene  # noqa: F401  fixtures
from tests.journeys.steps import session_of, sign_up
from tests.journeys.test_pages import check_english
from tests.live import ORIGIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

WHY = "55 dossiers ouverts aujourd’hui, contre 18 d’ordinaire"


@pytest.mark.long
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_one_gesture_stops_and_another_makes_the_case(scene: Scene, size: dict[str, int]) -> None:  # noqa: F811
    ward = scene.ward
    odile = ward.someone("odile", "patient")
    appointing.appoint(odile.person, "security")
    ward.taken()
    ward.waiting(ward.zoe)
    notice(ward.bose.person, ward.bose.device, ward.cabinet.id)
    page = open_browser(scene.browser, viewport=size)
    page.context.add_cookies([{"name": "colloque", "value": odile.session_key, "url": ORIGIN}])
    name = "phone" if size is PHONE else "desk"
    page.goto(f"{ORIGIN}/officer")
    look(page, f"officer-overview-{name}")
    page.get_by_role("link", name="bose").click()
    expect(seen(page, WHY)).to_be_visible()
    expect(seen(page, "1 consultation ouverte").first).to_be_visible()
    look(page, f"officer-finding-{name}")
    page.get_by_role("button", name="Geler cet appareil").click()
    expect(seen(page, "Fait le")).to_be_visible()
    assert Pull.objects.get().lever == "device"
    page.get_by_role("button", name="Ouvrir un incident").click()
    expect(page.get_by_role("heading", name="Chronologie")).to_be_visible()
    look(page, f"officer-incident-{name}")
    page.goto(f"{ORIGIN}/officer/practices")
    look(page, f"officer-practices-{name}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    # A call in the night, and no finding: by name, then one gesture.
    page.get_by_label("Un cabinet, un professionnel").fill("bose")
    page.get_by_role("button", name="Chercher").click()
    look(page, f"officer-found-{name}")
    page.get_by_role("button", name="Geler ce compte").click()
    expect(seen(page, "Fait le").nth(1)).to_be_visible()
    assert set(Pull.objects.values_list("lever", flat=True)) == {"device", "person"}
    page.goto(f"{ORIGIN}/officer")
    page.get_by_role("link", name="autres de même sorte").click()
    look(page, f"officer-findings-{name}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.get_by_label("Les écarter toutes, parce que").fill("essai de charge")
    page.get_by_role("button", name="Les écarter toutes").click()
    page.get_by_role("link", name="Ce qui a été écarté").click()
    expect(seen(page, "essai de charge").first).to_be_visible()
    page.goto(f"{ORIGIN}/officer")
    page.get_by_text("Ouvrir un incident sans alerte").click()
    page.get_by_label("Ce qui s’est passé").fill("Une sauvegarde a disparu")
    look(page, f"officer-by-hand-{name}")
    page.get_by_role("button", name="Ouvrir un incident").click()
    expect(page.get_by_role("heading", name="Une sauvegarde a disparu")).to_be_visible()
    assert page.faults == []


@pytest.mark.long
def test_the_pages_are_english_for_who_reads_english(scene: Scene) -> None:  # noqa: F811
    ward = scene.ward
    odile = ward.someone("odile", "patient")
    appointing.appoint(odile.person, "security")
    ward.waiting(ward.zoe)
    notice(ward.bose.person, ward.bose.device, ward.cabinet.id)
    page = open_browser(scene.browser)
    for name, value in (("colloque", odile.session_key), ("language", "en")):
        page.context.add_cookies([{"name": name, "value": value, "url": ORIGIN}])
    page.goto(f"{ORIGIN}/officer")
    read(page, "overview")
    page.get_by_role("link", name="bose").click()
    expect(page.get_by_role("heading", name="Stop", exact=True)).to_be_visible()
    read(page, "finding")
    page.get_by_role("button", name="Freeze this device").click()
    expect(seen(page, "Done on")).to_be_visible()
    page.get_by_role("button", name="Open an incident").click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    read(page, "incident")
    page.goto(f"{ORIGIN}/officer/practices")
    read(page, "practices")
    page.goto(f"{ORIGIN}/officer/findings?rule=refusals-without-relation")
    read(page, "findings")
    page.goto(f"{ORIGIN}/officer/pulls/{Pull.objects.get().id}")
    assert page.faults == []


def read(page: Page, name: str) -> None:
    check_english(page, name)
    look(page, f"officer-{name}-en")


@pytest.mark.long
def test_two_officers_lift_what_one_stopped_everywhere(
    scene: Scene,  # noqa: F811
    running_vault: RunningVault,  # noqa: F811
) -> None:
    odile, paul = officer(scene, running_vault, "odile", PHONE), officer(scene, running_vault, "paul", DESK)
    bose = open_browser(scene.browser, viewport=DESK)
    bose.context.add_cookies([{"name": "colloque", "value": scene.ward.bose.session_key, "url": ORIGIN}])
    odile.goto(f"{ORIGIN}/officer/practices")
    odile.get_by_role("button", name="Garder les seules consultations, partout").click()
    odile.get_by_role("link", name="Voir, ou lever ce gel").click()
    expect(seen(odile, "Ce qui est fermé en ce moment")).to_be_visible()
    look(odile, "officer-lift")
    bose.goto(f"{ORIGIN}/what-the-server-reads")
    expect(seen(bose, "sont fermés par précaution")).to_be_visible()
    odile.get_by_label("Pourquoi lever ce gel").fill("fausse alerte, vérifiée par téléphone")
    odile.get_by_role("button", name="Demander de lever").click()
    expect(seen(odile, "Un autre officier doit maintenant confirmer")).to_be_visible()
    look(odile, "officer-lift-asked")
    paul.context.add_cookies([{"name": "language", "value": "en", "url": ORIGIN}])
    paul.goto(f"{ORIGIN}/officer")
    paul.get_by_role("link", name="An officer asks to lift this freeze").click()
    expect(seen(paul, "vérifiée par téléphone")).to_be_visible()
    look(paul, "officer-lift-agree")
    paul.get_by_role("button", name="Confirm and lift the freeze").click()
    expect(seen(paul, "by two officers")).to_be_visible()
    look(paul, "officer-lift-lifted")
    assert Pull.objects.get().undone_at is not None
    bose.reload()
    expect(seen(bose, "sont fermés par précaution")).to_have_count(0)
    for page in (odile, paul, bose):
        page.wait_for_load_state("networkidle")
        assert page.faults == []  # type: ignore[attr-defined]


def officer(scene: Scene, vault: RunningVault, name: str, size: dict[str, int]) -> Page:  # noqa: F811
    """Someone who signed up at a browser of their own, and was appointed beside the operator's key."""
    page = open_browser(scene.browser, viewport=size)
    add_authenticator(page)
    sign_up(page, f"{name}@exemple.fr")
    # A request that is cut off leaves its connection to the database behind, in a test as in life.
    page.wait_for_load_state("networkidle")
    person = str(session_of(page)["person"])
    with closing(VaultClient(vault.url, load(vault.keys / "operator.json"))) as operator:
        appointing.appoint(person, "security", operator)
    return page


def notice(person: str, device: str, practice: str) -> None:
    at, where = "2026-11-24T02:10:00.000Z", {"person": person, "device": device, "practice": practice}
    hits = [Hit("score", "medium", (("actor", person),), at, 7, 97, (5, 6, 7), why=WHY, **where)]
    hits += [
        Hit("refusals-without-relation", "high", (("device", f"d{n}"),), at, n, 5, (1, 2, 3, n))
        for n in range(9)
    ]
    findings.note(
        hits,
        {
            "score": findings.OWN_TITLES["score"],
            "refusals-without-relation": "Refus répétés, sans lien de soins",
        },
    )
