"""A network that goes in the middle of a form: before the request has left, or while its answer is under way."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Locator, Page, Route, expect
from playwright.sync_api import TimeoutError as Expired

from tests.live import ORIGIN

SECONDS = 40
# What stands in a field, by its label or as itself.
type Typed = Mapping[str | Locator, str | bool]
LEFT_OUT = {"content-length", "accept-encoding", "connection"}


def trouble(page: Page) -> Locator:
    """The sentence that says that something did not go through."""
    return page.locator("main").locator(".failure, .notice[data-tone=harm]").filter(has_text="connexion")


# The waits between two tries, of which a page makes several before it says so, are a tenth as long.
IMPATIENT = """() => {
  if (globalThis.patient) return;
  const patient = globalThis.patient = globalThis.setTimeout;
  const waits = [400, 500, 1200, 1500, 3000, 5000];
  globalThis.setTimeout = (work, wait, ...more) => patient(work, waits.includes(wait) ? wait / 10 : wait, ...more);
}"""


def press_through(
    page: Page,
    port: int,
    button: Locator,
    arrived: Locator,
    typed: Typed | None = None,
    *,
    to: str = "",
) -> None:
    """Press without a network, then with the first answer lost, until one arrives; what was `typed` stands."""
    expect(button).to_be_visible()
    page.evaluate(IMPATIENT)
    page.context.set_offline(True)
    button.click()
    expect(trouble(page).first).to_be_visible()
    for named, value in (typed or {}).items():
        field = page.get_by_label(named, exact=True) if isinstance(named, str) else named
        if isinstance(value, bool):
            expect(field).to_be_checked(checked=value)
        else:
            expect(field).to_have_value(value)
    page.context.set_offline(False)
    with lost_answer(page, port, to):
        press_until(page, button, arrived)


def press_until(page: Page, button: Locator, arrived: Locator) -> None:
    until = time.monotonic() + SECONDS
    while not arrived.is_visible():
        assert time.monotonic() < until, page.locator("main").inner_text()
        # Some acts are asked for again by themselves: the button may be gone by now.
        if button.is_visible():
            with suppress(Expired):
                button.click(timeout=2_000)
        page.wait_for_timeout(200)


@contextmanager
def lost_answer(page: Page, port: int, to: str = "", *, for_good: bool = False) -> Iterator[None]:
    """The next thing that the page sends, whose address ends with `to`, is done; the page never hears of it.

    With `for_good` nor does it hear by asking again, for as long as this lasts.
    """
    lost: list[str] = []

    def pass_on(route: Route) -> None:
        asked = route.request
        if asked.method == "GET" or not asked.url.endswith(to) or (lost and not for_good):
            route.continue_()
            return
        if lost:
            route.abort("internetdisconnected")
            return
        lost.append(asked.url)
        headers = {name: value for name, value in asked.all_headers().items() if name not in LEFT_OUT}
        headers = {name: value for name, value in headers.items() if not name.startswith(":")}
        httpx.request(
            asked.method,
            f"http://127.0.0.1:{port}{urlsplit(asked.url).path}",
            headers={**headers, "host": urlsplit(ORIGIN).netloc},
            content=asked.post_data_buffer or b"",
            timeout=30,
            trust_env=False,
        )
        route.abort("connectionreset")

    page.route("**/{api,vault}/**", pass_on)
    try:
        yield
    finally:
        page.unroute("**/{api,vault}/**", pass_on)
    assert lost, "nothing was sent"
