"""Two cameras, a window of its own for the picture, and joining by sound alone: each by its button."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.engine import CHROMIUM
from tests.video.conftest import FLAGS, until_state
from tests.video.relay import Relay, bundle, serving
from tests.video.test_screens import has_pictures_in, mount, visit

pytestmark = pytest.mark.long

TWO_CAMERAS = [
    *[flag for flag in FLAGS if not flag.startswith("--use-fake-device")],
    "--use-fake-device-for-media-stream=device-count=3",
]
# The second of Chromium's fake cameras measures depth and gives no picture: the page is told of the others.
NO_DEPTH = """() => { const real = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
navigator.mediaDevices.enumerateDevices = async () => (await real()).filter((one) => one.label !== 'fake_device_1'); }"""
ENTER = "Entrer dans l’appel"


@pytest.fixture(scope="module")
def two_cameras(play: Playwright) -> Iterator[Browser]:
    browser = play.chromium.launch(executable_path=CHROMIUM, args=TWO_CAMERAS)
    yield browser
    browser.close()


@pytest.fixture
def contexts() -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def dress(tmp_path_factory: pytest.TempPathFactory) -> str:
    return bundle("src/styles/main.css", tmp_path_factory.mktemp("style") / "page.css")


def call(browser: Browser, contexts: list[BrowserContext], port: int, how: str = ENTER) -> tuple[Page, Page]:
    alice = mount(visit(browser, contexts, port, width=390), "patient")
    bose = mount(visit(browser, contexts, port), "practitioner")
    alice.evaluate(NO_DEPTH)
    alice.get_by_role("button", name=how).click()
    bose.get_by_role("button", name=ENTER).click()
    for page in (alice, bose):
        until_state(page, "connected")
    return alice, bose


def camera_of(page: Page) -> str:
    track = "harness.call().session.local.track('video')"
    return str(page.evaluate(f"{track} === null ? '' : {track}.getSettings().deviceId"))


def test_the_camera_is_switched_and_the_other_side_sees_on(
    two_cameras: Browser, contexts: list[BrowserContext], script: str, dress: str
) -> None:
    with serving(Relay(script, dress)) as port:
        alice, bose = call(two_cameras, contexts, port)
        line = "harness.call().session.connection.getTransceivers().filter(one => one.mid !== null).length"
        first, lines = camera_of(alice), alice.evaluate(line)
        for _ in range(2):  # there, and back to the first
            before = camera_of(alice)
            alice.get_by_role("button", name="Changer de caméra").click()
            alice.wait_for_function(
                "id => ![id, undefined].includes("
                "harness.call().session.local.track('video')?.getSettings().deviceId)",
                arg=before,
            )
            assert has_pictures_in(bose)
            assert bose.evaluate("harness.view().state") == "connected"
        assert camera_of(alice) == first
        assert alice.evaluate(line) == lines  # in place of the first: nothing was negotiated
        assert alice.evaluate("harness.view().local.camera") == "on"


def test_one_camera_offers_no_switch(
    browser: Browser, contexts: list[BrowserContext], script: str, dress: str
) -> None:
    with serving(Relay(script, dress)) as port:
        alice, _ = call(browser, contexts, port)
        expect(alice.get_by_role("button", name="Couper la caméra")).to_be_visible()
        expect(alice.get_by_role("button", name="Changer de caméra")).to_be_hidden()


def test_the_picture_leaves_the_page_and_comes_back_with_the_call(
    browser: Browser, contexts: list[BrowserContext], script: str, dress: str
) -> None:
    with serving(Relay(script, dress)) as port:
        alice, _ = call(browser, contexts, port)
        assert has_pictures_in(alice)
        detached = "document.pictureInPictureElement === document.querySelector('.call-remote')"
        alice.get_by_role("button", name="Détacher l’image").click()
        alice.wait_for_function(detached)
        assert has_pictures_in(alice)
        alice.get_by_role("button", name="Détacher l’image").click()
        alice.wait_for_function(f"!({detached})")
        alice.get_by_role("button", name="Détacher l’image").click()
        alice.wait_for_function(detached)
        # A window that outlived the call would show a picture of nobody.
        alice.get_by_role("button", name="Quitter l’appel").click()
        alice.wait_for_function("document.pictureInPictureElement === null")


def test_who_joins_by_sound_alone_asks_for_no_camera_and_sends_no_picture(
    browser: Browser, contexts: list[BrowserContext], script: str, dress: str
) -> None:
    with serving(Relay(script, dress)) as port:
        alice, bose = call(browser, contexts, port, how="Entrer sans caméra")
        expect(bose.get_by_text("Alice Martin est en son seul.")).to_be_visible()
        assert alice.evaluate("harness.view().local.camera") == "off"
        assert camera_of(alice) == ""
        heard = "harness.call().session.remoteStream.getAudioTracks()[0]?.muted === false"
        for page in (alice, bose):
            page.wait_for_function(heard)
        # And may show a picture later, without leaving.
        alice.get_by_role("button", name="Remettre l’image").click()
        assert has_pictures_in(bose)
