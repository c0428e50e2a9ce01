"""Attacks on a release (docs/hostile-server.md): a test for each row, by its name.

The TypeScript ones: web/tests/hostile/release.test.ts.
"""

from collections.abc import Callable
from typing import Any

import pytest

from colloque.client.account import Account
from colloque.client.consultation import Visit
from colloque.client.records import Compartment, create_record, open_compartment
from colloque.client.vault import release_turns
from colloque.envelope.keys import Place
from colloque.kernel import dsse
from colloque.kernel.encoding import b64u_decode, b64u_encode
from colloque.vault.turn import seal_reply
from tests.attacks.held.server import Server, refused

RELEASE = "/vault/release"


@pytest.fixture
def opening(alice: Account, practice: str) -> Callable[[str], Compartment]:
    record = create_record(alice.person, "file", practice)
    return lambda compartment: open_compartment(alice.person, record, compartment, "own-record")


Opening = Callable[[str], Compartment]


def test_a_release_answered_again(server: Server, opening: Opening) -> None:
    kept = server.keeps("post", RELEASE)
    opening("identity")
    before = kept[0]
    server.lies("post", RELEASE, lambda told: told.update(before))
    with refused("receipt"):
        opening("nir")


def test_a_turn_sealed_for_another_request(server: Server, opening: Opening) -> None:
    kept = server.keeps("post", RELEASE)
    opening("identity")
    before = kept[0]
    server.lies("post", RELEASE, lambda told: told.update(sealed=before["sealed"]))
    with refused("sealed"):
        opening("nir")


def test_the_turn_of_another_compartment(
    alice: Account, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    (other,) = release_turns(alice.person, [Place(visit.id, "documents")], "own-record")
    honest = alice.browser.post

    def told(path: str, body: Any = None) -> Any:
        answer = honest(path, body)
        if path == RELEASE:
            asked = dsse.parse(body).body
            turn = {"record": visit.id, "compartment": "exchange", "epoch": 0, "turn": b64u_encode(other)}
            reply = {"turns": [turn], "refused": []}
            answer["sealed"] = b64u_encode(seal_reply(reply, b64u_decode(asked["reply_key"]), asked["id"]))
        return answer

    monkeypatch.setattr(alice.browser, "post", told)
    with refused("commitment"):
        open_compartment(alice.person, visit.id, "exchange", "own-record")


def test_a_receipt_without_its_line(server: Server, opening: Opening) -> None:
    server.lies("post", RELEASE, lambda told: told["receipt"].update(lines=[]))
    with refused("receipt"):
        opening("identity")


def test_a_receipt_whose_line_is_not_in_the_tree(server: Server, opening: Opening) -> None:
    server.lies("post", RELEASE, lambda told: told["receipt"]["lines"][0].update(leaf=b64u_encode(bytes(32))))
    with refused("inclusion"):
        opening("identity")


def test_a_receipt_that_the_ledger_did_not_sign(server: Server, opening: Opening) -> None:
    def tamper(told: Any) -> None:
        origin, size, *rest = told["receipt"]["checkpoint"].split("\n")
        told["receipt"]["checkpoint"] = "\n".join((origin, str(int(size) + 1), *rest))

    server.lies("post", RELEASE, tamper)
    with refused("signature"):
        opening("identity")
