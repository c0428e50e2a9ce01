"""By keyboard alone: what a story clicks, checks and fills is reached by Tab, seen to have the focus, and done by keys."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.access import FOCUS

MOST_TABS = 120
IS_THERE = """wanted => {
  const here = document.activeElement;
  return here === wanted || (here.type === 'radio' && wanted.type === 'radio' && here.name === wanted.name);
}"""


@contextmanager
def keyboard_only() -> Iterator[None]:
    """No pointer: every page of the story is walked by Tab, Enter, Space, the arrows of a group, and typing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", lambda at, **_: press(at))
        patch.setattr(Locator, "check", lambda at, **_: choose(at))
        patch.setattr(Locator, "fill", lambda at, value, **_: write(at, value))
        yield


def press(at: Locator) -> None:
    reach(at)
    at.page.keyboard.press("Enter")


def choose(at: Locator) -> None:
    """Space; in a group of radios the arrows come first, as only one of them is a stop."""
    wanted = reach(at)
    for _ in range(20):
        if wanted.evaluate("e => e === document.activeElement"):
            break
        at.page.keyboard.press("ArrowDown")
    if not at.is_checked():
        at.page.keyboard.press("Space")
    expect(at).to_be_checked()


def write(at: Locator, value: str) -> None:
    reach(at)
    keyboard = at.page.keyboard
    if at.get_attribute("type") == "date":
        write_date(at, value)
        return
    keyboard.press("Control+A")
    keyboard.insert_text(value)
    expect(at).to_have_value(value)


def write_date(at: Locator, value: str) -> None:
    """In the order of the browser's own language, which is not the page's."""
    year, month, day = value.split("-")
    for digits in (month + day + year, day + month + year):
        for _ in range(2):
            at.page.keyboard.press("ArrowLeft")
        at.page.keyboard.type(digits)
        if at.input_value() == value:
            return
    raise AssertionError(f"{value} can't be typed")


def reach(at: Locator) -> Any:
    """Tab on until it has the focus, and is seen to have it: whoever is caught before gets no further."""
    page = at.page
    expect(at).to_be_enabled()
    wanted = at.element_handle()
    for _ in range(MOST_TABS):
        if page.evaluate(IS_THERE, wanted):
            here = page.evaluate(FOCUS)
            assert here["isThere"] and here["isSeen"], here
            return wanted
        page.keyboard.press("Tab")
        if not wanted.evaluate("e => e.isConnected"):  # the page made it anew meanwhile
            wanted = at.element_handle()
    raise AssertionError(f"no Tab leads to {re.sub(' +', ' ', wanted.evaluate('e => e.outerHTML'))[:160]}")
