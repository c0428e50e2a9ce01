"""Every page of the resolver, in both languages, schemes and widths: what anyone must be able to count on."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, Page, Request, Response, expect

from colloque.accounts.actions import invite_first_manager
from tests.journeys.access import FOLLOW, troubles
from tests.journeys.browser import add_authenticator, look, open_browser
from tests.journeys.conftest import House
from tests.journeys.steps import invite_bose, session_of, sign_up
from tests.journeys.test_consultation import ask
from tests.live import ORIGIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

# Where a passphrase may be typed, and so stretched.
STRETCHES = {"sign-up", "sign-in", "recover", "reopen", "unlock", "account", "join", "first-manager"}
NO_PAGES = {"language", "health", "vault", "ledger", "assets"}
# What an officer presses, and takes away as a file.
NO_PAGES |= {
    "finding-confirm",
    "finding-dismiss",
    "finding-incident",
    "findings-dismiss",
    "incident-new",
    "scope-keep",
    "lever-pull",
    "lever-undo",
    "lever-decline",
    "stop-own",
    "incident-add",
}
NO_PAGES |= {"incident-export", "scope-file"}
# Read by people without a practice, whom test_officer.py follows.
NO_PAGES |= {
    "officer",
    "officer-practices",
    "finding",
    "findings",
    "incident",
    "scopes",
    "scope-new",
    "scope",
    "lift",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob:",
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self' ws://localhost:8000",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
# Names of people and places, and the other language's own name, stand in both languages.
NOT_ENGLISH = re.compile(r"[éèêàçùôîœ]|\b(?:vous|votre|les|une|pour)\b", re.IGNORECASE)
NAMES = ("Les Tilleuls", "Médecin généraliste", "Français", "Téléphone")


@dataclass(eq=False)
class Reader:
    """Someone who visits pages, and what their browser said meanwhile."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on(
            "console", lambda one: self.said.append(one.text) if one.type in ("error", "warning") else None
        )
        self.page.on("request", self._ask)

    def _ask(self, request: Request) -> None:
        if not request.url.startswith((f"{ORIGIN}/", "blob:", "data:")):
            self.asked.append(request.url)

    def visit(self, name: str, path: str, language: str, *, thorough: bool) -> None:
        page = self.page
        self.said.clear()
        page.context.add_cookies([{"name": "language", "value": language, "url": ORIGIN}])
        if "#" in path:
            page.goto("about:blank")  # an address that differs behind the '#' would not be loaded again
        response = page.goto(ORIGIN + path)
        assert response is not None
        check_headers(response, name)
        if name != "style":  # which shows what is under way
            expect(page.locator("main [aria-busy=true], .skeleton")).to_have_count(0)
        look(page, f"page-{name}-{language}")
        if thorough:
            # Of the other scheme, only the colours are new to axe.
            page.emulate_media(color_scheme="dark")
            look(page, f"page-{name}-{language}-dark", rules="cat.color")
            page.emulate_media(color_scheme="light")
        assert page.evaluate("document.documentElement.lang") == language
        assert page.evaluate("document.title").strip().removesuffix("– Colloque").strip()
        assert page.locator("h1").count() == 1, name
        if language == "en" and name != "style":  # whose samples are in the language of the source
            check_english(page, name)
        if thorough:
            assert troubles(page) == [], name
            check_focus(page, name)
        assert [] == self.said == self.asked, (name, self.said, self.asked)


def check_headers(response: Response, name: str) -> None:
    headers = response.headers
    told = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    script = "'self' 'wasm-unsafe-eval'" if name in STRETCHES else "'self'"
    assert told == {**POLICY, "script-src": script}, name
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    permissions = headers["permissions-policy"]
    assert "camera=(self), microphone=(self)" in permissions and "geolocation=()" in permissions
    assert "no-store" in headers.get("cache-control", "") or name in PUBLIC, name


def check_english(page: Page, name: str) -> None:
    text = page.locator("body").inner_text()
    # What says that it is French may be: the words that people compare are of one list in every language.
    for french in page.locator("body [lang=fr]").all_inner_texts():
        text = text.replace(french, "")
    for known in NAMES:
        text = text.replace(known, "")
    assert not NOT_ENGLISH.search(text), (
        name,
        [line for line in text.splitlines() if NOT_ENGLISH.search(line)],
    )
    untranslated = page.evaluate(
        "[...document.querySelectorAll('[aria-label],[title],[placeholder]')].map("
        "e => e.ariaLabel || e.title || e.placeholder).join('\\n')"
    )
    for known in NAMES:
        untranslated = untranslated.replace(known, "")
    assert not NOT_ENGLISH.search(untranslated), (name, untranslated)


def check_focus(page: Page, name: str) -> None:
    """Tab through the page: the skip link first, then each in the order of the page, none unseen."""
    page.evaluate(
        "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')"
    )
    page.evaluate(FOLLOW)
    way = walk(page)
    assert way and "skip" in way[0]["what"], (name, way[:1])
    for before, here in pairwise(way):
        assert here["isThere"] and here["isSeen"], (name, here)
        assert here["place"] > before["place"], (name, before, here)


def walk(page: Page) -> list[dict[str, Any]]:
    """Where the focus comes to until it begins again, sixty places at most."""
    way: list[dict[str, Any]] = []
    for _ in range(6):
        for _ in range(10):
            page.keyboard.press("Tab")
        way = page.evaluate("globalThis.followed")
        again = [n for n, here in enumerate(way) if n and 'class="skip"' in here["what"]]
        if again:
            return way[: again[0]]
    return way


PUBLIC = {"front", "what-the-server-reads", "offline", "style"}


def names_of_pages() -> set[str]:
    """Every page of the web process, by its name."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
        found = []
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                found += walk(one.url_patterns, route)
            elif not route.lstrip("^").startswith("api/"):
                assert one.name, f"{route} has no name"
                found.append(one.name)
        return found

    return set(walk(get_resolver().url_patterns)) - NO_PAGES


# French takes more room than English, and where the focus goes is the same in both. Colours hang on neither.
@pytest.mark.long
@pytest.mark.parametrize(("language", "thorough"), [("fr", True), ("en", False)], ids=["fr", "en"])
def test_every_page_keeps_the_promises(
    browser: Browser, house: House, settings: Any, language: str, thorough: bool
) -> None:
    settings.COLLOQUE_EMBEDDED = True
    stranger, alice = (Reader(open_browser(browser)) for _ in range(2))
    bose, manon = Reader(house.bose), Reader(house.manon)
    add_authenticator(alice.page)
    sign_up(alice.page, "alice@exemple.fr")
    ask(alice.page)
    alice.page.get_by_role("heading", name="Salle d’attente").wait_for()
    consultation = alice.page.url.rsplit("/", 1)[-1]
    alice.page.goto(f"{ORIGIN}/home")
    told = alice.page.evaluate(f"fetch('/api/consultations/{consultation}').then(r => r.json())")
    token = invite_bose(house.manon).partition("#")[2]
    first = invite_first_manager("Autre cabinet", "Tours").partition("#")[2]
    assert session_of(bose.page)["memberships"][0]["confirmed"]
    visits = {
        stranger: {
            "front": "/",
            "what-the-server-reads": "/what-the-server-reads",
            "offline": "/offline",
            "style": "/style",
            "sign-up": "/sign-up",
            "sign-in": "/sign-in",
            "recover": "/recover",
            "reopen": "/reopen",
            "join": f"/join#{token}",
            "first-manager": f"/first-manager#{first}",
        },
        alice: {
            "home": "/home",
            "request-new": "/request/new",
            "consultation": f"/consultations/{consultation}",
            "access": "/access",
            "account": "/account",
            "stop": "/stop",
            "unlock": "/unlock",
            "sign-out": "/sign-out",
        },
        bose: {
            "desk": "/desk",
            "agenda": "/agenda",
            "desk-consultation": f"/desk/{consultation}",
            "step-up": "/step-up",
            "patient-file": f"/files/{told['file']}",
        },
        manon: {
            "practice": "/practice",
            "budgets": "/practice/budgets",
            "rota": "/practice/rota",
            "erasing": "/practice/erasing",
            "custody": "/practice/custody",
            "objections": "/objections",
        },
    }
    assert {name for pages in visits.values() for name in pages} == names_of_pages()
    for reader, pages in visits.items():
        for name, path in pages.items():
            reader.visit(name, path, language, thorough=thorough)


# One of each kind, to see that they are found.
MISTAKES = """() => {
  const add = (name, style = {}, text = '') => {
    const one = document.createElement(name);
    Object.assign(one.style, style);
    one.textContent = text;
    document.querySelector('main').append(one);
  };
  document.querySelector('footer').remove();
  document.querySelector('[role=alert]').remove();
  add('h1', {}, 'Again');
  add('h4', {}, 'Too low');
  add('button', {border: 'none', outline: 'none'});
  add('div', {inlineSize: '700px', blockSize: '10px'});
  add('p', {blockSize: '20px', overflow: 'hidden'}, 'One line that becomes two.');
}"""


def test_an_error_is_a_page_too(browser: Browser) -> None:
    reader = Reader(open_browser(browser))
    for language in ("fr", "en"):
        reader.page.context.add_cookies([{"name": "language", "value": language, "url": ORIGIN}])
        response = reader.page.goto(f"{ORIGIN}/nothing-here")
        assert response is not None and response.status == 404
        check_headers(response, "error")
        look(reader.page, f"page-error-{language}")
        if language == "en":
            check_english(reader.page, "error")
    assert troubles(reader.page) == []
    reader.page.evaluate(MISTAKES)
    found = "\n".join(troubles(reader.page))
    for mistake in (
        "At 320 pixels one scrolls sideways: <div",
        "At 640 pixels one scrolls sideways: <div",
        "With large text one scrolls sideways at 390: <div",
        "Large text is cut off at 1280: <p",
        "Without our colours nothing shows where it is: <button",
        "There are 0 of contentinfo",
        "There are 2 headings of the first level",
        "A heading of level 4 follows one of level 1",
        "A button has no name: <button",
        "Nothing says what is assertive",
    ):
        assert mistake in found, (mistake, found)
