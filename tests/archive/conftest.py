from tests.care import (  # noqa: F401  fixtures
    care,
    check_log,
    live_ward,
    own_care,
    own_ward,
    running_vault,
    ward,
)
