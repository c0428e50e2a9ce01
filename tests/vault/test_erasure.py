"""A line past its time loses its body: the hash stays, every proof holds, and a line says who took it."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from colloque.ledger.erasure import to_row
from colloque.ledger.export import export
from colloque.ledger.line import leaf_hash
from colloque.ledger.verify import Finding, verify
from colloque.vault import commands, store
from colloque.vault.client import VaultClient
from tests.vault.cast import Cast
from tests.vault.forging import read_lines

KEPT = {
    "person-registered",
    "device-enrolled",
    "practice-created",
    "member-joined",
    "record-created",
    "lines-erased",
}
YEARS = timedelta(days=4 * 366)


@pytest.fixture
def export_of(cast: Cast, tmp_path: Path) -> Path:
    cast.request()
    export(cast.settings.database_url, tmp_path / "log", *store.read_export_keys(cast.settings))
    return tmp_path / "log"


def erase(cast: Cast, first: int, last: int, why: str = "retention") -> dict[str, object]:
    return cast.services["operator"].say("erase-lines", first=first, last=last, why=why)


def exported(cast: Cast, folder: Path) -> Path:
    export(cast.settings.database_url, folder, *store.read_export_keys(cast.settings))
    return folder


def test_an_erased_line_keeps_its_leaf_and_its_proof(cast: Cast, tmp_path: Path) -> None:
    cast.request()
    cast.take(cast.bose)
    receipt = cast.open(cast.bose, (cast.consultation, "care")).receipt
    receipts = tmp_path / "receipts.json"
    receipts.write_text(json.dumps(receipt))
    before = verify(exported(cast, tmp_path / "before"), receipts=receipts)
    size = before.size
    cast.time.at += YEARS
    cast.state(erase(cast, 0, size - 1))

    folder = exported(cast, tmp_path / "after")
    after = verify(folder, receipts=receipts)
    gone = [n for n, line in enumerate(read_lines(folder)) if line.startswith('{"erased":')]
    assert (after.size, after.erased, len(gone)) == (size + 1, len(gone), len(gone))
    # What publishes keys and memberships stays, or no signature could be checked again.
    kept = {json.loads(line)["kind"] for line in read_lines(folder) if not line.startswith('{"erased":')}
    assert "release" not in kept
    assert kept == KEPT
    # Not a word of the opening is left with the vault.
    with psycopg.connect(cast.settings.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM ledger_statement WHERE payload IS NOT NULL AND payload_type LIKE '%.release.v1%'"
        ).fetchone()
    assert row == (0,)

    # Whoever may still read lines reads what is left of them.
    lines = cast.post("lines", cast.alice.say("lines", about="self")).json()["lines"]
    assert not any('"release"' in one["line"] for one in lines)
    with closing(VaultClient(cast.url, cast.services["officer"])) as officer:
        assert [line["seq"] for line in officer.feed(0)[0]] == [size]  # from after what was erased
    assert cast.error(erase(cast, 0, size - 1)) == (409, "conflict")  # nothing is left to erase


def test_nobody_erases_what_is_still_kept(cast: Cast) -> None:
    assert cast.error(erase(cast, 0, len(cast.lines()) - 1)) == (
        409,
        "conflict",
    )  # only what is kept for ever
    cast.request()
    size = len(cast.lines())
    assert cast.error(erase(cast, 0, size - 1)) == (403, "kept")
    cast.time.at += YEARS
    cast.web.sign_in(cast.alice.person, network="192.0.2.0/24")
    assert cast.error(erase(cast, 0, size)) == (403, "kept")
    for by in (cast.chen, cast.manon, cast.services["web"], cast.services["officer"]):
        said = by.say("erase-lines", first=0, last=size - 1, why="retention")
        assert cast.error(said) == (403, "not-allowed")
    for first, last, why in (
        (1, 0, "retention"),
        (0, size + 1, "retention"),
        (0, 1, "shame"),
        (-1, 1, "retention"),
    ):
        assert cast.error(erase(cast, first, last, why)) == (400, "malformed")
    assert len(cast.lines()) == size + 1


def test_the_operators_command_says_what_it_did(cast: Cast, tmp_path: Path) -> None:
    cast.request()
    key, said = tmp_path / "operator.json", list[str]()
    last = len(cast.lines()) - 1
    assert commands.ledger_erase(cast.url, key, 0, last, "retention", say=said.append) == 1
    cast.time.at += YEARS
    assert commands.ledger_erase(cast.url, key, 0, last, "retention", say=said.append) == 0
    assert "Nothing was erased" in said[0]
    assert f"Lines 0 to {last} were erased" in said[1]


def test_the_database_lets_no_body_go_without_an_erasure(cast: Cast) -> None:
    refused = (psycopg.errors.RaiseException, psycopg.errors.CheckViolation)
    with psycopg.connect(cast.settings.database_url, autocommit=True) as connection:
        for sql in (
            b"UPDATE ledger_line SET body = NULL, record = NULL, subject = NULL",
            b"UPDATE ledger_line SET body = 'x'",
            b"UPDATE ledger_statement SET payload = NULL",
            b"UPDATE ledger_erasure SET first = 0",
            b"INSERT INTO ledger_erasure VALUES (9, 0, 9)",
        ):
            with pytest.raises(refused):
                connection.execute(sql)


def test_a_body_that_is_gone_without_a_line_that_says_so_is_found(export_of: Path) -> None:
    lines = read_lines(export_of)
    at = next(n for n, line in enumerate(lines) if '"kind":"consultation-requested"' in line)
    row = to_row(leaf_hash(lines[at].removesuffix("\n").encode())) + "\n"
    (export_of / "lines.jsonl").write_text("".join([*lines[:at], row, *lines[at + 1 :]]))
    with pytest.raises(Finding, match="its body is gone, and no line says that it was erased") as raised:
        verify(export_of)
    assert raised.value.seq == at
