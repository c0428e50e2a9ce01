"""Alice at a real browser; the practice speaks through the API, with real keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.fixtures import Settings

from tests.care import care, live_ward, running_vault  # noqa: F401  fixtures
from tests.journeys.browser import Stage, add_authenticator, look, open_browser
from tests.journeys.steps import heading, sign_up
from tests.live import LiveWeb
from tests.people import Someone, Ward


@dataclass
class Scene:
    """Dr Bose and Dr Dan at their practice, over the network, and a browser for Alice."""

    ward: Ward
    web: LiveWeb
    browser: Browser
    recovery: str = ""

    def act(self, what: str, consultation: str, *, by: Someone | None = None, **fields: Any) -> None:
        status, told = self.web.act(by or self.ward.bose, what, consultation, **fields)
        assert status == 200, told

    def write(self, consultation: str, compartment: str, kind: str, data: object) -> None:
        bose = self.ward.bose
        body = bose.prepare(consultation, compartment, (kind, data))
        assert self.web.post(bose, f"records/{consultation}/{compartment}", body)[0] == 201


@pytest.fixture
def scene(live_ward: Ward, stage: Stage, settings: Settings) -> Iterator[Scene]:  # noqa: F811
    settings.COLLOQUE_VAULT_PROXY = True
    assert live_ward.other_cabinet  # it comes when it is named, and Alice has two practices to choose from
    live_ward.bose.ok("duty", {"practice": live_ward.cabinet.id, "on": True})
    with stage.web() as web:
        yield Scene(live_ward, web, stage.browser)


@pytest.fixture
def alice(scene: Scene) -> Page:
    """Alice, who has just made her account."""
    page = open_browser(scene.browser)
    add_authenticator(page)
    scene.recovery = sign_up(page, "alice@exemple.fr")
    heading(page, "Mes consultations")
    return page


def see(page: Page, name: str) -> None:
    """Look at the screen in both schemes; of the second only the colours are new."""
    look(page, f"patient-{name}")
    page.emulate_media(color_scheme="dark")
    look(page, f"patient-{name}-dark", rules="cat.color")
    page.emulate_media(color_scheme="light")


def saved(page: Page) -> None:
    expect(page.locator(".saved[data-state=saved]")).to_be_visible()


def shown(page: Page, text: str) -> Locator:
    """The text where eyes find it: what is said to ears only stands elsewhere."""
    found = page.locator("main").get_by_text(text)
    expect(found.first).to_be_visible()
    return found.first
