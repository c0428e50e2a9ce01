"""The vault's clock back and forth: a wrong clock refuses, and the log's own time never goes back."""

from datetime import timedelta

import httpx
import pytest

from tests.vault.cast import Cast
from tests.vault.conftest import *  # noqa: F403 – its fixtures: a vault with a clock in the hand


@pytest.mark.parametrize("hours", [-30, -1, 1, 30])
def test_a_clock_that_jumps_refuses_until_it_is_right_and_dates_no_line_back(cast: Cast, hours: int) -> None:
    early = cast.ask(cast.alice, (cast.file, "identity"))
    assert cast.post("release", early.envelope).is_success
    asked = cast.ask(cast.alice, (cast.file, "nir"))
    cast.time.at += timedelta(hours=hours)
    response = cast.post("release", asked.envelope)
    assert (response.status_code, response.json()["error"]) == (httpx.codes.FORBIDDEN, "clock")
    assert not [line for line in cast.lines("release") if line["id"] == asked.request]
    # Devices that go with it are let in, and what they did is not dated before what was.
    again = cast.ask(cast.alice, (cast.file, "nir"))
    assert cast.post("release", again.envelope).is_success
    cast.time.at -= timedelta(hours=hours)
    times = [line["time"] for line in cast.lines()]
    assert times == sorted(times)
