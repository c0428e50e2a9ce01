"""The queue for the log: what only denies goes before all that waits, and no batch holds the log for long."""

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import Any

import httpx
import orjson
import psycopg
import pytest

from colloque.kernel.tls import trust
from colloque.vault.desk import MOST_OPENINGS
from colloque.vault.openings import MOST_OPENINGS as MOST_OF_ONE
from tests.vault.cast import Cast, running

WAITING = 12  # openings that wait at each of two vaults


@contextmanager
def asking(url: str, path: str, envelope: object) -> Iterator[socket.socket]:
    """Ask, and do not wait for the answer."""
    host, _, port = url.removeprefix("http://").partition(":")
    body = orjson.dumps(envelope)
    head = f"POST /vault/{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(head.encode() + body)
        yield line


def has_read(url: str) -> None:
    """The vault has read what was sent to it before this."""
    assert httpx.get(f"{url}/vault/health", timeout=30, verify=trust()).status_code == 200


@contextmanager
def held_log(cast: Cast) -> Iterator[Callable[[int], None]]:
    """Nobody gets the log until this is left; what it yields waits until so many wait for it."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    conninfo = cast.settings.database_url
    with psycopg.connect(conninfo) as holder, psycopg.connect(conninfo, autocommit=True) as watcher:

        def wait_for(vaults: int) -> None:
            until = monotonic() + 20
            while watcher.execute(waiting).fetchone() != (vaults,):
                assert monotonic() < until, "it does not wait for the log: it waits in its vault's queue"

        holder.execute("SELECT FROM ledger_head FOR UPDATE")
        yield wait_for


def freeze_history(cast: Cast) -> dict[str, Any]:
    return cast.services["web"].say("freeze", scope="history", target=cast.practice)


def end_membership(cast: Cast) -> dict[str, Any]:
    return cast.manon.say("member-end", practice=cast.practice, member=cast.bose.person)


@pytest.mark.parametrize(("deny", "denied"), [(freeze_history, "freeze"), (end_membership, "member-left")])
def test_what_only_denies_waits_for_one_batch_and_for_no_queue(
    cast: Cast, deny: Callable[[Cast], dict[str, Any]], denied: str
) -> None:
    cast.request()
    cast.take(cast.bose)
    cast.state(cast.bose.say("close", record=cast.consultation))
    cast.time.at += timedelta(days=2)

    def opening() -> object:
        return cast.ask(cast.bose, (cast.consultation, "care")).envelope

    # One request to a batch, so that a line tells the place that its request had.
    settings = replace(cast.settings, batch_size=1)
    with running(settings) as one, running(settings) as two, ExitStack() as lines:
        for url in (one, two):  # they know the device from here on, and ask the database nothing else
            assert httpx.post(f"{url}/vault/release", json=opening(), verify=trust()).status_code == 200
        written = len(cast.lines())
        with held_log(cast) as wait_for:
            waiting = []
            for url in (one, two):
                waiting += [lines.enter_context(asking(url, "release", opening())) for _ in range(WAITING)]
                has_read(url)
            wait_for(2)
            waiting.append(lines.enter_context(asking(one, "statements", deny(cast))))
            wait_for(3)
        assert all(line.recv(64) for line in waiting)
    kinds = [line["kind"] for line in cast.lines()[written:]]
    # The one that held the log's lock as it was said; then what denies; then all the others, refused.
    assert (kinds[0], kinds[1]) == ("release", denied), "what only denies waited behind openings"
    assert Counter(kinds[2:]) == {"refusal": 2 * WAITING - 1}


def test_no_batch_holds_the_log_for_more_openings_than_it_may(cast: Cast) -> None:
    opened = [(cast.file, "identity")] * MOST_OF_ONE
    many = MOST_OPENINGS // MOST_OF_ONE + 3  # the first is a batch by itself, and nothing else waits yet
    with ExitStack() as lines:
        with held_log(cast) as wait_for:
            waiting = [
                lines.enter_context(asking(cast.url, "release", cast.ask(cast.alice, *opened).envelope))
                for _ in range(many)
            ]
            has_read(cast.url)
            wait_for(1)
        assert all(line.recv(64) for line in waiting)
    with psycopg.connect(cast.settings.database_url) as connection:
        batches = connection.execute(
            "SELECT count(*) FROM ledger_line WHERE body::json ->> 'kind' = 'release' GROUP BY xmin"
        ).fetchall()
    assert sum(lines for (lines,) in batches) == many * MOST_OF_ONE
    assert max(lines for (lines,) in batches) == MOST_OPENINGS
