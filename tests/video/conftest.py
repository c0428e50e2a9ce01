from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.care import care, check_log, live_ward, running_vault, ward  # noqa: F401  fixtures
from tests.engine import CHROMIUM
from tests.video.relay import Relay, bundle

FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream=fps=5", "--use-fake-ui-for-media-stream",
         "--disable-background-networking", "--disable-component-update", "--mute-audio",
         "--autoplay-policy=no-user-gesture-required"]  # fmt: skip
ALICE, BOSE = "a11ce000-0000-4000-8000-000000000001", "b05e0000-0000-4000-8000-000000000002"
TOLD = 10  # seconds within which one side is told of the other: that is promised
CONSULTATION = "c0000000-0000-4000-8000-000000000003"


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    return bundle("tests/video/harness.ts", tmp_path_factory.mktemp("video") / "page.js")


@pytest.fixture(scope="module")
def play() -> Iterator[Playwright]:
    with sync_playwright() as play:
        yield play


@pytest.fixture(scope="module")
def browser(play: Playwright) -> Iterator[Browser]:
    browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def relay(script: str) -> Relay:
    return Relay(script)


Joining = Callable[..., Page]


@pytest.fixture
def join(browser: Browser, relay: Relay) -> Iterator[Joining]:
    """Open a page of one side and join: `join("patient", port, relayOnly=True)`."""
    contexts = []

    def enter(role: str, port: int, **setup: Any) -> Page:
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"http://localhost:{port}/")
        page.wait_for_function("() => globalThis.harness !== undefined")
        person, peer = (ALICE, BOSE) if role == "patient" else (BOSE, ALICE)
        given = {"consultation": CONSULTATION, "role": role, "person": person, "peer": peer, **setup}
        page.evaluate("setup => void harness.join(setup)", given)
        page.wait_for_function("() => harness.session() !== undefined")
        return page

    errors: list[str] = []
    yield enter
    for context in contexts:
        context.close()
    assert errors == []


def until_state(page: Page, state: str, timeout: float = 30) -> None:
    page.wait_for_function("state => harness.view().state === state", arg=state, timeout=timeout * 1000)
