from tests.accounts.conftest import *  # noqa: F403  fixtures
