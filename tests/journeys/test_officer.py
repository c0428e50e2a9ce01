"""The officer at night, on a phone and at a desk: see, stop in one gesture, make a case of it. No script is needed."""

import pytest
from playwright.sync_api import expect

from colloque.detection.rule import Hit
from colloque.incidents import appointing, findings
from colloque.incidents.models import Pull
from tests.journeys.browser import DESK, PHONE, look, open_browser, seen
from tests.journeys.scene import Scene, care, live_ward, running_vault, scene  # noqa: F401  fixtures
from tests.live import ORIGIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

WHY = "55 dossiers ouverts aujourd’hui, contre 18 d’ordinaire"


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
    assert page.faults == []


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
            "score": "Une journée inhabituelle",
            "refusals-without-relation": "Refus répétés",
        },
    )
