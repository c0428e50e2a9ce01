"""A server in hostile hands: the real one, with a hand in what it answers to one browser; and people to try it on."""

from collections.abc import Iterator

import pytest

from colloque.client.account import Account
from colloque.client.consultation import Visit, begin
from tests.attacks.held.server import Server
from tests.deployment import Deployment


@pytest.fixture
def server(alice: Account, monkeypatch: pytest.MonkeyPatch) -> Server:
    return Server(alice.browser, monkeypatch)


@pytest.fixture
def zoe(deployment: Deployment) -> Iterator[Account]:
    account = deployment.patient()
    yield account
    account.browser.close()


@pytest.fixture
def practice(alice: Account) -> str:
    (found,) = (one for one in alice.browser.get("/api/practices") if one["name"] == "Cabinet des Tilleuls")
    return str(found["id"])


@pytest.fixture
def visit(alice: Account, practice: str) -> Visit:
    visit = begin(alice.person, practice)
    for text in ("un", "deux", "trois"):
        visit.write("exchange", "message", {"text": text, "documents": []})
    return visit
