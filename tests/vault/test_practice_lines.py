"""The lines of one practice, given to it: each proved, none naming a patient as elsewhere; and every change is found."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from colloque.cli import cli
from colloque.kernel.ids import new_id
from colloque.ledger.verify import main
from tests.vault.cast import read_bodies, run_verify
from tests.vault.forging import signer_of
from tests.vault.lived import Lived


@pytest.fixture
def asked(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("COLLOQUE_VAULT_DATABASE_URL", lived.settings.database_url)
    monkeypatch.setenv("COLLOQUE_VAULT_KEK_FILE", str(lived.settings.kek_file))
    monkeypatch.setenv("COLLOQUE_LEDGER_ORIGIN", lived.settings.origin)

    def ask(folder: Path, practice: str) -> Result:
        return CliRunner().invoke(cli, ["ledger", "export", "--practice", practice, str(folder)])

    return ask


@pytest.fixture
def part(lived: Lived, asked: Callable[..., Result], tmp_path: Path) -> Path:
    done = asked(tmp_path / "part", lived.practices[0])
    assert done.exit_code == 0, done.output
    return tmp_path / "part"


def test_a_practice_is_given_its_lines_and_nothing_else(
    lived: Lived, part: Path, asked: Callable[..., Result], tmp_path: Path
) -> None:
    bodies = read_bodies(lived.settings.database_url)
    rows = [json.loads(row) for row in (part / "lines.jsonl").read_text().splitlines()]
    assert [json.loads(row["line"]) for row in rows] == [
        line for line in bodies if line.get("practice") == lived.practices[0]
    ]
    assert sorted(path.name for path in part.iterdir()) == ["checkpoint", "lines.jsonl", "vkey"]
    told = "".join(path.read_text() for path in part.iterdir())
    assert not [one for one in lived.own if one in told]
    done = run_verify(part, "--vkey", (part / "vkey").read_text().strip())
    assert done.returncode == 0, done.stdout
    assert f"{len(rows)} lines of practice {lived.practices[0]}, of the {len(bodies)}" in done.stdout
    assert "can't show: that none of this practice is missing, and who signed" in done.stdout
    report = json.loads(run_verify(part, "--json").stdout)
    assert (report["ok"], report["lines"], report["size"]) == (True, len(rows), len(bodies))
    # Both practices' lines side by side say nothing of who is in both.
    assert asked(tmp_path / "other", lived.practices[1]).exit_code == 0
    other = (tmp_path / "other/lines.jsonl").read_text()
    ids = {json.loads(row["line"]).get("subject") for row in rows} - {None}
    assert ids and not [one for one in ids if one in other]


def _line(number: int, old: str, new: str) -> Callable[[list[str]], None]:
    def change(rows: list[str]) -> None:
        assert old in rows[number]
        rows[number] = rows[number].replace(old, new, 1)

    return change


def _proof(rows: list[str]) -> None:
    one, two = json.loads(rows[3]), json.loads(rows[4])
    rows[3] = json.dumps({**one, "proof": two["proof"]}) + "\n"


def _swap(rows: list[str]) -> None:
    rows[3], rows[4] = rows[4], rows[3]


def _moved(rows: list[str]) -> None:
    rows[3] = json.dumps({**json.loads(rows[3]), "seq": 1}) + "\n"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_line(5, r"\"kind\":\"", r"\"kind\": \""), "not a line of a practice"),
        (_line(5, r"\"v\":2", r"\"v\":1"), "is not proved to be in the ledger"),
        (_line(5, '"seq":', '"seq":1'), "its sequence number is"),
        (_line(5, '"proof":["', '"proof":["?'), "row 6 of lines.jsonl can't be read"),
        (_line(5, '"proof"', '"proofs"'), "row 6 of lines.jsonl can't be read: not a line with its proof"),
        (_proof, "is not proved to be in the ledger"),
        (_swap, "it is not after the line above it"),
        (_moved, "it is not after the line above it"),
    ],
)
def test_a_change_is_found(
    part: Path, change: Callable[[list[str]], None], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (part / "lines.jsonl").read_text().splitlines(keepends=True)
    change(rows)
    (part / "lines.jsonl").write_text("".join(rows))
    assert main([str(part)]) == 1
    assert what in capsys.readouterr().out


def test_lines_of_two_practices_are_not_one_practices(
    lived: Lived, part: Path, asked: Callable[..., Result], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(tmp_path / "other", lived.practices[1])
    rows = [
        (folder / "lines.jsonl").read_text().splitlines(keepends=True)
        for folder in (part, tmp_path / "other")
    ]
    both = sorted(rows[0] + rows[1], key=lambda row: int(json.loads(row)["seq"]))
    (part / "lines.jsonl").write_text("".join(both))
    assert main([str(part)]) == 1
    assert "of another practice than the lines above it" in capsys.readouterr().out


def test_a_checkpoint_of_another_log_is_found(
    lived: Lived, part: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (part / "checkpoint").write_text(signer_of(lived.settings).sign(size=99, root=b"r" * 32))
    assert main([str(part)]) == 1
    assert "is not proved to be in the ledger of 99 lines" in capsys.readouterr().out


def test_what_can_not_be_asked_is_said_in_a_sentence(
    lived: Lived, part: Path, asked: Callable[..., Result], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for practice in (new_id(), "x", "%"):
        done = asked(tmp_path / "nobody", practice)
        assert done.exit_code == 1 and f"The vault knows no practice {practice}" in done.output
        assert not (tmp_path / "nobody").exists()
    done = asked(part, lived.practices[0])
    assert done.exit_code == 1 and "is not empty. Name a folder that is not there yet" in done.output
    with pytest.raises(SystemExit):
        main([str(part), "--only-tree"])
    assert "only --vkey and --json go with them" in capsys.readouterr().err
    supposed = tmp_path / "hypothesis.yaml"
    supposed.write_text("copied: [{what: database, at: '2026-11-24T10:00:00Z'}]")
    words = ["scope", "--ledger", str(part), "--hypothesis", str(supposed), "--lang"]
    assert "les lignes d’un seul cabinet" in CliRunner().invoke(cli, [*words, "fr"]).output
    assert "the lines of one practice" in CliRunner().invoke(cli, [*words, "en"]).output
