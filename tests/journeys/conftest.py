"""The browser's half, built once for the run in a folder of its own: a build beside it takes nothing away."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings

from colloque.config import static
from colloque.pages import build
from tests.care import RunningVault, configured, running_vault  # noqa: F401  a fixture
from tests.conftest import turn
from tests.journeys.browser import DESK, Stage, add_authenticator, open_browser, seen, staged
from tests.journeys.steps import confirm_bose, invite_bose, join, open_practice
from tests.live import ORIGIN, LiveWeb

# A busy machine is slow, not wrong: a wait ends as soon as what is waited for is there.

WEB = Path(__file__).parents[2] / "web"


@pytest.fixture(scope="session", autouse=True)
def built() -> Iterator[Path]:
    with turn("built") as shared:
        folder = shared / "built"
        if not (folder / "manifest.json").exists():
            only = os.environ.get("COLLOQUE_ONLY_PAGES")
            command = ["node", "build.mjs", f"--out={folder}", *([f"--only={only}"] if only else [])]
            subprocess.run(command, cwd=WEB, check=True, timeout=120)
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps a loop running in the test's thread, where tests look into the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        patch.setattr(build, "BUILT", folder)
        patch.setattr(static, "BUILT", folder)
        yield folder


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as one:
        yield one


@pytest.fixture
def web(running_vault: RunningVault, stage: Stage, settings: Settings, tmp_path: Path) -> Iterator[LiveWeb]:  # noqa: F811
    """The web and the vault, as if they were deployed."""
    settings.COLLOQUE_VAULT_PROXY = True
    with configured(running_vault, settings, tmp_path / "blobs"), stage.web() as live:
        yield live


@pytest.fixture
def browser(web: LiveWeb, stage: Stage) -> Browser:
    """A Chromium that reaches them by their public name."""
    return stage.browser


@dataclass
class House:
    """Les Tilleuls, with its manager and Dr Bose, each at a browser."""

    manon: Page
    bose: Page


@pytest.fixture
def house(browser: Browser) -> House:
    manon, bose = (open_browser(browser, viewport=DESK) for _ in range(2))
    for page in (manon, bose):
        add_authenticator(page)
    open_practice(manon)
    confirm_bose(manon, join(bose, invite_bose(manon)))
    bose.goto(f"{ORIGIN}/desk")
    bose.get_by_role("switch", name="Vous n’êtes pas de garde").click()
    expect(seen(bose, "Vous êtes de garde", exact=True)).to_be_visible()
    return House(manon, bose)
