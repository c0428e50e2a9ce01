"""Which Chromium the tests drive."""

import os
import shutil

from playwright.sync_api import expect

# Of a crowded machine: what waits longer is broken, and what a person may wait for is another question.
expect.set_options(timeout=40_000)


def _find(*names: str) -> str:
    return next((found for name in names if (found := shutil.which(name))), "")


# The whole browser, whose own windows ask for permissions.
BROWSER = _find("chromium", "chromium-browser")
# The engine alone costs half as much; under SLOW=1, or where a system has none, it is the whole browser.
CHROMIUM = ("" if os.environ.get("SLOW") else _find("chromium-headless-shell")) or BROWSER
