from tests.care import care, check_log, running_vault, ward  # noqa: F401  fixtures
