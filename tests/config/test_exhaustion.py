"""A database that does not answer: more requests at once than connections, or none at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from django.db import connections

from tests.care import care, running_vault  # noqa: F401  fixtures
from tests.live import ORIGIN, TOKEN, LiveWeb, running_web

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 50
CONNECTIONS = 2
HEADERS = {"Cookie": f"csrftoken={TOKEN}", "X-CSRFToken": TOKEN, "Origin": ORIGIN}


@pytest.fixture
def pool() -> Iterator[Any]:
    """Two connections for the whole web, and nobody waits long for one."""
    wrapper = connections["default"]
    wrapper.close()
    options = wrapper.settings_dict["OPTIONS"]
    options["pool"] = {"min_size": 1, "max_size": CONNECTIONS, "timeout": 0.5}
    try:
        wrapper.pool.open()
        yield wrapper.pool
    finally:
        wrapper.close()
        wrapper.close_pool()
        del options["pool"]


@pytest.fixture
def web(care: Any, pool: Any) -> Iterator[LiveWeb]:  # noqa: F811
    with running_web() as live:
        yield live


def start(web: LiveWeb, number: int) -> httpx.Response:
    return web.http.post(
        "/api/sign-up/start", json={"email": f"p{number}@exemple.fr"}, headers=HEADERS, timeout=60
    )


def test_fifty_who_sign_up_at_once_are_served_or_asked_to_wait(web: LiveWeb) -> None:
    assert start(web, AT_ONCE).status_code == 202
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        answers = list(crowd.map(lambda number: start(web, number), range(AT_ONCE)))
    assert {one.status_code for one in answers} <= {202, 503}
    assert {one.json()["error"] for one in answers if one.status_code != 202} <= {"unavailable"}
    assert start(web, AT_ONCE).status_code == 202


def test_without_a_connection_programs_and_people_are_told_to_come_back(web: LiveWeb, pool: Any) -> None:
    with ExitStack() as taken:
        for _ in range(CONNECTIONS):
            taken.enter_context(pool.connection())
        told = start(web, 0)
        page = web.http.get("/home", headers={"Cookie": f"colloque={'s' * 32}"})
    assert (told.status_code, told.json()["error"]) == (503, "unavailable")
    assert int(told.headers["retry-after"]) > 0
    assert "Réessayez dans une minute" in told.json()["message"]
    assert page.status_code == 503
    assert "momentanément indisponible" in page.text
