"""Where kills happen: a vault to kill beside one that is well, over one database; and what must hold after each."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from socket import socket

import httpx
import psycopg

from colloque.kernel.ids import new_id
from colloque.kernel.tls import trust
from colloque.ledger.export import export
from colloque.ledger.verify import verify
from colloque.vault import rewrap, store
from colloque.vault.client import VaultClient
from colloque.vault.settings import VaultSettings
from tests.faults import victims
from tests.faults.killing import Kill, Victim, victim, wait_until_up
from tests.vault.cast import Asked, Cast

PLENTY = (9_000_000, 9_000_000, 9_000_000, 9_000_000)


def free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Scene:
    """`cast` speaks to the vault that is well. `turn` is what Alice's file opens with, whatever happened."""

    cast: Cast
    settings: VaultSettings
    folder: Path
    turn: str = ""

    def __post_init__(self) -> None:
        self.turn = self.open()

    def ask(self) -> Asked:
        return self.cast.ask(self.cast.alice, (self.cast.file, "identity"))

    def open(self) -> str:
        return str(self.ask().answer().turns[0]["turn"])

    @contextmanager
    def dying(self, kill: Kill | None) -> Iterator[tuple[Victim, httpx.Client]]:
        port = free_port()
        with victim(victims.vault, self.settings, port, kill=kill) as one:
            wait_until_up(f"http://127.0.0.1:{port}/vault/checkpoint", one)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, verify=trust()) as http:
                yield one, http

    def send(self, http: httpx.Client, asked: Asked) -> str | None:
        """The turn, or None where the vault died before it answered."""
        try:
            return str(asked.answer(http).turns[0]["turn"])
        except httpx.TransportError:
            return None

    def lines_of(self, request: str) -> int:
        with psycopg.connect(self.settings.database_url) as connection:
            row = connection.execute(
                "SELECT count(*) FROM ledger_line WHERE body::jsonb ->> 'id' = %s",
                (request,),
            ).fetchone()
        return int(row[0]) if row else 0

    def check(self, asked: Asked, turn: str | None) -> int:
        """No key, or a key and its line; the same request again gets the key, and one line stands. How many there were."""
        before = self.lines_of(asked.request)
        assert before in ((1,) if turn else (0, 1))
        assert turn in (None, self.turn)
        assert str(asked.answer().turns[0]["turn"]) == self.turn
        assert self.lines_of(asked.request) == 1
        return before

    def check_log(self) -> None:
        """The whole log, as an auditor would."""
        folder = self.folder / f"log-{new_id()}"
        export(self.settings.database_url, folder, *store.read_export_keys(self.settings))
        verify(folder)

    def leave(self, http: httpx.Client, lines: list[dict[str, str]]) -> bool:
        """Tell the web's own lines to this vault; False where it died before it answered."""
        web = VaultClient(str(http.base_url).rstrip("/"), self.cast.services["web"])
        with closing(web):
            try:
                web.item_lines(lines)
            except Exception:  # noqa: BLE001 – a vault that dies answers in as many ways as there are
                return False
        return True

    def some_lines(self, dice: random.Random) -> list[dict[str, str]]:
        about = {
            "kind": "item-served",
            "actor": self.cast.alice.person,
            "record": self.cast.file,
            "compartment": "identity",
        }
        return [{"id": new_id(), **about} for _ in range(dice.randint(1, 3))]

    def check_lines(self, lines: list[dict[str, str]], *, told: bool) -> None:
        """All of them or none; told again, each stands once."""
        before = [self.lines_of(line["id"]) for line in lines]
        assert set(before) in ([{1}] if told else [{0}, {1}])
        self.cast.web.item_lines(lines)
        assert [self.lines_of(line["id"]) for line in lines] == [1] * len(lines)

    def rotate(self) -> None:
        asyncio.run(rewrap.rotate(self.settings, lambda _: None))

    def heads(self) -> set[bytes]:
        """The first bytes of all that is wrapped: which generations wrap something."""
        found: set[bytes] = set()
        with psycopg.connect(self.settings.database_url) as connection:
            for place in rewrap.PLACES:
                rows = connection.execute(f"SELECT {place.column} FROM {place.table}".encode())
                found |= {bytes(value)[:5] for (value,) in rows if value is not None}
        return found


def quick_keys(settings: VaultSettings) -> VaultSettings:
    """Generations are used at once, budgets are no matter, and what a victim does not own is not waited for."""
    return replace(settings, kek_refresh=0.1, budgets={**settings.budgets, "patient": PLENTY})
