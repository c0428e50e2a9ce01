"""Who keeps the vault's keys: the file, OpenBao, the way from one to the other, and what happens without them."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import psycopg
import pytest

from colloque.kernel.tls import trust
from colloque.ledger.export import export
from colloque.ledger.verify import verify
from colloque.vault import commands, store
from colloque.vault.client import VaultClient
from colloque.vault.data_keys import DataKeys, new_data_key
from colloque.vault.errors import KeysAway
from colloque.vault.keeper import FileKeeper, KeeperAway, KeeperRefuses, TransitKeeper
from colloque.vault.kek import WrongKek, make_key_file, open_key_file
from colloque.vault.settings import UnsafeSetting, VaultSettings, from_env
from colloque.vault.vault import Vault
from tests.vault.bao import Bao, running_bao
from tests.vault.cast import Cast, Time, running
from tests.vault.conftest import services_of


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running_bao(tmp_path_factory.mktemp("bao"), port) as one:
        yield one


@pytest.fixture
def settings(new_vault: VaultSettings) -> VaultSettings:
    """Who keeps the keys is settled before there are any."""
    return new_vault


@pytest.fixture
def by_bao(settings: VaultSettings, bao: Bao) -> VaultSettings:
    return replace(settings, keeper="openbao", transit=bao.transit, kek_refresh=0.2)


type People = Callable[[VaultSettings, str], Cast]


@pytest.fixture
def people(time: Time) -> Iterator[People]:
    made: list[Cast] = []

    def make(settings: VaultSettings, url: str) -> Cast:
        made.append(cast_at(settings, url, time))
        return made[-1]

    yield make
    for cast in made:
        cast.http.close()
        cast.web.close()


def go_to(cast: Cast, url: str) -> None:
    cast.http.close()
    cast.http = httpx.Client(base_url=url, timeout=30, verify=trust())


def cast_at(settings: VaultSettings, url: str, time: Time) -> Cast:
    assert settings.kek_file
    services = services_of(settings, settings.kek_file.parent)
    return Cast(url, settings, VaultClient(url, services["web"]), services, time)


def opens(cast: Cast) -> int:
    return cast.post("release", cast.ask(cast.alice, (cast.consultation, "request")).envelope).status_code


@contextmanager
def asking(cast: Cast, doors: Sequence[str]) -> Iterator[list[int]]:
    """Open without a pause, at each vault in turn, until left; what each answered. Doors may come and go meanwhile."""
    stop, answered = threading.Event(), list[int]()

    def run() -> None:
        with httpx.Client(timeout=30, verify=trust()) as http:
            for turn in count():
                if stop.is_set() and turn > len(doors):
                    return
                said = cast.ask(cast.alice, (cast.consultation, "request")).envelope
                door = doors[turn % len(doors)]
                answered.append(http.post(f"{door}/vault/release", json=said).status_code)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield answered
    finally:
        stop.set()
        thread.join()


def until(is_so: Callable[[], bool]) -> None:
    end = monotonic() + 20
    while not is_so():
        assert monotonic() < end
        sleep(0.02)


def until_answered(answered: list[int], more: int) -> None:
    begun = len(answered)
    until(lambda: len(answered) >= begun + more)


def until_status(cast: Cast, status: int) -> None:
    end = monotonic() + 10
    while opens(cast) != status:
        assert monotonic() < end
        sleep(0.05)


def heads(settings: VaultSettings) -> set[bytes]:
    """The first bytes of all that is wrapped."""
    with psycopg.connect(settings.database_url) as connection:
        rows = connection.execute(
            "SELECT secret FROM record UNION ALL SELECT wrapped FROM vault_key"
        ).fetchall()
    return {bytes(value)[:5] for (value,) in rows}


def test_openbao_keeps_the_keys_and_is_not_asked_for_a_release(
    by_bao: VaultSettings, bao: Bao, people: People
) -> None:
    with running(replace(by_bao, kek_refresh=60)) as url:
        cast = people(by_bao, url)
        assert opens(cast) == 200
        asked = bao.audit.count("transit/decrypt/colloque")
        assert asked > 0
        assert [opens(cast) for _ in range(5)] == [200] * 5
        assert bao.audit.count("transit/decrypt/colloque") == asked


def test_the_role_can_do_nothing_else(bao: Bao) -> None:
    keeper = TransitKeeper(bao.transit)
    for path in (
        "transit/keys/colloque",
        "transit/keys/colloque/rotate",
        "transit/export/encryption-key/colloque",
    ):
        keeper.wrap(b"k" * 32, 1)
        assert (
            keeper._http.post(f"/v1/{path}", headers={"X-Vault-Token": keeper._token}).status_code == 403
        ), path
    keeper.close()


def test_a_data_key_opens_in_its_generation_alone(bao: Bao) -> None:
    keeper = TransitKeeper(bao.transit)
    wrapped = keeper.wrap(b"k" * 32, 1)
    assert keeper.unwrap(wrapped, 1) == b"k" * 32
    with pytest.raises(KeeperRefuses):
        keeper.unwrap(wrapped, 2)
    keeper.close()


def test_without_openbao_it_goes_on_for_the_lease_and_then_says_so(tmp_path: Path, time: Time) -> None:
    make_key_file(tmp_path / "kek")
    keeper, seconds = Leaving(FileKeeper(tmp_path / "kek")), [0.0]
    keys = DataKeys(keeper, lease=900, monotonic=lambda: seconds[0])
    rows = [new_data_key(keeper, 1, time())]
    keys.read(rows)
    wrapped = keys.wrap(b"s" * 32, b"here")
    keeper.is_away = True
    seconds[0] = 899
    with pytest.raises(KeeperAway):
        keys.read(rows)
    assert (keys.unwrap(wrapped, b"here"), keys.seconds_left()) == (b"s" * 32, 1)
    seconds[0] = 900
    for act in (lambda: keys.unwrap(wrapped, b"here"), lambda: keys.wrap(b"s" * 32, b"here")):
        with pytest.raises(KeysAway):
            act()
    keeper.is_away = False
    keys.read(rows)
    assert keys.unwrap(wrapped, b"here") == b"s" * 32


class Leaving:
    """A keeper in one process that can go away."""

    name, can_leave = "file", True

    def __init__(self, keeper: FileKeeper) -> None:
        self.keeper, self.is_away = keeper, False
        self.wrap = keeper.wrap

    def unwrap(self, wrapped: bytes, generation: int) -> bytes:
        if self.is_away:
            raise KeeperAway("away")
        return self.keeper.unwrap(wrapped, generation)


def test_a_role_that_is_taken_away_ends_releases_at_once_and_comes_back(
    by_bao: VaultSettings,
    bao: Bao,
    time: Time,
    people: Callable[[VaultSettings, str], Cast],
    tmp_path: Path,
) -> None:
    with running(replace(by_bao, kek_lease=1.5)) as url:
        cast = people(by_bao, url)
        assert opens(cast) == 200
        bao.run("bao", "policy", "write", "colloque-vault", str(_no_rights(bao)))
        until_status(cast, 503)
        assert cast.http.get("/vault/health").status_code == 503
        bao.set_up()
        until_status(cast, 200)
    count = export(by_bao.database_url, tmp_path / "log", *store.read_export_keys(by_bao))
    assert verify(tmp_path / "log").size == count


def _no_rights(bao: Bao) -> Path:
    path = bao.folder / "nothing.hcl"
    path.write_text('path "transit/decrypt/colloque" {\n  capabilities = ["deny"]\n}\n')
    return path


def test_a_vault_starts_by_no_keeper_that_refuses(by_bao: VaultSettings, tmp_path: Path) -> None:
    assert by_bao.transit
    (tmp_path / "wrong").write_text("not a secret id")
    wrong = replace(by_bao.transit, secret_id_file=tmp_path / "wrong")
    with pytest.raises(KeeperRefuses, match="AppRole"):
        start(replace(by_bao, transit=wrong))


def start(settings: VaultSettings) -> None:
    async def one() -> None:
        vault = Vault(settings)
        try:
            await vault.start()
        finally:
            await vault.pool.close()

    asyncio.run(one())


def test_rotating_beside_running_vaults_loses_no_release(
    settings: VaultSettings, people: People, time: Time
) -> None:
    settings = replace(settings, kek_refresh=0.3)
    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        time.at += timedelta(seconds=1)  # the time that it waits, on the clock that stands still

    with running(settings) as url, running(settings) as other:
        cast = people(settings, url)
        old = heads(settings)
        with asking(cast, [url, other]) as answered:
            commands.rotate(settings, tell)
        assert heads(settings).isdisjoint(old)
        assert set(answered) == {200}, "no release is refused meanwhile, at either"
        cast.make_record(cast.alice, "file", practice=cast.practice)
        for door in (url, other):
            go_to(cast, door)
            until_status(cast, 200)
        assert said[-1].startswith("Done. Generation 2")
    with running(settings) as url:
        go_to(cast, url)
        assert opens(cast) == 200


def test_a_rotation_that_was_stopped_goes_on(
    settings: VaultSettings, people: People, monkeypatch: Any
) -> None:
    from colloque.vault import rewrap

    settings = replace(settings, kek_refresh=0)
    with running(replace(settings, kek_refresh=0.1)) as url:
        cast = people(settings, url)
        monkeypatch.setattr(rewrap, "PLACES", rewrap.PLACES[:1])
        monkeypatch.setattr(rewrap, "AT_ONCE", 1)

        def stop(line: str) -> None:
            if "secrets wrapped" in line:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            commands.rotate(settings, stop)
        assert len(heads(settings)) == 2
        monkeypatch.undo()
        commands.rotate(settings, lambda _: None)
        assert len(heads(settings)) == 1
        until_status(cast, 200)


def test_what_was_wrapped_by_the_file_itself_still_opens_and_is_moved(
    settings: VaultSettings, people: People
) -> None:
    """Databases from before there were data keys."""
    from colloque.vault.turn import secret_context

    assert settings.kek_file
    with running(settings) as url:
        cast = people(settings, url)
        before = open_key_file(settings.kek_file).wrap(b"s" * 32, secret_context(cast.consultation))
        with psycopg.connect(settings.database_url) as connection:
            connection.execute("UPDATE record SET secret = %s WHERE id = %s", (before, cast.consultation))
        assert opens(cast) == 200
        commands.rotate(replace(settings, kek_refresh=0), lambda _: None)
        assert len(heads(settings)) == 1


def test_the_keys_move_to_openbao_and_back(
    settings: VaultSettings, by_bao: VaultSettings, people: People
) -> None:
    with running(settings) as url:
        cast = people(settings, url)
        assert "1 keys of the vault are now kept by transit:transit/colloque" in commands.move_keys(
            by_bao, "openbao"
        )
        assert "already" in commands.move_keys(by_bao, "openbao")
        assert opens(cast) == 200  # who runs goes on by what it has
    with running(by_bao) as url:
        go_to(cast, url)
        assert opens(cast) == 200
    with pytest.raises(UnsafeSetting, match="COLLOQUE_OPENBAO_ADDRESS"):
        start(settings)
    commands.move_keys(by_bao, "file")
    with running(settings) as url:
        go_to(cast, url)
        assert opens(cast) == 200


@pytest.mark.parametrize("way", [("openbao", "file"), ("file", "openbao")], ids=" to ".join)
def test_a_move_beside_running_vaults_loses_no_release(
    settings: VaultSettings, by_bao: VaultSettings, bao: Bao, people: People, way: tuple[str, str]
) -> None:
    """As docs/operate/openbao.md says: moved while they run, then each started anew by the new keeper."""
    settings = replace(settings, kek_refresh=0.1)
    by = {name: replace(by_bao, keeper=name, kek_refresh=0.1) for name in way}
    one, other = way
    # Of three vaults one was not told of the keeper that the keys go to, or of another one.
    assert bao.transit
    elsewhere = replace(settings, transit=replace(bao.transit, key="another"))
    untold = elsewhere if one == "file" else replace(by[one], kek_file=None)
    with ExitStack() as old, ExitStack() as new:
        doors = [old.enter_context(running(by[one])) for _ in range(2)] + [old.enter_context(running(untold))]
        cast = people(by[one], doors[0])
        with asking(cast, doors) as answered:
            before = bao.audit.count("transit/decrypt/colloque")
            assert f"are now kept by {'file' if other == 'file' else 'transit'}" in commands.move_keys(
                by[other], other
            )
            if other == "openbao":  # both that were told of it have asked it since, more than once
                until(lambda: bao.audit.count("transit/decrypt/colloque") > before + 6)
            until_answered(answered, 20)
            cast.make_record(cast.alice, "file", practice=cast.practice)
            for n in range(3):  # one after the other, and each old one still has those that were sent to it
                doors[n] = new.enter_context(running(by[other]))
                until_answered(answered, 6)
            old.close()
            until_answered(answered, 6)
        assert set(answered) == {200}, "a release was refused while the keys moved"
        assert len(cast.lines("release")) == len(answered)
    # What kept the keys before is not needed any more.
    with running(replace(by[other], **({"transit": None} if other == "file" else {"kek_file": None}))) as url:
        go_to(cast, url)
        assert opens(cast) == 200


def test_another_file_opens_nothing(settings: VaultSettings, tmp_path: Path) -> None:
    with running(settings):
        pass
    make_key_file(tmp_path / "other")
    with pytest.raises(WrongKek):
        start(replace(settings, kek_file=tmp_path / "other"))


OPENBAO = {
    "COLLOQUE_VAULT_DATABASE_URL": "postgresql:///v",
    "COLLOQUE_VAULT_KEK": "openbao",
    "COLLOQUE_OPENBAO_ADDRESS": "https://bao.example.fr:8200",
    "COLLOQUE_OPENBAO_ROLE_ID": "r",
    "COLLOQUE_OPENBAO_SECRET_ID_FILE": "/run/secret",
}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"COLLOQUE_VAULT_KEK": "hsm"}, "COLLOQUE_VAULT_KEK"),
        ({"COLLOQUE_OPENBAO_ADDRESS": "http://bao.example.fr"}, "https"),
        ({"COLLOQUE_OPENBAO_ROLE_ID": ""}, "COLLOQUE_OPENBAO_ROLE_ID"),
        ({"COLLOQUE_OPENBAO_SECRET_ID_FILE": ""}, "COLLOQUE_OPENBAO_SECRET_ID_FILE"),
        ({"COLLOQUE_VAULT_KEK_LEASE": "99999"}, "COLLOQUE_VAULT_KEK_LEASE"),
    ],
)
def test_unsafe_settings_are_refused_by_their_name(change: dict[str, str], named: str) -> None:
    assert from_env(OPENBAO).kek_file is None
    with pytest.raises(UnsafeSetting, match=named):
        from_env({**OPENBAO, **change})
