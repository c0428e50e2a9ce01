"""An officer asks whose data it was, on a phone and at a desk: the form, its troubles, the answer. No script is needed."""

import pytest
from playwright.sync_api import expect

from colloque.incidents import answering, appointing
from colloque.incidents.models import ScopeRun
from tests.journeys.browser import DESK, PHONE, look, open_browser, seen
from tests.journeys.scene import Scene, care, live_ward, running_vault, scene  # noqa: F401  fixtures
from tests.live import ORIGIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


@pytest.mark.long
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_three_numbers_first_and_then_what_when_and_who(scene: Scene, size: dict[str, int]) -> None:  # noqa: F811
    ward = scene.ward
    odile = ward.someone("odile", "patient")
    appointing.appoint(odile.person, "security")
    taken = ward.taken()
    for compartment in ("request", "care"):
        assert ward.bose.release(taken, compartment)[0] == 200
    page = open_browser(scene.browser, viewport=size)
    page.context.add_cookies([{"name": "colloque", "value": odile.session_key, "url": ORIGIN}])
    name = "phone" if size is PHONE else "desk"
    page.goto(f"{ORIGIN}/officer/scope")
    page.get_by_role("link", name="Poser la question").click()
    page.get_by_label("Identifiant").first.fill(ward.bose.person)
    page.get_by_role("button", name="Demander la réponse").click()
    expect(page.get_by_role("alert").filter(has_text="À corriger")).to_be_visible()
    look(page, f"scope-form-{name}")
    page.get_by_label("De", exact=True).first.fill("2026-11-20T00:00")
    page.get_by_label("À", exact=True).first.fill("2030-01-01T00:00")
    page.get_by_role("button", name="Demander la réponse").click()
    expect(seen(page, "Le journal est relu")).to_be_visible()
    answering.answer_run(str(ScopeRun.objects.get().id))
    page.reload()
    expect(seen(page, "consultées : une ligne le prouve")).to_be_visible()
    look(page, f"scope-answer-{name}")
    page.locator("summary", has_text=ward.alice.person).click()
    expect(seen(page, "motif et questionnaire : consulté")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.faults == []
