"""A record is erased: asked, waited for, withdrawn or carried out; then its secret is nowhere, and its lines stay."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from colloque.kernel import clock
from colloque.kernel.encoding import b64u_decode
from colloque.vault import rewrap, store, turn
from colloque.vault.kek import WrongKek
from colloque.vault.principal import Principal
from tests.vault.cast import Cast


def say(cast: Cast, who: Principal, record: str, *, days: float = 7.1, **more: Any) -> dict[str, Any]:
    at = clock.to_wire(clock.now() + timedelta(days=days))
    return who.say("erase", record=record, **{"step": "ask", "not_before": at, **more})


def carry_out(who: Principal, record: str) -> dict[str, Any]:
    return who.say("erase", record=record, step="carry-out")


def two(cast: Cast, by: Principal, with_: Principal, record: str, **more: Any) -> dict[str, Any]:
    until = clock.to_wire(clock.now() + timedelta(hours=1))
    return with_.agree(say(cast, by, record, until=until, **more))


@pytest.fixture
def seen(cast: Cast) -> str:
    """A consultation that was held: the practice answers for it."""
    cast.request()
    cast.take(cast.bose)
    cast.state(cast.bose.say("close", record=cast.consultation))
    return cast.consultation


def erase(cast: Cast, record: str) -> None:
    cast.state(say(cast, cast.alice, record))
    cast.state(say(cast, cast.manon, record, reason="asked"))
    cast.time.at += timedelta(days=8)
    cast.state(carry_out(cast.services["web"], record))


def test_what_she_asked_and_the_practice_decided_is_gone_and_said_to_be(cast: Cast, seen: str) -> None:
    cast.state(say(cast, cast.alice, seen))
    assert cast.error(carry_out(cast.alice, seen)) == (
        404,
        "not-found",
    )  # her wish alone waits for a decision
    cast.state(say(cast, cast.manon, seen, reason="asked"))
    for who in (cast.alice, cast.manon, cast.services["web"]):
        assert cast.error(carry_out(who, seen)) == (403, "too-soon")
    cast.time.at += timedelta(days=8)
    before = cast.ask(cast.alice, (seen, "care"))
    assert before.answer().turns  # until then it opens
    cast.state(carry_out(cast.services["web"], seen))
    assert cast.refused(cast.alice, (seen, "care")) == (410, "erased")
    assert cast.refused(cast.bose, (seen, "request"), reason="a reason of twenty characters") == (
        410,
        "erased",
    )
    assert (
        cast.refused(cast.alice, (seen, "exchange"), (cast.file, "identity"))[0] == 200
    )  # one does not shut the other
    assert (
        cast.post("release", before.envelope).json()["error"] == "erased"
    )  # nor is what was released released again
    assert cast.refused(cast.services["mailer"], (seen, "care"))[1] == "relation"  # a stranger learns nothing
    for said in (
        carry_out(cast.alice, seen),
        say(cast, cast.alice, seen),
        cast.alice.say("message", record=seen),
    ):
        assert cast.error(said) == (410, "erased")
    lines = [x for x in cast.lines() if "eras" in x["kind"]]
    assert [(x["kind"], x["actor"], x["detail"].get("reason")) for x in lines] == [
        ("erase-asked", cast.alice.person, None),
        ("erase-asked", cast.manon.person, "asked"),
        ("record-erased", cast.services["web"].person, "asked"),
    ]


def test_either_side_takes_it_back_until_it_is_carried_out(cast: Cast, seen: str) -> None:
    cast.state(say(cast, cast.alice, seen))
    cast.state(say(cast, cast.manon, seen, reason="asked"))
    assert cast.error(cast.services["web"].say("erase-withdraw", record=seen, reason="mistake"))[0] == 403
    cast.state(cast.alice.say("erase-withdraw", record=seen))
    cast.time.at += timedelta(days=8)
    assert cast.error(carry_out(cast.services["web"], seen)) == (404, "not-found")
    cast.state(say(cast, cast.alice, seen))
    assert cast.error(cast.chen.say("erase-withdraw", record=seen))[1] == "malformed"  # who refuses says why
    cast.state(cast.chen.say("erase-withdraw", record=seen, reason="kept-by-law"))
    assert cast.error(say(cast, cast.manon, seen, reason="asked")) == (404, "not-found")
    assert cast.error(cast.alice.say("erase-withdraw", record=seen)) == (404, "not-found")
    assert cast.open(cast.alice, (seen, "care")).turns


def test_a_frozen_thief_may_keep_but_not_destroy_and_a_frozen_practice_destroys_nothing(
    cast: Cast, seen: str
) -> None:
    cast.state(say(cast, cast.alice, seen))
    cast.state(say(cast, cast.manon, seen, reason="asked"))
    cast.state(cast.manon.say("freeze", scope="history", target=cast.practice))
    cast.time.at += timedelta(days=8)
    assert cast.error(carry_out(cast.services["web"], seen)) == (423, "frozen")
    cast.state(cast.alice.say("freeze", scope="person", target=cast.alice.person))
    assert cast.error(say(cast, cast.alice, seen)) == (423, "frozen")
    cast.state(cast.manon.say("freeze", scope="practice", target=cast.practice))
    assert cast.error(say(cast, cast.manon, seen, reason="asked")) == (423, "frozen")
    cast.state(cast.alice.say("erase-withdraw", record=seen))


def test_one_manager_alone_destroys_nothing_that_the_law_keeps(cast: Cast, seen: str) -> None:
    """Attack: a manager's stolen browser wipes a practice."""
    assert cast.error(say(cast, cast.manon, seen, reason="asked")) == (404, "not-found")
    assert cast.error(say(cast, cast.manon, seen, reason="retention")) == (403, "record-kept")
    assert cast.error(say(cast, cast.manon, seen, reason="mistake")) == (403, "needs-second")
    assert cast.error(say(cast, cast.bose, seen, reason="court")) == (403, "not-allowed")
    assert cast.error(two(cast, cast.manon, cast.alice, seen, reason="mistake")) == (403, "not-allowed")
    assert cast.error(two(cast, cast.manon, cast.bose, seen, reason="mistake", days=3)) == (403, "too-soon")
    cast.state(two(cast, cast.manon, cast.bose, seen, reason="mistake"))
    assert cast.lines("erase-asked")[-1]["detail"]["agreed"] == cast.bose.person
    assert cast.error(say(cast, cast.alice, cast.contact)) == (403, "not-allowed")
    cast.state(cast.alice.say("erase-withdraw", record=seen))
    cast.time.at += timedelta(days=7306)
    cast.state(say(cast, cast.manon, seen, reason="retention"))
    cast.time.at += timedelta(days=8)
    cast.state(carry_out(cast.manon, seen))


def test_outsiders_ask_for_nothing_what_is_under_way_stays_and_a_draft_is_hers_alone(cast: Cast) -> None:
    stranger, web = cast.register("eve", "professional"), cast.services["web"]
    for said in (say(cast, stranger, cast.file, reason="asked"), carry_out(stranger, cast.file),
                 say(cast, web, cast.file, reason="asked")):  # fmt: skip
        assert cast.error(said) == (403, "not-allowed")
    draft = cast.make_consultation()
    cast.state(say(cast, cast.alice, draft))
    assert cast.error(stranger.say("erase-withdraw", record=draft, reason="mistake")) == (403, "not-allowed")
    cast.request()
    for record in (cast.consultation, cast.file):
        assert cast.error(say(cast, cast.alice, record)) == (409, "conflict")
    cast.time.at += timedelta(days=8)
    cast.state(carry_out(cast.alice, draft))
    assert cast.error(cast.alice.say("request", record=draft, practice=cast.practice)) == (410, "erased")


def test_a_copy_of_the_vaults_rows_opens_until_the_data_key_is_rotated_away(cast: Cast, seen: str) -> None:
    def column(record: str) -> bytes:
        with psycopg.connect(cast.settings.database_url) as connection:
            (secret,) = connection.execute(
                "SELECT secret FROM record WHERE id = %s", (record,)
            ).fetchone() or (b"",)
        return bytes(secret)

    def unwrap(wrapped: bytes) -> bytes:
        async def ask() -> bytes:
            async with (
                await store.connect(cast.settings) as connection,
                rewrap.opened(connection, cast.settings) as keys,
            ):
                return keys.unwrap(wrapped, turn.secret_context(seen))

        return asyncio.run(ask())

    copied = column(seen)
    value = turn.derive(unwrap(copied), "care", 0)
    assert value == b64u_decode(cast.open(cast.alice, (seen, "care")).turns[0]["turn"])
    erase(cast, seen)
    assert column(seen) == b""
    assert turn.derive(unwrap(copied), "care", 0) == value  # a backup of this database from before
    quick = replace(cast.settings, kek_refresh=0)
    for _ in range(2):
        asyncio.run(rewrap.rotate(quick, lambda _: None))
        cast.time.at += timedelta(hours=2)
    with pytest.raises(WrongKek):
        unwrap(copied)
    assert column(seen) == b"" and column(cast.file)
    (line,) = cast.lines("record-erased")
    cast.time.at += timedelta(days=1200)
    operator = cast.services["operator"]
    cast.state(operator.say("erase-lines", first=0, last=line["seq"], why="retention"))
    with psycopg.connect(cast.settings.database_url) as connection:
        kept = connection.execute("SELECT body FROM ledger_line WHERE seq = %s", (line["seq"],)).fetchone()
    assert kept and kept[0]
