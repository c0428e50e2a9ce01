from tests.video.conftest import *  # noqa: F403  fixtures
