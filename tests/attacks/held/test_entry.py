"""Attacks on signing in (docs/hostile-server.md): a test for each row, by its name.

The TypeScript ones: web/tests/hostile/entry.test.ts.
"""

from typing import Any

from colloque.client.account import Account, Passphrase, sign_in, sign_out
from colloque.envelope import unlock
from colloque.envelope.keys import new_secret
from tests.attacks.held.server import Server, refused


def test_a_weaker_stretching(alice: Account, server: Server) -> None:
    alice.passkey, alice.passphrase = None, Passphrase("orge cobalt tuile")
    server.lies("post", "/api/sign-in/salt", lambda told: told.update(argon2={"m": 1024, "t": 1, "p": 1}))
    with refused("stretching"):
        sign_in(alice)


def enter_bent(alice: Account, server: Server, owner: str, word: str) -> None:
    """The way in that signs in, with a root that the server put behind it: one that was made for `owner`."""
    assert alice.passkey is not None
    made = unlock.make_method(new_secret(), unlock.by_passkey(alice.passkey.prf), owner=owner).to_json()

    def swap(told: Any) -> None:
        for one in told["methods"]:
            if one["id"] == told["method"]:
                fields = ("sealed_root",) if owner == alice.person.id else ("public_key", "wrapped_seed")
                one.update({name: made[name] for name in fields})

    sign_out(alice)
    server.lies("post", "/api/sign-in/passkey", lambda told: swap(told) if "methods" in told else None)
    with refused(word):
        sign_in(alice)


def test_another_root_behind_a_way_in(alice: Account, server: Server) -> None:
    enter_bent(alice, server, alice.person.id, "sealed")


def test_another_persons_way_in(alice: Account, server: Server, zoe: Account) -> None:
    enter_bent(alice, server, zoe.person.id, "unlock")
