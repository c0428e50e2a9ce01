from tests.care import care, live_ward, running_vault  # noqa: F401  fixtures
