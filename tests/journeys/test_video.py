"""A call over the web process as it runs: sessions, gate, sockets, credentials; coturn; two browsers."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from pytest_django.fixtures import Settings

from tests.care import care, live_ward, running_vault  # noqa: F401  fixtures
from tests.engine import CHROMIUM
from tests.live import ORIGIN, LiveWeb
from tests.people import Someone, Ward
from tests.video.conftest import FLAGS, script, until_state  # noqa: F401  fixtures
from tests.video.relay import Relay, bundle, serving
from tests.video.test_relay import SECRET, coturn, free_port
from tests.video.test_screens import has_pictures_in


@contextmanager
def chromium(play: Playwright, port: int) -> Iterator[Browser]:
    """A browser for which the public origin is the process under test."""
    host = ORIGIN.removeprefix("http://")
    flags = [*FLAGS, f"--host-resolver-rules=MAP {host} 127.0.0.1:{port}"]
    browser = play.chromium.launch(executable_path=CHROMIUM, args=flags)
    yield browser
    browser.close()


def open_call(
    browser: Browser, who: Someone, role: str, peer: Someone, consultation: str, **more: Any
) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "colloque", "value": who.session_key, "url": ORIGIN}])
    page = context.new_page()
    page.goto(f"{ORIGIN}/")
    page.wait_for_function("() => globalThis.harness !== undefined")
    page.evaluate("document.documentElement.lang = 'fr'")
    setup = {
        "consultation": consultation,
        "role": role,
        "person": who.person,
        "peer": peer.person,
        "peerName": peer.name,
    }
    page.evaluate("setup => harness.mount(setup)", {**setup, "web": True, **more})
    return page


@pytest.fixture
def app(live_ward: Ward, script: str, tmp_path: Path) -> Any:  # noqa: F811
    from colloque.config.asgi_web import application

    return Relay(script, bundle("src/styles/main.css", tmp_path / "page.css")).over(application)


@pytest.mark.long
@pytest.mark.skipif(shutil.which("turnserver") is None, reason="coturn is not installed")
def test_alice_and_dr_bose_talk_through_the_relay_until_he_closes(
    live_ward: Ward,  # noqa: F811
    app: Any,
    settings: Settings,
    tmp_path: Path,
) -> None:
    turn = free_port()
    settings.COLLOQUE_TURN_URL = f"turn:127.0.0.1:{turn}?transport=udp"
    settings.COLLOQUE_TURN_SECRET = SECRET
    consultation = live_ward.taken()
    alice, bose, chen = live_ward.alice, live_ward.bose, live_ward.chen
    with (
        serving(app) as port,
        coturn(tmp_path, turn),
        sync_playwright() as play,
        chromium(play, port) as browser,
    ):
        pages = [
            open_call(browser, alice, "patient", bose, consultation, relayOnly=True),
            open_call(browser, bose, "practitioner", alice, consultation, relayOnly=True),
        ]
        for page in pages:
            page.get_by_role("button", name="Entrer dans l’appel").click()
        for page in pages:
            until_state(page, "connected")
            assert has_pictures_in(page)
            page.wait_for_function("() => harness.view().relayed")
        # Dr Chen, signed in and with the address of the page, has no seat and hears nothing.
        stranger = open_call(browser, chen, "practitioner", alice, consultation)
        stranger.get_by_role("button", name="Entrer dans l’appel").click()
        until_state(stranger, "ended")
        assert "connected" not in stranger.evaluate("harness.states")
        assert pages[0].evaluate("harness.view().state") == "connected"
        # Closing the consultation ends the call on both sides.
        web = LiveWeb(port)
        with web.http:
            assert web.act(bose, "close", consultation)[0] == 200
        for page in pages:
            until_state(page, "ended")
            expect(page.get_by_role("status").first).to_contain_text("la consultation est close")


@pytest.mark.long
def test_a_second_tab_takes_the_call_over(live_ward: Ward, app: Any) -> None:  # noqa: F811
    consultation = live_ward.taken()
    alice, bose = live_ward.alice, live_ward.bose
    with serving(app) as port, sync_playwright() as play, chromium(play, port) as browser:
        first = open_call(browser, alice, "patient", bose, consultation)
        other = open_call(browser, bose, "practitioner", alice, consultation)
        for page in (first, other):
            page.get_by_role("button", name="Entrer dans l’appel").click()
        until_state(first, "connected")
        second = open_call(browser, alice, "patient", bose, consultation)
        second.get_by_role("button", name="Entrer dans l’appel").click()
        expect(first.get_by_role("status").first).to_contain_text("L’appel continue dans un autre onglet")
        until_state(second, "connected")
        until_state(other, "connected")
        assert has_pictures_in(other)
