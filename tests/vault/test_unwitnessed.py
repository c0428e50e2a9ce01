"""Nothing is released that its witnesses are too far behind for; freezing, revoking and writing down go on."""

import asyncio
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from colloque.kernel import clock
from colloque.kernel.encoding import b64u_decode
from colloque.kernel.ids import new_id
from colloque.kernel.tls import trust
from colloque.ledger import checkpoint
from colloque.ledger.checkpoint import Signer, parse_vkey
from colloque.ledger.cosignature import parse_witness_vkey
from colloque.ledger.verify import Report
from colloque.ledger.witnessing import Bounds, cosigners, request_of
from colloque.vault import store
from colloque.vault.client import VaultClient
from colloque.vault.settings import VaultSettings, WitnessAt, Witnessing
from colloque.vault.vault import Vault
from colloque.witness.app import Witness, create_app
from colloque.witness.state import State
from tests.vault.cast import Cast, Time, running
from tests.vault.conftest import playing
from tests.vault.serving import serving

NEVER = 3600.0


class Door:
    """A witness that can be shut, as by the network."""

    def __init__(self, name: str, folder: Path, log: str) -> None:
        verifier = parse_vkey(log)
        self.state = State(folder)
        self.witness = Witness(name, {verifier.name: verifier}, self.state)
        self.app, self.is_shut, self.is_slow, self.asked = create_app(self.witness), False, False, 0
        self.conflicts = 0  # answered by "I have seen another"
        self.before: Callable[[], None] | None = None  # done before each request is passed on

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.asked += 1
            if self.before:
                await asyncio.to_thread(self.before)
            while self.is_slow:  # noqa: ASYNC110 – another thread says when it ends
                await asyncio.sleep(0.01)
        if scope["type"] == "http" and self.is_shut:
            await send({"type": "http.response.start", "status": 502, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return

        async def look(message: MutableMapping[str, Any]) -> None:
            self.conflicts += message.get("status") == httpx.codes.CONFLICT
            await send(message)

        await self.app(scope, receive, look)


@contextmanager
def witnessed(
    settings: VaultSettings, folder: Path, names: tuple[str, ...] = ("one",), **bounds: Any
) -> Iterator[tuple[VaultSettings, list[Door]]]:
    with ExitStack() as stack:
        doors, places = [], []
        for name in names:
            door = Door(name, folder / f"witness-{name}", store.read_vkey(settings))
            stack.callback(door.state.close)
            places.append(
                WitnessAt(parse_witness_vkey(door.witness.vkey), stack.enter_context(serving(door)))
            )
            doors.append(door)
        how = Witnessing(tuple(places), Bounds(**{"quorum": 1, **bounds}), every=NEVER)
        yield replace(settings, witnessing=how), doors


@pytest.fixture
def played(
    settings: VaultSettings, time: Time, tmp_path: Path, check_log: Callable[[], Report]
) -> Iterator[tuple[Cast, Door]]:
    with witnessed(settings, tmp_path) as (bounded, (door,)), playing(bounded, time, tmp_path) as cast:
        cast.request()
        cast.take(cast.bose)
        yield cast, door
    check_log()


def health(cast: Cast) -> Any:
    return cast.http.get("/vault/health").json()["witnessed"]


def test_with_no_witness_configured_nothing_is_released(
    settings: VaultSettings, time: Time, tmp_path: Path
) -> None:
    with playing(replace(settings, witnessing=Witnessing(bounds=Bounds(quorum=1))), time, tmp_path) as cast:
        assert cast.refused(cast.alice, (cast.file, "identity")) == (503, "unwitnessed")
        assert health(cast) == {"ok": False, "quorum": 1, "lines_behind": len(cast.lines()), "witnesses": []}
        assert not cast.lines("release") + cast.lines("refusal")


def test_a_witness_that_is_away_stops_releases_after_60_seconds_and_what_only_denies_goes_on(
    played: tuple[Cast, Door],
) -> None:
    cast, door = played
    before = cast.open(cast.bose, (cast.consultation, "care"))
    door.is_shut = True
    cast.time.at += timedelta(seconds=59)
    assert cast.open(cast.bose, (cast.consultation, "care")).turns == before.turns

    cast.time.at += timedelta(seconds=2)
    asked = cast.ask(cast.bose, (cast.consultation, "care"))
    refused = cast.post("release", asked.envelope)
    assert (refused.status_code, refused.json()["error"]) == (503, "unwitnessed")
    assert "Réessayez dans une minute" in refused.json()["message"]
    told = health(cast)
    assert (told["ok"], told["seconds_behind"], told["witnesses"]) == (
        False,
        61,
        [{"name": "one", "says": "away"}],
    )
    assert not [line for line in cast.lines("release") + cast.lines("refusal") if line["id"] == asked.request]

    cast.state(cast.chen.say("freeze", scope="device", target=cast.chen.device))
    cast.state(cast.alice.say_as_identity("device-revoke", target=cast.alice.device, reason="lost"))
    cast.web.sign_in(cast.bose.person)

    # The very same request is answered once the witness is there again.
    door.is_shut = False
    assert asked.answer().turns == before.turns
    assert health(cast)["ok"]


def test_no_more_than_500_lines_are_written_by_releases_out_of_its_sight(played: tuple[Cast, Door]) -> None:
    cast, door = played
    cast.open(cast.bose, (cast.consultation, "care"))
    door.is_shut = True
    lines = [{"id": new_id(), "kind": "sign-in-refused"} for _ in range(460)]
    cast.web.item_lines(lines)
    answered = 0
    while cast.post("release", cast.ask(cast.bose, (cast.consultation, "care")).envelope).status_code == 200:
        answered += 1
        assert answered <= 500 - len(lines)
    assert health(cast)["lines_behind"] <= 500
    assert answered > 5
    door.is_shut = False
    cast.open(cast.bose, (cast.consultation, "care"))
    assert health(cast)["lines_behind"] <= 1


def test_an_idle_hour_is_no_reason_to_refuse_the_first_request(played: tuple[Cast, Door]) -> None:
    cast, door = played
    cast.open(cast.bose, (cast.consultation, "care"))
    asked = door.asked
    for _ in range(3):
        cast.time.at += timedelta(hours=1)
        cast.open(cast.bose, (cast.consultation, "care"))
    assert door.asked - asked >= 3  # each time because of the request: nobody else asks in this test


def test_a_retry_of_what_was_released_waits_for_the_witness_too_and_adds_no_line(
    played: tuple[Cast, Door],
) -> None:
    cast, door = played
    asked = cast.ask(cast.bose, (cast.consultation, "care"))
    turns = asked.answer().turns
    door.is_shut = True
    cast.time.at += timedelta(seconds=61)
    assert cast.error(asked.envelope, "release") == (503, "unwitnessed")
    door.is_shut = False
    assert asked.answer().turns == turns
    assert len(cast.lines("release")) == 1


@pytest.mark.parametrize(("more", "says"), [(1000, "lines-gone"), (0, "two-histories")])
def test_a_witness_that_saw_another_history_ends_releases_at_once(
    played: tuple[Cast, Door], settings: VaultSettings, more: int, says: str
) -> None:
    cast, door = played
    cast.open(cast.bose, (cast.consultation, "care"))
    with psycopg.connect(settings.database_url) as connection:
        (size,) = connection.execute("SELECT size FROM ledger_head").fetchone() or (0,)
    signer = Signer(settings.origin, _signing_key(settings))
    door.state.remember(settings.origin, signer.sign(size=size + more, root=b"x" * 32))
    cast.time.at += timedelta(seconds=61)  # the vault asks again, and is told
    assert cast.refused(cast.bose, (cast.consultation, "care")) == (503, "unwitnessed")
    assert health(cast)["witnesses"] == [{"name": "one", "says": says}]


def test_a_cosignature_by_another_key_or_of_another_day_counts_for_nothing(played: tuple[Cast, Door]) -> None:
    cast, door = played
    cast.time.at += timedelta(seconds=61)
    key, door.witness.key = door.witness.key, Ed25519PrivateKey.generate()
    assert cast.refused(cast.bose, (cast.consultation, "care")) == (503, "unwitnessed")
    assert health(cast)["witnesses"][0]["says"] == "not-its-signature"
    door.witness.key = key
    cast.open(cast.bose, (cast.consultation, "care"))


def test_two_of_three_are_enough_and_one_is_not(settings: VaultSettings, time: Time, tmp_path: Path) -> None:
    with witnessed(settings, tmp_path, ("one", "two", "three"), quorum=2) as (bounded, doors):
        doors[0].is_shut = True
        with playing(bounded, time, tmp_path) as cast:
            time.at += timedelta(hours=1)
            cast.open(cast.alice, (cast.file, "identity"))
            note = cast.http.get("/vault/checkpoint/witnessed").text
            names = {key.name for key in cosigners(note, [one.key for one in bounded.witnessing.witnesses])}
            assert names == {"two", "three"}
            doors[1].is_shut = True
            time.at += timedelta(hours=1)
            assert cast.refused(cast.alice, (cast.file, "identity")) == (503, "unwitnessed")


def test_a_vault_that_starts_goes_on_from_what_was_cosigned_and_no_longer_than_that_holds(
    played: tuple[Cast, Door], time: Time
) -> None:
    cast, door = played
    cast.open(cast.bose, (cast.consultation, "care"))
    door.is_shut = True
    with running(cast.settings) as url, httpx.Client(base_url=url, verify=trust()) as other:
        asked = cast.ask(cast.bose, (cast.consultation, "care"))
        assert asked.answer(other).turns
        time.at += timedelta(seconds=61)
        late = cast.ask(cast.bose, (cast.consultation, "care"))
        assert other.post("/vault/release", json=late.envelope).json()["error"] == "unwitnessed"
    # What a stranger writes into that row is not a cosignature.
    with psycopg.connect(cast.settings.database_url) as connection:
        connection.execute(
            "UPDATE ledger_witnessed SET note = %s", (cast.http.get("/vault/checkpoint").text,)
        )
    with running(cast.settings) as url, httpx.Client(base_url=url, verify=trust()) as other:
        assert other.post("/vault/release", json=late.envelope).json()["error"] == "unwitnessed"


def test_many_at_once_wait_for_the_witness_in_turn_and_none_is_refused(
    settings: VaultSettings, time: Time, tmp_path: Path, check_log: Callable[[], Report]
) -> None:
    with (
        witnessed(settings, tmp_path, lines=60) as (bounded, _),
        playing(bounded, time, tmp_path) as cast,
        ThreadPoolExecutor(12) as crowd,
    ):
        openings = [(cast.file, c) for c in ("identity", "nir", "background")]
        asked = [cast.ask(cast.alice, *openings) for _ in range(60)]
        assert all(len(one.turns) == 3 for one in crowd.map(lambda one: one.answer(), asked))
    check_log()


def test_lines_written_while_a_witness_is_asked_are_no_reason_to_ask_it_twice(
    settings: VaultSettings, time: Time, tmp_path: Path
) -> None:
    with (
        witnessed(settings, tmp_path, lines=20) as (bounded, (door,)),
        playing(bounded, time, tmp_path) as cast,
    ):
        cast.open(cast.alice, (cast.file, "identity"))
        door.is_slow, asked = True, door.asked
        while door.asked == asked:
            cast.web.sign_in(cast.alice.person, network="192.0.2.0/24")
        for _ in range(3):
            cast.web.sign_in(cast.alice.person, network="192.0.2.0/24")
        door.is_slow = False
        while health(cast)["lines_behind"] >= 10:
            pass
        assert all(health(cast)["lines_behind"] >= 3 for _ in range(5))
        assert door.asked == asked + 1


def test_vaults_over_one_database_ask_hardly_more_than_one_would(
    settings: VaultSettings, time: Time, tmp_path: Path
) -> None:
    with (
        witnessed(settings, tmp_path, lines=100) as (bounded, (door,)),
        playing(bounded, time, tmp_path) as cast,
        running(bounded) as url,
        closing(VaultClient(url, cast.services["web"])) as other,
    ):

        def write(times: int) -> None:
            for _ in range(times):
                for vault in (cast.web, other):
                    vault.item_lines([{"id": new_id(), "kind": "sign-in-refused"} for _ in range(5)])

        write(30)  # each learns that there is another
        door.conflicts, asked, lines = 0, door.asked, len(cast.lines())
        write(80)
        written = len(cast.lines()) - lines
        assert written == 800
        # One vault asks when half of its hundred are left: sixteen times. Two that knew nothing of each other asked 54
        # times, 26 of them in vain.
        assert written // 100 <= door.asked - asked <= 36
        assert door.conflicts <= 12


def test_other_vaults_that_are_always_quicker_keep_nobody_from_the_witness(
    played: tuple[Cast, Door], settings: VaultSettings
) -> None:
    cast, door = played
    overtaken = 0

    def overtake() -> None:
        """Show the witness a head that the vault did not have when it asked, as another vault over its database would."""
        nonlocal overtaken
        overtaken += 1
        if overtaken > 8:
            return
        seen = checkpoint.read(
            door.state.last(settings.origin) or "", next(iter(door.witness.logs.values()))
        ).size
        cast.web.item_lines([{"id": new_id(), "kind": "sign-in-refused"}])
        note = cast.http.get("/vault/checkpoint").text
        proof = cast.http.get(
            "/vault/proof/consistency", params={"from": seen, "to": len(cast.lines())}
        ).json()["proof"]
        asked = request_of(seen, [b64u_decode(one) for one in proof], note)
        assert isinstance(door.witness.add_checkpoint(asked), str)

    cast.open(cast.bose, (cast.consultation, "care"))
    door.before = overtake
    cast.time.at += timedelta(seconds=61)  # it has to ask
    cast.open(cast.bose, (cast.consultation, "care"))
    assert overtaken == 9


@contextmanager
def closing_after_one(url: str) -> Iterator[tuple[str, list[int]]]:
    """A way to `url` that ends each connection when its second request comes, as a server does whose patience just ended."""
    host, _, port = url.removeprefix("http://").partition(":")
    ended: list[int] = []

    class Way(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((host, int(port))) as onward, onward.makefile("rwb") as there:
                pass_on(self.rfile, there)
                pass_on(there, self.wfile)
                if self.rfile.peek(1):
                    ended.append(1)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Way) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", ended
        server.shutdown()
        thread.join()


def pass_on(source: Any, target: Any) -> None:
    """Pass one message of HTTP on, whose length its head tells."""
    head, length = b"", 0
    while not head.endswith(b"\r\n\r\n"):
        if not (row := source.readline()):
            return  # it came to its end instead
        head += row
        name, _, value = row.lower().partition(b":")
        length = int(value) if name == b"content-length" else length
    target.write(head + source.read(length))
    target.flush()


def test_a_connection_that_the_witness_just_closed_is_no_witness_away(
    settings: VaultSettings, time: Time, tmp_path: Path
) -> None:
    async def ask(bounded: VaultSettings) -> list[bool]:
        vault = Vault(bounded)
        await vault.start()
        try:
            await vault.witnesses.catch_up()
            moved = []
            for _ in range(3):
                time.at += timedelta(seconds=61)
                moved.append(await vault.witnesses.catch_up())
            return moved
        finally:
            await vault.stop()

    with (
        witnessed(settings, tmp_path) as (bounded, _),
        closing_after_one(bounded.witnessing.witnesses[0].url) as (way, ended),
    ):
        place = replace(bounded.witnessing.witnesses[0], url=way)
        by_the_way = replace(bounded, witnessing=replace(bounded.witnessing, witnesses=(place,)))
        assert asyncio.run(ask(by_the_way)) == [True, True, True]
    assert ended


def test_whoever_mirrors_the_log_is_shown_what_was_cosigned(played: tuple[Cast, Door]) -> None:
    cast, _ = played
    cast.open(cast.bose, (cast.consultation, "care"))
    cast.time.at += timedelta(seconds=61)
    cast.open(cast.bose, (cast.consultation, "care"))
    note = cast.http.get("/ledger/checkpoint").text
    assert note == cast.http.get("/vault/checkpoint/witnessed").text
    told = cast.http.get("/vault/directory/key").json()
    (key,) = (parse_witness_vkey(one) for one in told["witnesses"])
    assert (told["quorum"], list(cosigners(note, [key]).values())) == (1, [int(clock.now().timestamp())])
    assert checkpoint.read(note, parse_vkey(told["vkey"])).size <= len(cast.lines())


def _signing_key(settings: VaultSettings) -> Ed25519PrivateKey:
    import asyncio

    async def read() -> Ed25519PrivateKey:
        vault = Vault(replace(settings, witnessing=Witnessing()))
        await vault.start()
        try:
            return vault.keys.signer.key
        finally:
            await vault.stop()

    return asyncio.run(read())
