"""Each release's asset manifest is a line, by the web's word, once."""

from collections.abc import Callable
from contextlib import closing

import pytest

from colloque.ledger.verify import Report
from colloque.vault.client import VaultClient
from colloque.vault.errors import Malformed, NotAllowed
from tests.vault.cast import Cast

ONE, TWO = "1" * 64, "2" * 64


def test_a_release_is_published_once_and_again_when_another_came_between(
    cast: Cast, check_log: Callable[[], Report]
) -> None:
    wrote = [cast.web.publish_assets(name, version="1.0", files=3) for name in (ONE, ONE, TWO, TWO, ONE)]
    assert wrote == [True, False, True, False, True]
    lines = cast.lines("assets-published")
    assert [line["detail"]["manifest"] for line in lines] == [ONE, TWO, ONE]
    told = cast.http.get("/vault/directory/assets").json()
    assert len(told["statements"]) == 3
    assert all(one["proof"] for one in told["statements"])
    check_log()


def test_nobody_but_the_web_publishes_one(cast: Cast) -> None:
    for name in ("officer", "operator", "mailer"):
        with closing(VaultClient(cast.url, cast.services[name])) as other, pytest.raises(NotAllowed):
            other.publish_assets(ONE, version="1.0", files=3)
    assert cast.error(cast.manon.say("assets", manifest=ONE, version="1.0", files=3)) == (403, "not-allowed")
    for wrong in ("", "1" * 63, "G" * 64):
        with pytest.raises(Malformed):
            cast.web.publish_assets(wrong, version="1.0", files=3)
    assert not cast.lines("assets-published")
