"""A practice's key over time, by the reference client: renewed by whoever comes next, sealed to whom the ledger names."""

import copy
from typing import Any

import pytest

from colloque.client.account import accept_invitation
from colloque.client.directory import directory_of
from colloque.client.errors import NotProven, Refused
from colloque.client.practice import (
    Practice,
    confirm_member,
    end_member,
    first_manager,
    invite,
    renew_where_needed,
)
from colloque.client.records import create_record
from colloque.kernel.ids import new_id
from tests.deployment import Deployment

BOSE = {"given": "Anil", "family": "Bose", "profession": "Médecin", "rpps": "10003456786"}


def open_practice(deployment: Deployment) -> Practice:
    made = deployment.run("first-manager", "--practice", "Les Saules", "--city", "Tours")
    link = made.stdout.strip()
    profile = {"given": "Manon", "family": "Roux", "profession": "Responsable"}
    return first_manager(link, f"{new_id()}@smoke.example", deployment.mailbox, **profile)


def test_whoever_comes_next_makes_the_key_and_the_leaver_is_named_in_vain(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = open_practice(deployment)
    manager = practice.manager
    link = invite(manager, practice.id, roles=["practitioner"], **BOSE)
    bose = accept_invitation(link, f"{new_id()}@smoke.example", deployment.mailbox)
    confirm_member(manager, practice.id, bose.person.id, "practitioner")
    directory, path = directory_of(manager.browser), f"/vault/directory/practices/{practice.id}"
    before, old = copy.deepcopy(manager.browser.get(path)), directory.practice(practice.id)
    end_member(bose, practice.id, bose.person.id)
    honest = manager.browser.get

    def hides_the_departure(asked: str, *rest: Any) -> Any:
        return copy.deepcopy(before) if asked == path else honest(asked, *rest)

    def adds_a_reader(asked: str, *rest: Any) -> Any:
        told = honest(asked, *rest)
        return {**told, "members": [*told["members"], bose.person.id]} if asked == path else told

    monkeypatch.setattr(manager.browser, "get", hides_the_departure)
    # A browser that saw a later ledger refuses what is older; to one that did not, the vault says no.
    with pytest.raises((NotProven, Refused)):
        renew_where_needed(manager)
    monkeypatch.setattr(manager.browser, "get", adds_a_reader)
    with pytest.raises(NotProven):
        renew_where_needed(manager)
    monkeypatch.setattr(manager.browser, "get", honest)

    assert renew_where_needed(manager) == [practice.id]
    newest = directory.practice(practice.id)
    assert (newest.generation, newest.public_key == old.public_key) == (1, False)
    assert renew_where_needed(manager) == []
    alice = deployment.patient()
    create_record(alice.person, "file", practice.id)
    monkeypatch.setattr(directory_of(alice.browser), "practice", lambda _: old)
    with pytest.raises(Refused) as refused:
        create_record(alice.person, "file", practice.id)
    assert refused.value.word == "old-generation"
    for one in (manager, bose, alice):
        one.browser.close()
