"""What axe does not see: the focus on its way, a narrow window, a display of few colours, the tree that is read aloud."""

from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

from tests.journeys.browser import DESK, PHONE

# Where the focus is: its place among the elements, whether it can be seen, and whether one sees that it is there.
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const card = at.closest('.choice, .drop') ?? at;
  const near = [style, getComputedStyle(card), getComputedStyle(at.nextElementSibling ?? at)];
  return {
    place: [...document.querySelectorAll('*')].indexOf(at),
    isThere: box.width > 0 && box.height > 0,
    isSeen: near.some(one => one.outlineStyle !== 'none' || one.boxShadow !== 'none'),
    what: at.outerHTML.slice(0, 120),
  };
}"""
# Each place that the focus comes to, from here on: a key of the keyboard costs one trip to the browser and not two.
FOLLOW = f"""() => {{
  globalThis.followed = [];
  addEventListener('focusin', () => globalThis.followed.push(({FOCUS})()));
}}"""
# The narrowest that must do without scrolling sideways, and a wide screen at 200 %.
NARROW = {"320": {"width": 320, "height": 640}, "640": {"width": 640, "height": 450}}
TOO_WIDE = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return null;
  const all = [...document.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > innerWidth + 1);
  return all.map(one => one.outerHTML.slice(0, 80)).at(-1) ?? 'the page';
}"""
# What is cut off where nobody can scroll to it. What is one pixel large is there to be heard.
CUT_OFF = """() => [...document.body.querySelectorAll('*')].filter(one => {
  if (!one.checkVisibility({visibilityProperty: true}) || !one.innerText?.trim() || one.clientWidth <= 1) return false;
  const {overflowX, overflowY} = getComputedStyle(one), cuts = how => how === 'hidden' || how === 'clip';
  return (cuts(overflowX) && one.scrollWidth > one.clientWidth + 1) ||
    (cuts(overflowY) && one.scrollHeight > one.clientHeight + 1);
}).map(one => one.outerHTML.slice(0, 120))"""
STANDARD, LARGE = ({"standard": size, "fixed": size * 13 // 16} for size in (16, 32))
# Where a display brings its own colours, backgrounds and shadows are gone: an edge or a line under the words is left.
WITHOUT_EDGE = """() => [...document.querySelectorAll(
    'button, .button, input:not([type=hidden]), select, textarea, progress, [role=switch], [role=tab]')].filter(one => {
  if (!one.checkVisibility({visibilityProperty: true}) || one.closest('.aloud')) return false;
  if (one.type === 'radio' || one.type === 'checkbox' || one.type === 'file' || one.type === 'range') return false;
  const parts = [one, ...one.querySelectorAll('.switch-knob, .icon, svg')].map(part => getComputedStyle(part));
  return !parts.some(style =>
    (style.borderBlockEndStyle !== 'none' && parseFloat(style.borderBlockEndWidth) > 0) ||
    style.outlineStyle !== 'none' || style.textDecorationLine.includes('underline') || style.stroke !== 'none');
}).map(one => one.outerHTML.slice(0, 120))"""
CONTROLS = {
    "button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "listbox", "switch", "tab",
    "slider", "spinbutton", "Date", "menuitem", "DisclosureTriangle", "radiogroup", "progressbar", "meter", "dialog",
}  # fmt: skip
LANDMARKS = ("banner", "main", "contentinfo")


def troubles(page: Page) -> list[str]:
    """What is wrong on this page, in sentences; it is left as it was found."""
    return [*wide(page), *large(page), *colourless(page), *untold(page)]


def wide(page: Page) -> list[str]:
    before, found = page.viewport_size, []
    for name, size in NARROW.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if what := page.evaluate(TOO_WIDE):
            found.append(f"At {name} pixels one scrolls sideways: {what}")
    if before:
        page.set_viewport_size(before)
    return found


def large(page: Page) -> list[str]:
    """With text twice as large and a window that is not: WCAG 1.4.4, without zoom."""
    before, found = page.viewport_size, []
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": LARGE})
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if what := page.evaluate(TOO_WIDE):
            found.append(f"With large text one scrolls sideways at {size['width']}: {what}")
        found += [f"Large text is cut off at {size['width']}: {one}" for one in page.evaluate(CUT_OFF)]
    session.send("Page.setFontSizes", {"fontSizes": STANDARD})
    if before:
        page.set_viewport_size(before)
    return found


def colourless(page: Page) -> list[str]:
    """With the colours that a person has chosen for the whole machine."""
    page.emulate_media(forced_colors="active")
    found = [f"Without our colours nothing shows where it is: {one}" for one in page.evaluate(WITHOUT_EDGE)]
    page.emulate_media(forced_colors="none")
    return found


def untold(page: Page) -> list[str]:
    """The tree that the browser gives to a screen reader."""
    session = page.context.new_cdp_session(page)
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    nodes = [(role_of(one), name_of(one), one) for one in tree if not one.get("ignored")]
    roles = [role for role, _, _ in nodes]
    found = [f"There are {roles.count(one)} of {one}." for one in LANDMARKS if roles.count(one) != 1]
    levels = [int(property_of(one, "level") or 0) for role, _, one in nodes if role == "heading"]
    if levels.count(1) != 1:
        found.append(f"There are {levels.count(1)} headings of the first level.")
    found += [
        f"A heading of level {low} follows one of level {high}."
        for high, low in pairwise(levels)
        if low > high + 1
    ]
    found += [
        f"A {role} has no name: {told(session, one)}"
        for role, name, one in nodes
        if role in CONTROLS and not name
    ]
    navigations = [name for role, name, _ in nodes if role in ("navigation", "region", "complementary")]
    found += [f"Several are called {one!r}." for one in set(navigations) if navigations.count(one) > 1]
    # Both stand there before anything is said: a region that comes with its text is not heard.
    live = {property_of(one, "live") for _, _, one in nodes}
    found += [f"Nothing says what is {one}." for one in ("polite", "assertive") if one not in live]
    return found


def role_of(node: dict[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def name_of(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


def property_of(node: dict[str, Any], name: str) -> Any:
    values = [one["value"].get("value") for one in node.get("properties", []) if one["name"] == name]
    return values[0] if values else None


def told(session: Any, node: dict[str, Any]) -> str:
    html = session.send("DOM.getOuterHTML", {"backendNodeId": node["backendDOMNodeId"]})["outerHTML"]
    return str(html)[:120]
