"""One scene for a file: a database of its own, a vault over it that is well, and people."""

import os
import random
import secrets
from collections.abc import Iterator

import pytest

from colloque.kernel import clock
from tests.care import own_care  # noqa: F401  a fixture
from tests.conftest import Postgres
from tests.faults.scenes import Scene, quick_keys
from tests.vault.conftest import make_settings, playing


@pytest.fixture(scope="module")
def scene(
    postgres: Postgres, vault_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    name, folder = postgres.create(vault_template), tmp_path_factory.mktemp("faults")
    settings = quick_keys(make_settings(postgres.url(name), folder))
    with playing(settings, clock.now, folder) as cast:  # type: ignore[arg-type]
        yield Scene(cast, settings, folder)
    postgres.drop(name)


@pytest.fixture
def dice(capsys: pytest.CaptureFixture[str]) -> random.Random:
    seed = int(os.environ.get("COLLOQUE_TEST_SEED") or secrets.randbelow(2**32))
    with capsys.disabled():
        print(f"\nCOLLOQUE_TEST_SEED={seed}")
    return random.Random(seed)
