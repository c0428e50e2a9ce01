"""A server in hostile hands: the real one, with a hand in what it answers to one browser; and people to try it on."""

import pytest

from colloque.client.account import Account
from tests.attacks.held.server import Server


@pytest.fixture
def server(alice: Account, monkeypatch: pytest.MonkeyPatch) -> Server:
    return Server(alice.browser, monkeypatch)
