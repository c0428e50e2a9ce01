"""The two components as pages mount them: gestures, words, keyboard, what moves, and axe-core."""

# ruff: noqa: E501  what the browser runs, and commands, stay on one line

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.engine import BROWSER
from tests.video.conftest import ALICE, BOSE, CONSULTATION, FLAGS, until_state
from tests.video.relay import WEB, Relay, bundle, serving

# Where to leave screenshots to look at; nothing is drawn without it.
SHOTS = os.environ.get("SCREENSHOTS", "")
AXE = WEB / "node_modules/axe-core/axe.min.js"
WIDTHS = {"phone": 390, "desk": 1280}
BOTH = ["phone", pytest.param("desk", marks=pytest.mark.long)]


@pytest.fixture(scope="session")
def style(tmp_path_factory: pytest.TempPathFactory) -> str:
    return bundle("src/styles/main.css", tmp_path_factory.mktemp("style") / "page.css")


@pytest.fixture
def dressed(script: str, style: str) -> Relay:
    return Relay(script, style)


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


def visit(browser: Browser, contexts: list[BrowserContext], port: int, **how: Any) -> Page:
    width, lang = how.pop("width", 1280), how.pop("lang", "fr")
    context = browser.new_context(viewport={"width": width, "height": 844}, **how)
    contexts.append(context)
    page = context.new_page()
    page.goto(f"http://localhost:{port}/")
    page.wait_for_function("() => globalThis.harness !== undefined")
    page.evaluate("lang => { document.documentElement.lang = lang; }", lang)
    return page


def mount(page: Page, role: str) -> Page:
    person, peer = (ALICE, BOSE) if role == "patient" else (BOSE, ALICE)
    name = "Dr Bose" if role == "patient" else "Alice Martin"
    setup = {"consultation": CONSULTATION, "role": role, "person": person, "peer": peer, "peerName": name}
    page.evaluate("setup => harness.mount(setup)", setup)
    return page


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def check_axe(page: Page) -> None:
    page.add_script_tag(path=AXE)
    found = page.evaluate(
        "axe.run('main', {rules: {region: {enabled: false}}}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
    )
    assert found == []


def box_of(page: Page, selector: str) -> dict[str, float]:
    """Where something is on the page, scrolled or not."""
    found: dict[str, float] = page.evaluate(
        "s => { const b = document.querySelector(s).getBoundingClientRect(); return {x: b.x, y: b.y + scrollY, w: b.width, h: b.height}; }",
        selector,
    )
    return found


def has_pictures_in(page: Page) -> bool:
    """Wait until the mounted call shows moving pictures of the other side."""
    frames = "document.querySelector('.call-remote').getVideoPlaybackQuality().totalVideoFrames"
    page.wait_for_function(f"n => {frames} > n + 5", arg=page.evaluate(frames))
    return True


@pytest.mark.parametrize("width", BOTH)
def test_a_call_by_its_buttons(
    width: str, browser: Browser, contexts: list[BrowserContext], dressed: Relay
) -> None:
    with serving(dressed) as port:
        alice = mount(visit(browser, contexts, port, width=WIDTHS[width]), "patient")
        bose = mount(visit(browser, contexts, port), "practitioner")
        shoot(alice, f"call-before-{width}")
        check_axe(alice)
        alice.get_by_role("button", name="Entrer dans l’appel").click()
        expect(alice.get_by_role("status").first).to_contain_text("Vous êtes seul dans l’appel")
        before = box_of(alice, ".call-stage"), box_of(alice, ".call-controls")
        shoot(alice, f"call-alone-{width}")
        bose.get_by_role("button", name="Entrer dans l’appel").click()
        for page in (alice, bose):
            until_state(page, "connected")
        expect(alice.get_by_role("status").first).to_have_text("En communication avec Dr Bose.")
        alice.wait_for_timeout(1500)
        shoot(alice, f"call-connected-{width}")
        check_axe(alice)
        assert (box_of(alice, ".call-stage"), box_of(alice, ".call-controls")) == before
        alice.get_by_role("button", name="Couper le micro").click()
        expect(alice.get_by_role("button", name="Rouvrir le micro")).to_be_visible()
        expect(bose.get_by_text("Alice Martin a coupé son micro.")).to_be_visible()
        alice.get_by_role("button", name="Couper la caméra").click()
        expect(bose.get_by_text("Alice Martin n’envoie pas d’image.")).to_be_visible()
        shoot(bose, "call-no-picture-desk")
        alice.get_by_role("button", name="Son seul").click()
        expect(bose.get_by_text("Alice Martin est en son seul.")).to_be_visible()
        shoot(alice, f"call-audio-only-{width}")
        check_axe(alice)
        assert (box_of(alice, ".call-stage"), box_of(alice, ".call-controls")) == before
        alice.get_by_role("button", name="Quitter l’appel").click()
        expect(alice.get_by_role("status").first).to_have_text("Vous avez quitté l’appel.")
        expect(bose.get_by_role("status").first).to_have_text("Alice Martin a quitté l’appel.")
        shoot(alice, f"call-ended-{width}")
        alice.get_by_role("button", name="Revenir dans l’appel").click()
        until_state(bose, "connected")


def test_nothing_is_asked_of_the_devices_before_a_gesture(
    browser: Browser, contexts: list[BrowserContext], dressed: Relay
) -> None:
    with serving(dressed) as port:
        page = visit(browser, contexts, port)
        page.evaluate(
            "() => { globalThis.asked = 0; const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
            " navigator.mediaDevices.getUserMedia = (c) => { globalThis.asked += 1; return real(c); }; }"
        )
        mount(page, "patient")
        page.evaluate("harness.mountEquipment(20)")
        page.wait_for_timeout(500)
        assert page.evaluate("asked") == 0
        page.get_by_role("button", name="Entrer dans l’appel").click()
        page.wait_for_function("() => asked > 0")


def test_keys_work_in_the_call_and_not_while_one_types(
    browser: Browser, contexts: list[BrowserContext], dressed: Relay
) -> None:
    with serving(dressed) as port:
        page = mount(visit(browser, contexts, port), "patient")
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('textarea'), {ariaLabel: 'note'}))"
        )
        page.get_by_role("button", name="Entrer dans l’appel").click()
        page.wait_for_function("() => harness.view().local.mic === 'on'")
        page.keyboard.press("m")
        page.wait_for_function("() => harness.view().local.mic === 'off'")
        page.get_by_role("textbox", name="note").press_sequentially("mcs")
        assert page.evaluate("harness.view().local") == {
            "mic": "off",
            "camera": "on",
            "audioOnly": False,
            "problems": {},
        }
        # One's own picture goes round the corners by keyboard.
        corner = "document.querySelector('.call-self').dataset.corner"
        before = page.evaluate(corner)
        page.get_by_role("button", name="Vous : déplacer votre image").press("Enter")
        assert page.evaluate(corner) != before


@pytest.mark.long
@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "Votre navigateur bloque la caméra."),
        ("NotReadableError", "Une autre application utilise la caméra."),
        ("NotFoundError", "Aucune caméra n’est branchée."),
    ],
)
def test_a_camera_that_fails_leaves_a_call_with_sound(
    error: str, words: str, browser: Browser, contexts: list[BrowserContext], dressed: Relay
) -> None:
    with serving(dressed) as port:
        alice = visit(browser, contexts, port, width=390)
        alice.evaluate(
            "error => { const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
            " navigator.mediaDevices.getUserMedia = (c) => c.video ? Promise.reject(new DOMException('', error)) : real(c); }",
            error,
        )
        mount(alice, "patient")
        bose = mount(visit(browser, contexts, port), "practitioner")
        for page in (alice, bose):
            page.get_by_role("button", name="Entrer dans l’appel").click()
        until_state(bose, "connected")
        expect(alice.get_by_text(words)).to_be_visible()
        expect(bose.get_by_text("Alice Martin n’envoie pas d’image.")).to_be_visible()
        shoot(alice, f"call-camera-{error}-phone")
        check_axe(alice)


@pytest.mark.long
def test_a_permission_that_the_browser_really_denies(play: Playwright, dressed: Relay) -> None:
    flags = [flag for flag in FLAGS if "fake-ui" not in flag]
    with serving(dressed) as port:
        browser = play.chromium.launch(executable_path=BROWSER, args=flags)
        page = mount(visit(browser, [], port, lang="en"), "patient")
        page.get_by_role("button", name="Join the call").click()
        expect(page.get_by_text("Your browser blocks the microphone.")).to_be_visible()
        expect(page.get_by_text("Your browser blocks the camera.")).to_be_visible()
        shoot(page, "call-denied-en-desk")
        browser.close()


@pytest.mark.parametrize("width", BOTH)
def test_the_equipment_check_says_each_result(
    width: str, browser: Browser, contexts: list[BrowserContext], dressed: Relay
) -> None:
    with serving(dressed) as port:
        page = visit(
            browser, contexts, port, width=WIDTHS[width], color_scheme="dark" if width == "phone" else "light"
        )
        page.evaluate("harness.mountEquipment(23)")
        check_axe(page)
        page.get_by_role("button", name="Essayer caméra et micro").click()
        expect(page.get_by_text("Vous vous voyez : la caméra fonctionne.")).to_be_visible()
        expect(page.get_by_text("Nous vous entendons : le microphone fonctionne.")).to_be_visible()
        expect(page.get_by_text("Le réseau répond en 23 ms.")).to_be_visible()
        expect(page.get_by_text("Ce service n’a pas de relais.")).to_be_visible()
        page.get_by_role("button", name="Jouer un son").click()
        page.get_by_role("button", name="Oui, entendu").click()
        expect(page.get_by_text("Vous pouvez continuer malgré ce qui manque : relais.")).to_be_visible()
        shoot(page, f"check-done-{width}")
        check_axe(page)
        page.get_by_role("button", name="Continuer par écrit, dans les messages").click()
        assert page.evaluate("harness.paths") == ["text"]


@pytest.mark.long
def test_a_silent_microphone_is_named_after_three_seconds(
    browser: Browser, contexts: list[BrowserContext], dressed: Relay
) -> None:
    with serving(dressed) as port:
        page = visit(browser, contexts, port, width=390)
        page.evaluate(
            """() => { const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async (c) => { const stream = await real(c);
            if (c.audio) { const silent = new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
            for (const t of stream.getAudioTracks()) stream.removeTrack(t); stream.addTrack(silent); } return stream; }; }"""
        )
        page.evaluate("harness.mountEquipment(null)")
        page.get_by_role("button", name="Essayer caméra et micro").click()
        expect(page.get_by_text("Dites quelques mots.")).to_be_visible()
        expect(page.get_by_text("Le microphone est silencieux depuis trois secondes.")).to_be_visible(
            timeout=10_000
        )
        expect(page.get_by_text("Le service ne répond pas.")).to_be_visible()
        shoot(page, "check-silent-phone")
        # Nobody is stopped.
        page.get_by_role("button", name="Continuer en son seul").click()
        assert page.evaluate("harness.paths") == ["audio"]


def test_a_tampered_call_says_so_in_a_sentence(
    browser: Browser, contexts: list[BrowserContext], dressed: Relay
) -> None:
    from tests.attacks.between.test_between_two_callers import on_descriptions, swap_and_restate

    dressed.meddle = on_descriptions(swap_and_restate)
    with serving(dressed) as port:
        alice = mount(visit(browser, contexts, port, width=390), "patient")
        bose = mount(visit(browser, contexts, port), "practitioner")
        for page in (alice, bose):
            page.get_by_role("button", name="Entrer dans l’appel").click()
        expect(alice.get_by_role("status").first).to_contain_text(
            "Rien ne prouve que l’appareil en face est celui de Dr Bose"
        )
        shoot(alice, "call-refused-phone")
