from tests.care import care, check_log, live_ward, running_vault, ward  # noqa: F401  fixtures
