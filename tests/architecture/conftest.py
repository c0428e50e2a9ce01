from tests.care import care, running_vault, ward  # noqa: F401  fixtures
