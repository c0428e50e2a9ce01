"""The browser's half, built once for the run in a folder of its own: a build beside it takes nothing away."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from colloque.config import static
from colloque.pages import build

WEB = Path(__file__).parents[2] / "web"


@pytest.fixture(scope="session", autouse=True)
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("built")
    only = os.environ.get("COLLOQUE_ONLY_PAGES")
    command = ["node", "build.mjs", f"--out={folder}", *([f"--only={only}"] if only else [])]
    subprocess.run(command, cwd=WEB, check=True, timeout=120)
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps a loop running in the test's thread, where tests look into the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        patch.setattr(build, "BUILT", folder)
        patch.setattr(static, "BUILT", folder)
        yield folder
