from collections.abc import Callable, Iterator

import pytest

from colloque.incidents import appointing, tail
from colloque.incidents.models import Tail
from colloque.incidents.tail import Watch
from colloque.vault.client import VaultClient, load
from tests.care import (  # noqa: F401  fixtures
    RunningVault,
    care,
    check_log,
    running_vault,
    ward,
)
from tests.people import Someone, Ward


@pytest.fixture
def service(care: RunningVault) -> Iterator[Callable[[str], VaultClient]]:  # noqa: F811
    """A client that signs as one of the services."""
    made: list[VaultClient] = []

    def make(name: str) -> VaultClient:
        made.append(VaultClient(care.url, load(care.keys / f"{name}.json")))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def odile(ward: Ward, service: Callable[[str], VaultClient]) -> Someone:  # noqa: F811
    return officer(ward, "odile", "security", service("operator"))


@pytest.fixture
def paul(ward: Ward, service: Callable[[str], VaultClient]) -> Someone:  # noqa: F811
    return officer(ward, "paul", "dpo", service("operator"))


def officer(ward: Ward, name: str, office: str, operator: VaultClient) -> Someone:  # noqa: F811
    who = ward.someone(name, "patient")
    appointing.appoint(who.person, office, operator)
    return who


@pytest.fixture
def watch(ward: Ward) -> Watch:  # noqa: F811
    """A worker that has read all there was before this test."""
    Tail.objects.create(id=1, next=tail.size())
    return Watch()
