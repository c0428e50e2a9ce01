"""Where it breaks, whether the line is there, and what must hold: no key, or a key whose line was first."""

from typing import Any

import psycopg
import pytest
from psycopg import OperationalError

from colloque.ledger.append import Log
from colloque.vault import openings, release, turn
from colloque.vault.desk import Desk
from tests.vault.cast import Cast


class Broken(OSError):
    """The fault that is injected."""


def _after_load(monkeypatch: pytest.MonkeyPatch) -> None:
    real = openings.ask_ties

    async def broken(*args: Any) -> Any:
        read = await real(*args)

        async def read_and_break(services: Any) -> Any:
            await read(services)
            raise Broken

        return read_and_break

    monkeypatch.setattr(openings, "ask_ties", broken)


def _after_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    real = openings.Purse.save

    async def broken(self: Any, tx: Any) -> None:
        await real(self, tx)
        raise Broken

    monkeypatch.setattr(openings.Purse, "save", broken)


def _after_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Log.flush

    async def broken(self: Log, cursor: Any, signer: Any) -> None:
        await real(self, cursor, signer)
        raise Broken

    monkeypatch.setattr(Log, "flush", broken)


def _at_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(self: Log, cursor: Any, signer: Any) -> None:
        raise OperationalError("could not extend file: no space left on device")

    monkeypatch.setattr(Log, "flush", broken)


def _after_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Desk.submit

    async def broken(self: Desk, said: Any) -> Any:
        await real(self, said)
        raise Broken

    monkeypatch.setattr(Desk, "submit", broken)


def _at_derive(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> bytes:
        raise Broken

    monkeypatch.setattr(turn, "derive", broken)


def _at_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> bytes:
        raise Broken

    monkeypatch.setattr(release.turn, "seal_reply", broken)


@pytest.mark.parametrize(
    ("breaks", "lines"),
    [
        (_after_load, 0),
        (_after_budget, 0),
        (_after_flush, 0),
        (_at_the_ledger, 0),
        (_after_commit, 1),
        (_at_derive, 1),
        (_at_seal, 1),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)).strip("_"),
)
def test_a_fault_leaves_no_key_or_a_line_nobody_profited_from(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, breaks: Any, lines: int
) -> None:
    cast.request()
    cast.take(cast.bose)
    asked = cast.ask(cast.bose, (cast.consultation, "care"))
    with monkeypatch.context() as patch:
        breaks(patch)
        response = cast.post("release", asked.envelope)
    assert response.status_code == 503
    assert "sealed" not in response.json()
    assert len(cast.lines("release")) == lines
    # The same request, sent again when all is well: one key, and one line for it.
    assert len(asked.answer().turns) == 1
    assert len(cast.lines("release")) == 1


REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON ledger_line {} FOR EACH ROW EXECUTE FUNCTION refuse()"""


@pytest.mark.parametrize("when", ["NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"], ids=["row", "commit"])
def test_what_the_database_refuses_lets_no_key_out(cast: Cast, when: str) -> None:
    """The statements of a batch go out before their answers come, the commit among them."""
    cast.request()
    cast.take(cast.bose)
    asked = cast.ask(cast.bose, (cast.consultation, "care"))
    with psycopg.connect(cast.settings.database_url, autocommit=True) as connection:
        connection.execute(REFUSE.format(when).encode())
        response = cast.post("release", asked.envelope)
        connection.execute("DROP FUNCTION refuse CASCADE")
    assert response.status_code == 503
    assert "sealed" not in response.json()
    assert len(cast.lines("release")) == 0
    assert len(asked.answer().turns) == 1
    assert len(cast.lines("release")) == 1


def test_a_key_never_leaves_before_its_line(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    real = turn.derive

    def watched(*args: Any) -> bytes:
        seen.append(len(cast.lines("release")))  # read by another connection: committed, or not there
        return real(*args)

    monkeypatch.setattr(turn, "derive", watched)
    cast.open(cast.alice, (cast.file, "identity"), (cast.file, "nir"))
    assert seen == [2, 2]
