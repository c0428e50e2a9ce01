"""Attacks on the ledger (docs/hostile-server.md): a test for each row, by its name.

The TypeScript ones: web/tests/hostile/ledger.test.ts.
"""

import json
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from colloque.client.account import Account
from colloque.client.directory import Directory
from colloque.client.http import Browser
from colloque.client.person import Person
from colloque.client.records import create_record, open_compartment
from colloque.client.vault import read_lines
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.ids import new_id
from colloque.ledger.checkpoint import Signer
from tests.attacks.held.server import Server, refused
from tests.attacks.held.vault import ORIGIN, HeldVault


def test_a_checkpoint_that_the_ledger_did_not_sign(alice: Account, server: Server) -> None:
    def unsign(told: Any) -> None:
        note, _, _ = told["checkpoint"].rpartition("— ")
        told["checkpoint"] = f"{note}— colloque.localhost/ledger AAAAAAAA\n"

    server.lies("post", "/vault/lines", unsign)
    with refused("signature"):
        read_lines(alice.person)


def _known() -> tuple[HeldVault, Directory, Person, Person]:
    """A client that has looked up one person, and not yet the other."""
    vault = HeldVault()
    people = [Person(cast("Browser", None), "patient", id=new_id()) for _ in range(2)]
    for one in people:
        vault.register(one)
    client = Directory(cast("Browser", vault))
    client.person(people[0].id)
    return vault, client, *people


def test_a_ledger_with_another_key() -> None:
    vault, client, _, other = _known()
    vault.signer = Signer(ORIGIN, Ed25519PrivateKey.generate())
    with refused("ledger-key-changed"):
        client.person(other.id)


def test_a_forked_ledger(alice: Account, server: Server, zoe: Account, practice: str) -> None:
    read_lines(alice.person)
    create_record(zoe.person, "file", practice)  # the ledger grows
    server.lies("get", "/vault/proof/consistency", lambda told: told.update(proof=[b64u_encode(bytes(32))]))
    with refused("fork"):
        read_lines(alice.person)


def test_a_ledger_rolled_back(alice: Account, server: Server, practice: str) -> None:
    kept = server.keeps("post", "/vault/lines")
    read_lines(alice.person)
    open_compartment(alice.person, create_record(alice.person, "file", practice), "identity", "own-record")
    before = kept[0]
    server.lies("post", "/vault/lines", lambda told: told.update(before))
    with refused("older"):
        read_lines(alice.person)


def test_a_ledger_cut_short() -> None:
    vault, client, _, other = _known()
    vault.texts.pop()
    vault.append("sign-in")
    vault.append("sign-in")
    vault.published.pop(f"persons/{other.id}")
    vault.register(other)
    with refused("fork"):
        client.person(other.id)


def test_an_altered_line(alice: Account, server: Server) -> None:
    def hide(told: Any) -> None:
        entry = told["lines"][-1]
        fields = json.loads(entry["line"])
        fields["actor"] = "00000000-0000-4000-8000-000000000000"
        entry["line"] = json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    server.lies("post", "/vault/lines", hide)
    with refused("inclusion"):
        read_lines(alice.person)


def test_a_line_with_the_proof_of_another(alice: Account, server: Server, practice: str) -> None:
    open_compartment(alice.person, create_record(alice.person, "file", practice), "identity", "own-record")

    def swap(told: Any) -> None:
        first, *_, last = told["lines"]
        first["proof"], last["proof"] = last["proof"], first["proof"]

    server.lies("post", "/vault/lines", swap)
    with refused("inclusion"):
        read_lines(alice.person)


def test_a_name_that_is_said_to_be_anothers(alice: Account, server: Server, practice: str) -> None:
    open_compartment(alice.person, create_record(alice.person, "file", practice), "identity", "own-record")

    def take(told: Any) -> None:
        name = next(one for one in told["names"] if one["value"] != alice.person.id)
        name["value"] = alice.person.id

    server.lies("post", "/vault/lines", take)
    with refused("name"):
        read_lines(alice.person)
