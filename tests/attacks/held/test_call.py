"""Attacks on a call's signalling (docs/hostile-server.md): a test for each row, by its name.

The TypeScript ones: web/tests/hostile/call.test.ts.
"""

from typing import Any, cast

import pytest

from colloque.client.call import Description, Seat, made_up_sdp, read_sdp
from colloque.client.http import Browser
from colloque.client.live import Socket
from colloque.client.person import Person
from colloque.kernel.ids import new_id
from tests.attacks.held.server import refused
from tests.attacks.held.vault import HeldVault

CALL = new_id()


class Line:
    """Alice waits for Dr Bose's description; anyone may have signed what comes."""

    def __init__(self) -> None:
        self.vault = HeldVault()
        browser = cast("Browser", self.vault)
        self.bose, self.mallory = (Person(browser, "professional", id=new_id()) for _ in range(2))
        self.vault.register(self.bose)
        self.vault.register(self.mallory)
        alice = Person(browser, "patient", id=new_id())
        self.seat = Seat(alice, CALL, self.bose.id, cast("Socket", None))
        self.description = Description("offer", made_up_sdp("actpass"))

    def signed(self, by: Person, consultation: str = CALL) -> dict[str, Any]:
        return by.say(
            "fingerprint", consultation=consultation, role="offer", **read_sdp(self.description.sdp)
        )


@pytest.fixture
def line() -> Line:
    return Line()


def test_an_unsigned_fingerprint(line: Line) -> None:
    with refused("call.unsigned"):
        line.seat.check(line.description, line.signed(line.mallory))
    with refused("call.unsigned"):
        line.seat.check(line.description, {**line.signed(line.bose), "signatures": []})


def test_a_swapped_fingerprint(line: Line) -> None:
    with refused("call.altered"):
        line.seat.check(Description("offer", made_up_sdp("actpass")), line.signed(line.bose))


def test_a_call_from_a_revoked_device(line: Line) -> None:
    line.vault.named[f"persons/{line.bose.id}"] = {"revoked": [line.bose.device]}
    with refused("call.unsigned"):
        line.seat.check(line.description, line.signed(line.bose))


def test_the_call_of_another_consultation(line: Line) -> None:
    with refused("call.elsewhere"):
        line.seat.check(line.description, line.signed(line.bose, new_id()))


def test_an_old_call_shown_again(line: Line) -> None:
    said = line.signed(line.bose)
    line.seat.check(line.description, said)
    with refused("call.replayed"):
        line.seat.check(line.description, said)
