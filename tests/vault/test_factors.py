"""The unlock share: who gets it, how often one may try, and what a dump holds."""

from contextlib import closing
from datetime import timedelta

import psycopg
import pytest

from colloque.kernel.ids import new_id
from colloque.vault import totp
from colloque.vault.client import VaultClient
from colloque.vault.errors import Exists, Frozen, NotAllowed, TooManyTries, VaultError, WrongSecret
from tests.vault.cast import Cast

SECRET, CODES = b"s" * 32, b"12345678901234567890"


@pytest.fixture
def method(cast: Cast) -> str:
    method = new_id()
    cast.share = cast.web.set_factors(  # type: ignore[attr-defined]
        cast.alice.person, method, kind="passphrase", sign_in_secret=SECRET, totp_secret=CODES
    )
    return method


def _unlock(cast: Cast, method: str, code: str, secret: bytes = SECRET) -> bytes:
    return cast.web.unlock(
        cast.alice.person, method, sign_in_secret=secret, totp=code, network="192.0.2.0/24"
    )


def _code(cast: Cast, steps: int = 0) -> str:
    return totp.code_at(CODES, int(cast.time.at.timestamp()) // 30 + steps)


@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_rfc_6238(at: int, code: str) -> None:
    assert totp.code_at(CODES, at // 30) == code


def test_secret_and_code_together_give_the_share(cast: Cast, method: str) -> None:
    assert _unlock(cast, method, _code(cast)) == cast.share  # type: ignore[attr-defined]
    assert cast.lines("unlock")[-1]["subject"] == cast.alice.person


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_two_steps_off_is_refused(cast: Cast, method: str, steps: int) -> None:
    with pytest.raises(WrongSecret):
        _unlock(cast, method, _code(cast, steps))


def test_a_code_counts_once(cast: Cast, method: str) -> None:
    _unlock(cast, method, _code(cast))
    with pytest.raises(WrongSecret):
        _unlock(cast, method, _code(cast))
    cast.time.at += timedelta(seconds=30)
    _unlock(cast, method, _code(cast))


def test_ten_wrong_tries_shut_the_door_for_an_hour_even_to_the_right_one(cast: Cast, method: str) -> None:
    for _ in range(10):
        with pytest.raises(WrongSecret):
            _unlock(cast, method, _code(cast), b"x" * 32)
    with pytest.raises(TooManyTries) as refused:
        _unlock(cast, method, _code(cast))
    assert refused.value.retry_at == cast.time.at + timedelta(hours=1)
    cast.time.at += timedelta(hours=1, seconds=1)
    assert _unlock(cast, method, _code(cast))
    assert len(cast.lines("unlock-refused")) == 11


def test_a_strangers_method_answers_as_a_wrong_secret_does(cast: Cast) -> None:
    with pytest.raises(WrongSecret):
        cast.web.unlock(new_id(), new_id(), sign_in_secret=SECRET, totp="000000", network="")


def test_a_frozen_person_unlocks_nothing(cast: Cast, method: str) -> None:
    cast.web.freeze("person", cast.alice.person)
    with pytest.raises(Frozen):
        _unlock(cast, method, _code(cast))


def test_a_method_is_set_once_and_forgotten_when_ended(cast: Cast, method: str) -> None:
    with pytest.raises(Exists):
        cast.web.set_factors(cast.alice.person, method, kind="passphrase", sign_in_secret=b"t" * 32)
    cast.web.end_factors(cast.alice.person, method)
    with pytest.raises(WrongSecret):
        _unlock(cast, method, _code(cast))


def test_only_the_web_asks_for_shares_and_indexes(cast: Cast, method: str) -> None:
    with (
        closing(VaultClient(cast.url, cast.services["mailer"])) as mailer,
        closing(VaultClient(cast.url, cast.alice)) as alice,
    ):
        with pytest.raises(NotAllowed):
            mailer.unlock(cast.alice.person, method, sign_in_secret=SECRET, totp=_code(cast), network="")
        with pytest.raises(NotAllowed):
            alice.blind_index("alice@example.org", network="")
        with pytest.raises(NotAllowed):
            mailer.sign_in(cast.alice.person)


def test_nothing_secret_is_in_the_database(cast: Cast, method: str) -> None:
    _unlock(cast, method, _code(cast))
    cast.web.blind_index("alice@example.org", network="192.0.2.0/24")
    with psycopg.connect(cast.settings.database_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        dump = "".join(str(connection.execute(f"SELECT * FROM {t}".encode()).fetchall()) for (t,) in tables)
        kinds = "'%unlock%', '%factors%', '%blind-index%'"
        held = connection.execute(
            f"SELECT payload, signatures FROM ledger_statement WHERE payload_type LIKE ANY(ARRAY[{kinds}])".encode().replace(
                b"%", b"%%"
            ),
            {},
        ).fetchall()
    assert "alice@example" not in dump
    assert SECRET.decode() not in dump
    assert CODES.decode() not in dump
    assert held and all(row == (None, "[]") for row in held)


def test_the_blind_index_is_keyed_and_forgives_how_one_types(cast: Cast) -> None:
    index = cast.web.blind_index(" Alice@Example.org ", network="192.0.2.0/24")
    assert index == cast.web.blind_index("alice@example.org", network="192.0.2.0/24")
    assert index != cast.web.blind_index("bob@example.org", network="192.0.2.0/24")


def test_lines_that_the_web_tells_are_written_once(cast: Cast) -> None:
    lines = [
        {"id": new_id(), "kind": "item-served", "actor": cast.bose.person, "record": cast.file, "compartment": "nir",
         "epoch": 0, "subject": cast.chen.person},
        {"id": new_id(), "kind": "objection", "actor": cast.alice.person, "record": cast.file},
    ]  # fmt: skip
    cast.web.item_lines(lines)
    cast.web.item_lines(lines)
    (served,) = cast.lines("item-served")
    assert served["subject"] == cast.alice.person
    assert len(cast.lines("objection")) == 1


def test_a_vault_that_is_away_is_unavailable(cast: Cast) -> None:
    with closing(VaultClient("http://127.0.0.1:9", cast.services["web"])) as away:
        assert not away.is_healthy()
        with pytest.raises(VaultError) as error:
            away.checkpoint()
    assert error.value.word == "unavailable"
    assert cast.web.is_healthy()
