"""The auditor's command over a real export: it holds, and every change to it is found."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from colloque.kernel.encoding import b64u_encode
from colloque.ledger.checkpoint import Signer, parse_vkey, read
from colloque.ledger.export import export
from colloque.ledger.verify import main, verify
from colloque.vault import commands, store
from tests.conftest import Postgres
from tests.vault.cast import Cast, run_verify
from tests.vault.conftest import Exported
from tests.vault.forging import read_lines


@pytest.fixture
def folder(exported: Exported, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported.folder, tmp_path / "out"))


def test_the_command_says_how_to_check(cast: Cast, tmp_path: Path) -> None:
    assert "lines written" in commands.ledger_export(cast.settings, tmp_path / "out")


def test_an_honest_export_holds(folder: Path) -> None:
    vkey = (folder / "vkey").read_text().strip()
    done = run_verify(folder, "--vkey", vkey, "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["ok"], report["releases"]) == (0, True, 2)
    assert "signatures hold" in run_verify(folder).stdout


def _edit(name: str, pattern: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        changed = re.sub(pattern, new, text, count=1)
        assert changed != text
        (folder / name).write_text(changed)

    return change


def _drop(name: str, number: int) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        rows = (folder / name).read_text().splitlines(keepends=True)
        del rows[number]
        (folder / name).write_text("".join(rows))

    return change


def _without_tiles(change: Callable[[Path], None]) -> Callable[[Path], None]:
    """Change an export that has no tiles: lines alone say less of where."""

    def both(folder: Path) -> None:
        shutil.rmtree(folder / "tile")
        change(folder)

    return both


def _swap(folder: Path) -> None:
    rows = (folder / "lines.jsonl").read_text().splitlines(keepends=True)
    rows[3], rows[4] = rows[4], rows[3]
    (folder / "lines.jsonl").write_text("".join(rows))


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (_drop("lines.jsonl", -1), "the checkpoint counts"),
        (
            _drop("lines.jsonl", 2),
            "line 2: it is not the line that was written here, but line 3: lines were taken out",
        ),
        (_swap, "line 3: it is not the line that was written here, but line 4"),
        (_without_tiles(_drop("lines.jsonl", 2)), "line 2: its sequence number is 3"),
        (_without_tiles(_swap), "line 3: its sequence number is 4"),
        (_drop("statements.jsonl", 0), "statement is missing"),
        (_edit("lines.jsonl", '"relation":"assigned"', '"relation":"own"'), "its text was changed"),
        (_without_tiles(_edit("lines.jsonl", '"relation":"assigned"', '"relation":"own"')), "root"),
        (
            _without_tiles(_edit("lines.jsonl", '"compartment":"nir"', '"compartment":"background"')),
            "did not ask for this",
        ),
        (_without_tiles(_edit("lines.jsonl", '"time":"2026', '"time":"2036')), "before the line above"),
        (_without_tiles(_edit("lines.jsonl", '"v":1', '"v": 1')), "not a line"),
        (
            _without_tiles(_edit("lines.jsonl", '"request":"[0-9a-f]{8}', '"request":"00000000')),
            "statement is missing",
        ),
        (_edit("statements.jsonl", '"sha256": "[0-9a-f]{8}', '"sha256": "00000000'), "hash"),
        (_edit("checkpoint", r"\n\d+\n", "\n3\n"), "checkpoint does not hold"),
        (_edit("vkey", r"\+[0-9a-f]{8}\+", "+00000000+"), "checkpoint does not hold"),
    ],
    ids=[
        "last line dropped",
        "line dropped in the middle",
        "lines swapped",
        "line dropped, no tiles",
        "lines swapped, no tiles",
        "statement dropped",
        "relation changed",
        "relation changed, no tiles",
        "compartment changed",
        "time moved on",
        "written another way",
        "request changed",
        "statement's hash changed",
        "checkpoint cut",
        "key's id changed",
    ],
)
def test_every_change_is_found(
    folder: Path, change: Callable[[Path], None], finding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder)
    assert main([str(folder)]) == 1
    assert finding in capsys.readouterr().out


def test_a_log_signed_anew_by_another_key_is_found_with_the_key_noted_earlier(folder: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    noted = (folder / "vkey").read_text().strip()
    other = Signer("test.example/ledger", Ed25519PrivateKey.generate())
    report = json.loads(run_verify(folder, "--json").stdout)
    (folder / "vkey").write_text(other.verifier().to_vkey())
    (folder / "checkpoint").write_text(other.sign(size=report["size"], root=bytes.fromhex(report["root"])))
    assert run_verify(folder).returncode == 0
    assert run_verify(folder, "--vkey", noted).returncode == 1


def test_a_fork_that_a_device_signed_it_had_seen(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each client is a witness by what it signs. Anyone may sign what is not true: it is told, and stops no audit."""
    (vkey, salt), folder = store.read_export_keys(cast.settings), tmp_path / "log"
    head = read(cast.http.get("/vault/checkpoint").text, parse_vkey(vkey))
    seen = {"size": head.size, "root": b64u_encode(head.root)}
    told = [seen, {**seen, "root": b64u_encode(b"x" * 32)}, {**seen, "size": 1000}, {"size": "1"}, 7, None]
    for one in told:
        cast.open(cast.alice, (cast.consultation, "request"), (cast.consultation, "care"), seen=one)
    export(cast.settings.database_url, folder, vkey, salt)
    lines = read_lines(folder)
    first = next(n for n, line in enumerate(lines) if '"kind":"release"' in line)
    report = verify(folder, vkey)
    assert (report.claims, report.contradicted) == (1, [first + 2, first + 4])
    assert main([str(folder), "--vkey", vkey]) == 0
    assert f"Line {first + 2}: its device signed that it had seen another history" in capsys.readouterr().out


@pytest.mark.parametrize("table", ["ledger_line", "ledger_node", "ledger_statement"])
@pytest.mark.parametrize("sql", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET {}"])
def test_the_database_refuses_to_change_what_is_written(cast: Cast, table: str, sql: str) -> None:
    column = {
        "ledger_line": "seq = seq",
        "ledger_node": "level = level",
        "ledger_statement": "lines = lines",
    }[table]
    with (
        psycopg.connect(cast.settings.database_url) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
    ):
        connection.execute(sql.format(table, column).encode())


def test_it_runs_under_a_role_that_owns_its_database_and_nothing_else(
    postgres: Postgres, tmp_path: Path
) -> None:
    from colloque.vault import kek, service, store
    from colloque.vault.settings import VaultSettings

    name = f"{postgres.prefix}_owner"  # roles are the server's, which parallel runs share
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN".encode())
        connection.execute(f"CREATE DATABASE {name} OWNER {name}".encode())
    conninfo = postgres.url(name, user=name)
    kek.make_key_file(tmp_path / "kek")
    store.migrate(conninfo)
    settings = VaultSettings(conninfo, tmp_path / "kek")
    first = service.enrol(settings, "web", tmp_path / "web.json")
    assert service.enrol(settings, "web", tmp_path / "web.json").person == first.person
    assert store.migrate(conninfo) == []
    changes = [f"UPDATE {{}} SET {column} = NULL" for column in ("seq", "leaf", "digest", "hash", "first")]
    for table in ("ledger_line", "ledger_node", "ledger_statement", "ledger_erasure"):
        for sql in ("DELETE FROM {}", "TRUNCATE {}", *changes):
            with psycopg.connect(conninfo) as connection, pytest.raises(psycopg.errors.Error) as refused:
                connection.execute(sql.format(table).encode())
            # A column that the table has not is refused as well, and says nothing of rights.
            is_named = isinstance(refused.value, psycopg.errors.UndefinedColumn)
            assert is_named or isinstance(refused.value, psycopg.errors.InsufficientPrivilege), (table, sql)
    with (
        psycopg.connect(conninfo) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
    ):
        connection.execute(
            "UPDATE ledger_line SET body = NULL"
        )  # what an erasure may, and only what it names
