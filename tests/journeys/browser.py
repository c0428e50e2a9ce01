"""A real Chromium at the web as it runs: its own origin, a virtual authenticator, and a look at each screen."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connections
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.engine import CHROMIUM
from tests.live import ORIGIN, LiveWeb, running_web

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--use-fake-device-for-media-stream=fps=5",
         "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required"]  # fmt: skip
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True)
class Stage:
    """One Chromium for a whole file, and the port at which it finds the public origin."""

    browser: Browser
    door: socket.socket

    @contextmanager
    def web(self) -> Iterator[LiveWeb]:
        """The web of one test, and the profiles that its people open there."""
        with running_web(self.door) as web:
            yield web
            for context in self.browser.contexts:
                context.close()
            # Under Playwright's loop Django keeps a connection of its own for this thread; nobody else can close it.
            connections.close_all()


@contextmanager
def staged() -> Iterator[Stage]:
    with socket.create_server(("127.0.0.1", 0)) as door, sync_playwright() as play:
        origin, port = ORIGIN.removeprefix("http://"), door.getsockname()[1]
        browser = play.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, f"--host-resolver-rules=MAP {origin} 127.0.0.1:{port}"]
        )
        yield Stage(browser, door)
        browser.close()


def open_browser(browser: Browser, **more: Any) -> Page:
    """One person's browser profile. Whatever the page's script throws fails the test.

    Nothing moves on its own there, for a browser that draws all the time is slow at everything else.
    """
    usual = {"viewport": PHONE, "locale": "fr-FR", "reduced_motion": "reduce"}
    context = browser.new_context(**{**usual, **more})
    context.set_default_timeout(20_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_policy(said.text) else None)
    page.faults = faults  # type: ignore[attr-defined]
    return page


def seen(page: Page, words: str, *, exact: bool = False) -> Locator:
    """What one reads on the page. The live regions say the same words again for a moment, to be heard, not seen."""
    return page.locator("body > :not(.aloud)").get_by_text(words, exact=exact)


def is_policy(text: str) -> bool:
    return "Content Security Policy" in text or "TrustedHTML" in text or "Trusted Type" in text


def add_authenticator(page: Page, *, prf: bool = True) -> Any:
    """Give the page a passkey holder that answers at once; return the session to steer it with."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "ctap2Version": "ctap2_1",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "hasPrf": prf,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, made["authenticatorId"]


def look(page: Page, name: str, *, rules: str = "") -> None:
    """Check the screen: nothing wider than the window, no violation that axe knows, no fault; keep a picture if asked.

    `rules` is one of axe's tags, where the others, and the widths, were looked at before.
    """
    assert page.faults == []  # type: ignore[attr-defined]
    folder = os.environ.get("COLLOQUE_SHOTS")
    before = page.viewport_size
    widths = {"390": PHONE, "1280": DESK} if folder or not rules else {}
    for width, size in widths.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{name} is too wide at {width}"
        )
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    if before and widths:
        page.set_viewport_size(before)
    found = violations(page, rules)
    assert not found, f"{name}: {found}"


def violations(page: Page, rules: str = "") -> list[str]:
    """Run axe in an isolated world of the browser: the page's own policy lets no other script in."""
    # The session stays: Chromium takes a page's virtual authenticators away when any session of it is detached.
    session = getattr(page, "axe", None) or page.context.new_cdp_session(page)
    page.axe = session  # type: ignore[attr-defined]
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})[
        "executionContextId"
    ]
    here = {"contextId": world, "returnByValue": True}
    if (
        session.send("Runtime.evaluate", {"expression": "typeof axe", **here})["result"]["value"]
        == "undefined"
    ):
        session.send("Runtime.evaluate", {"expression": AXE.read_text(), "contextId": world})
    options = {"resultTypes": ["violations"], **({"runOnly": [rules]} if rules else {})}
    told = session.send(
        "Runtime.evaluate",
        {
            "expression": f"axe.run(document, {json.dumps(options)}).then(r => JSON.stringify("
            "r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '))))",
            "awaitPromise": True,
            **here,
        },
    )
    if "exceptionDetails" in told:
        raise AssertionError(told["exceptionDetails"])
    return list(json.loads(told["result"]["value"]))
