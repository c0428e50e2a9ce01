from tests.vault.conftest import *  # noqa: F403  fixtures
