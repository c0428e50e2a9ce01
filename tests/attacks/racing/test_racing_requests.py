"""Fifty requests at once through two vaults over one database: the budget is never passed by one."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from colloque.kernel.tls import trust
from colloque.vault.settings import VaultSettings
from tests.vault.cast import Cast, errors_of, running

REASON = "a reason long enough to be one"


@pytest.fixture
def settings(settings: VaultSettings) -> VaultSettings:
    # Break-glass costs ten: seven openings fit the minute.
    return replace(settings, budgets={**settings.budgets, "practitioner": (70, 1000, 1000, 1000)})


def test_fifty_racing_requests_never_pass_the_budget_by_one(cast: Cast) -> None:
    files = cast.many_files(50)
    envelopes = [cast.ask(cast.bose, (file, "identity"), reason=REASON).envelope for file in files]
    with running(cast.settings) as other, httpx.Client(base_url=other, timeout=30, verify=trust()) as there:
        doors = [cast.http, there]
        with ThreadPoolExecutor(50) as crowd:
            answers = list(
                crowd.map(lambda n: doors[n % 2].post("/vault/release", json=envelopes[n]), range(len(files)))
            )
    assert errors_of([a for a in answers if a.status_code != 200]) == ["budget"] * 43
    assert len(cast.lines("release")) == 7
    assert len(cast.lines("refusal")) == 43
    assert all(a.json()["retry_at"] == "2026-11-24T09:01:02.000Z" for a in answers if a.status_code == 429)


@pytest.mark.parametrize("level", ["device", "practice", "platform"])
def test_fifty_racing_requests_never_pass_any_level_by_one(cast: Cast, level: str) -> None:
    """Two practitioners, two vaults; only one level has room for seven."""
    wide, seven = (1000, 1000, 1000, 1000), (70, 1000, 1000, 1000)
    budgets = {**cast.settings.budgets, "practitioner": wide, level: seven}
    narrow = replace(cast.settings, budgets=budgets, device_share=7 if level == "device" else 100)
    people = [cast.bose] if level == "device" else [cast.bose, cast.chen]
    asked = [
        cast.ask(people[n % len(people)], (file, "identity"), reason=REASON).envelope
        for n, file in enumerate(cast.many_files(50))
    ]
    with (
        running(narrow) as one,
        running(narrow) as two,
        httpx.Client(timeout=30, verify=trust()) as http,
        ThreadPoolExecutor(50) as crowd,
    ):
        posts = [(f"{(one, two)[n % 2]}/vault/release", said) for n, said in enumerate(asked)]
        answers = list(crowd.map(lambda post: http.post(post[0], json=post[1]), posts))
    assert errors_of([a for a in answers if a.status_code != 200]) == ["budget"] * 43
    assert {line["detail"]["level"] for line in cast.lines("refusal")} == {level}
    assert len(cast.lines("release")) == 7


def test_one_request_sent_fifty_times_at_once_is_one_line(cast: Cast) -> None:
    asked = cast.ask(cast.alice, (cast.file, "identity"))
    with running(cast.settings) as other, httpx.Client(base_url=other, timeout=30, verify=trust()) as there:
        doors = [cast.http, there]
        with ThreadPoolExecutor(50) as crowd:
            answers = list(crowd.map(lambda n: asked.answer(doors[n % 2]), range(50)))
    assert len({str(a.turns) for a in answers}) == 1
    assert len(cast.lines("release")) == 1


def test_only_one_of_two_clinicians_takes_a_consultation(cast: Cast) -> None:
    cast.request()
    said = [who.say("take", record=cast.consultation) for who in (cast.bose, cast.chen)]
    with (
        running(cast.settings) as other,
        httpx.Client(base_url=other, timeout=30, verify=trust()) as there,
        ThreadPoolExecutor(2) as crowd,
    ):
        posts = crowd.map(lambda d, s: d.post("/vault/statements", json=s), [cast.http, there], said)
        statuses = sorted(r.status_code for r in posts)
    assert statuses == [200, 409]
    assert len(cast.lines("consultation-taken")) == 1
