"""What a signed description must say, and what two of everything would open."""

from datetime import timedelta

import pytest

from colloque.client.call import Description, find_problem, made_up_sdp, read_sdp
from colloque.client.errors import NotProven
from colloque.kernel.clock import to_wire
from tests.conftest import Clock

OFFER = Description("offer", made_up_sdp("actpass"))


def said(clock: Clock, **changes: str) -> dict[str, str]:
    body = {"id": "1", "at": to_wire(clock.at), "consultation": "c", "role": "offer", **read_sdp(OFFER.sdp)}
    return {**body, **changes}


def test_a_statement_that_agrees_is_taken(clock: Clock) -> None:
    assert find_problem(said(clock), OFFER, "c") is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"consultation": "another"}, "elsewhere"),
        ({"role": "answer"}, "altered"),
        ({"fingerprint": read_sdp(made_up_sdp("actpass"))["fingerprint"]}, "altered"),
        ({"setup": "active"}, "altered"),
        ({"ice_ufrag": "other"}, "altered"),
        ({"at": "yesterday"}, "stale"),
    ],
)
def test_what_disagrees_is_named(clock: Clock, changes: dict[str, str], problem: str) -> None:
    assert find_problem(said(clock, **changes), OFFER, "c") == problem


def test_an_old_statement_is_stale(clock: Clock) -> None:
    body = said(clock)
    clock.advance(timedelta(seconds=121))
    assert find_problem(body, OFFER, "c") == "stale"


@pytest.mark.parametrize("attribute", ["a=fingerprint:", "A=FINGERPRINT:"])
def test_a_second_fingerprint_is_refused_however_it_is_written(attribute: str) -> None:
    other = read_sdp(made_up_sdp("actpass"))["fingerprint"]
    with pytest.raises(NotProven, match="2 values"):
        read_sdp(f"{OFFER.sdp}{attribute}{other}\r\n")


@pytest.mark.parametrize("line", ["fingerprint", "setup", "ice-ufrag"])
def test_a_description_without_one_of_them_is_refused(line: str) -> None:
    kept = [one for one in OFFER.sdp.splitlines() if not one.startswith(f"a={line}:")]
    with pytest.raises(NotProven, match="0 values"):
        read_sdp("\r\n".join(kept))


def test_another_hash_is_refused() -> None:
    with pytest.raises(NotProven, match="SHA-256"):
        read_sdp(OFFER.sdp.replace("sha-256", "sha-1"))
