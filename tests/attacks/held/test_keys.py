"""Attacks on keys (docs/hostile-server.md): a test for each row, by its name.

The TypeScript ones: web/tests/hostile/keys.test.ts.

Where the web lies, it is the real one that is bent; where the vault itself lies, one of our own making has
the ledger's key.
"""

from collections.abc import Callable
from typing import Any, cast

import pytest

from colloque.client.account import Account
from colloque.client.directory import Directory
from colloque.client.http import Browser
from colloque.client.person import Person
from colloque.client.practice import confirm_member
from colloque.client.records import create_record
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.ids import new_id
from tests.attacks.held.server import Server, refused
from tests.attacks.held.vault import HeldVault, practice_statement


def _person(kind: str = "professional") -> Person:
    return Person(cast("Browser", None), kind, id=new_id())


@pytest.fixture(scope="module")
def bose() -> Person:
    return _person()


@pytest.fixture(scope="module")
def mallory() -> Person:
    return _person()


class Held:
    """A practice of Dr Bose's, at a vault in hostile hands, and a client that looks it up."""

    def __init__(self, bose: Person, mallory: Person) -> None:
        self.vault, self.practice, self.bose, self.mallory = HeldVault(), new_id(), bose, mallory
        for one in (bose, mallory):
            self.vault.register(one)
        self.vault.found(self.practice, bose)
        self.client = Directory(cast("Browser", self.vault))

    @property
    def about(self) -> str:
        return f"practices/{self.practice}"

    def renew(self, by: Person, generation: int = 1) -> None:
        self.vault.publish(self.about, practice_statement(self.practice, by, generation))

    def withhold(self, about: str, at: int) -> None:
        self.vault.published[about].pop(at)

    def join(self, member: Person, by: Person) -> None:
        said = by.say(
            "member", practice=self.practice, member=member.id, roles=["practitioner"], kem_key_id=""
        )
        self.vault.publish(self.about, said)


@pytest.fixture
def held(bose: Person, mallory: Person) -> Held:
    return Held(bose, mallory)


def test_a_swapped_key_of_a_practice(alice: Account, server: Server, practice: str) -> None:
    forged = practice_statement(practice, alice.person)

    def swap(told: Any) -> None:
        for one in told["statements"]:
            one["envelope"] = forged

    server.lies("get", f"directory/practices/{practice}", swap)
    with refused("unproven"):
        create_record(alice.person, "file", practice)


def test_another_persons_key(alice: Account, server: Server, zoe: Account) -> None:
    zoes = zoe.browser.get(f"/vault/directory/persons/{zoe.person.id}")
    server.lies("get", f"persons/{alice.person.id}", lambda told: told.update(zoes))
    with refused("unproven"):
        Directory(alice.browser).person(alice.person.id)


def test_a_key_that_no_line_proves(alice: Account, server: Server) -> None:
    def forge(told: Any) -> None:
        for entry in told["statements"]:
            entry["proof"] = [b64u_encode(bytes(32)) for _ in entry["proof"]]

    server.lies("get", "directory/persons", forge)
    with refused("unproven"):
        Directory(alice.browser).person(alice.person.id)


def test_a_key_with_the_line_of_another_statement(alice: Account, server: Server) -> None:
    def swap(told: Any) -> None:
        person, device = told["statements"]
        person["envelope"], device["envelope"] = device["envelope"], person["envelope"]

    server.lies("get", "directory/persons", swap)
    with refused("unproven"):
        Directory(alice.browser).person(alice.person.id)


def test_another_key_than_the_one_remembered(held: Held) -> None:
    held.client.person(held.bose.id)
    other = _person()
    other.id = held.bose.id
    held.vault.published.pop(f"persons/{held.bose.id}")
    held.vault.register(other)
    with refused("key-changed"):
        held.client.device_key(other.author)


def test_another_key_of_a_practice_than_the_one_remembered(held: Held) -> None:
    held.renew(held.bose)
    held.client.practice(held.practice)
    held.renew(held.bose)
    held.withhold(held.about, 1)
    with refused("key-changed"):
        held.client.practice(held.practice)


def test_an_old_generation_of_a_practice(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    held.renew(held.bose)
    bent = Server(held.client.browser, monkeypatch)
    bent.lies("get", held.about, lambda told: told["statements"].pop())
    with refused("withheld"):
        held.client.practice(held.practice)


def test_an_old_generation_that_the_vault_vouches_for(held: Held) -> None:
    held.renew(held.bose)
    assert held.client.practice(held.practice).generation == 1
    held.withhold(held.about, 1)
    with refused("key-changed"):
        held.client.practice(held.practice)


def test_a_key_said_by_someone_who_is_no_member(held: Held) -> None:
    held.join(held.mallory, by=held.mallory)
    held.renew(held.mallory)
    with refused("stranger"):
        held.client.practice(held.practice)


def test_a_member_who_was_let_in_may_announce_a_key(held: Held) -> None:
    held.join(held.mallory, by=held.bose)
    held.renew(held.mallory)
    assert held.client.practice(held.practice).generation == 1


def test_a_new_members_key_swapped(alice: Account, zoe: Account, server: Server, monkeypatch: Any) -> None:
    """The server lists Zoe as waiting to be a member, with a key of its own."""
    swapped = b64u_encode(alice.person.keys.kem_key)
    listed = {"waiting": [{"person": zoe.person.id, "kem_key": swapped}], "members": [], "generation": 0}
    honest: Callable[..., Any] = alice.browser.get
    monkeypatch.setattr(
        alice.browser, "get", lambda path: listed if path.endswith("/members") else honest(path)
    )
    with refused("key-changed"):
        confirm_member(alice, new_id(), zoe.person.id, "practitioner")


def test_a_hidden_revocation(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    about = f"persons/{held.bose.id}"
    held.vault.named[about] = {"revoked": [held.bose.device]}
    bent = Server(held.client.browser, monkeypatch)
    bent.lies("get", about, lambda told: told["revoked"].clear())
    with refused("withheld"):
        held.client.is_revoked(held.bose.author)


def test_a_hidden_device(alice: Account, server: Server) -> None:
    server.lies("get", "directory/persons", lambda told: told["statements"].pop())
    with refused("withheld"):
        Directory(alice.browser).person(alice.person.id)


def test_a_revocation_hidden_by_an_old_answer(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    about = f"persons/{held.bose.id}"
    before = held.vault.get(f"/vault/directory/{about}")
    held.vault.named[about] = {"revoked": [held.bose.device]}
    held.vault.append("device-revoked")
    held.client.practice(held.practice)
    bent = Server(held.client.browser, monkeypatch)
    bent.lies("get", about, lambda told: told.update(before))
    with refused("older"):
        held.client.is_revoked(held.bose.author)


def test_a_key_shown_to_one_client_only(held: Held) -> None:
    held.client.practice(held.practice)
    held.vault.rewrite()
    held.renew(held.bose)
    with refused("fork"):
        held.client.practice(held.practice)
