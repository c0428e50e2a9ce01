"""The vault's cast, for one ledger that real devices signed."""

from tests.vault.conftest import cast, check_log, enrolled, settings, time  # noqa: F401  fixtures
