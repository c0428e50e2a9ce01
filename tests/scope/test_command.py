"""`colloque scope` as an officer runs it: what it says and writes, and the sentence for each thing it refuses."""

import csv
import functools
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from colloque.cli import cli
from colloque.scope.answer import digest
from colloque.vault import commands
from tests.scope.worlds import export, lines_of
from tests.vault.cast import Cast

DAY = "from: 2026-03-01T00:00:00Z, to: 2026-03-01T23:00:00Z"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(tmp_path_factory.mktemp("ledger") / "export", lines_of(5))


@pytest.fixture(scope="module")
def loaded(ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loaded")
    done = scope(ledger, folder, f"accounts: [{{id: doctor0, {DAY}}}]", "--keep", str(folder / "kept"))
    assert done.exit_code == 0, done.output
    return folder / "kept"


def scope(
    ledger: Path | str, folder: Path, hypothesis: str, *more: str, unsigned: bool = True, lang: str = "en"
) -> Result:
    path = folder / "hypothesis.yaml"
    path.write_text(hypothesis)
    words = ["scope", "--ledger", str(ledger), "--hypothesis", str(path), "--lang", lang, *more]
    return CliRunner().invoke(cli, [*words, *(["--unsigned"] if unsigned else [])])


def as_json(*args: Any, **named: Any) -> dict[str, Any]:
    done = scope(*args, "--json", **named)
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def test_a_real_ledger_names_alice_and_leaves_dr_chen_nothing_to_name(cast: Cast, tmp_path: Path) -> None:
    cast.request()
    cast.take(cast.bose)
    cast.open(cast.bose, (cast.consultation, "care"), (cast.file, "nir"))
    commands.ledger_export(cast.settings, tmp_path / "export")
    start, end = (cast.time.at + timedelta(hours=by) for by in (-1, 1))
    for who, named in ((cast.bose, [cast.alice.person]), (cast.chen, [])):
        supposed = f"accounts: [{{id: {who.person}, from: '{start.isoformat()}', to: '{end.isoformat()}'}}]"
        told = as_json(tmp_path / "export", tmp_path, supposed, unsigned=False)
        assert list(told["persons"]) == named and told["ledger"]["signatures"] == "checked"
        assert told["hash"] == digest(told)
        if named:
            parts = told["persons"][cast.alice.person]
            assert {name: part["status"] for name, part in parts.items()} == {
                "care": "consulted",
                "nir": "consulted",
            }
            rows = [json.loads(row) for row in (tmp_path / "export/lines.jsonl").read_text().splitlines()]
            assert rows[parts["nir"]["lines"][0]]["compartment"] == "nir"


def test_of_a_time_whose_lines_were_erased_nothing_is_said(cast: Cast, tmp_path: Path) -> None:
    cast.request()
    cast.take(cast.bose)
    cast.open(cast.bose, (cast.consultation, "care"))
    then = cast.time.at
    cast.time.at += timedelta(days=4 * 366)
    last = len(cast.lines()) - 1
    cast.state(cast.services["operator"].say("erase-lines", first=0, last=last, why="retention"))
    erased = cast.time.at
    cast.time.at += timedelta(days=1)
    cast.web.sign_in(cast.alice.person, network="192.0.2.0/24")
    commands.ledger_export(cast.settings, tmp_path / "export")

    def supposed(begin: datetime) -> str:
        window = f"from: '{begin.isoformat()}', to: '{(begin + timedelta(hours=2)).isoformat()}'"
        return f"accounts: [{{id: {cast.bose.person}, {window}}}]"

    for unsigned in (False, True):
        done = scope(tmp_path / "export", tmp_path, supposed(then - timedelta(hours=1)), unsigned=unsigned)
        assert done.exit_code != 0
        assert "accounts[0].from: lines of the ledger before 2030-" in done.output
        later = as_json(
            tmp_path / "export", tmp_path, supposed(erased + timedelta(hours=1)), unsigned=unsigned
        )
        assert later["persons"] == {}
    # What exists, and whose it is, can be said still.
    copied = as_json(tmp_path / "export", tmp_path, f"copied: [{{what: database, at: '{then.isoformat()}'}}]")
    assert copied["counts"]


def test_everyone_is_in_the_files_once_for_each_compartment(ledger: Path, tmp_path: Path) -> None:
    supposed = f"accounts: [{{id: doctor0, {DAY}}}]\ncopied: [{{what: database, at: 2026-03-01T12:00:00Z}}]"
    out = [str(tmp_path / "all.csv"), str(tmp_path / "all.parquet")]
    told = as_json(ledger, tmp_path, supposed, "--csv", out[0], "--parquet", out[1])
    with Path(out[0]).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == pq.read_table(out[1]).to_pylist()
    assert pq.read_metadata(out[1]).metadata[b"colloque-scope"].decode() == told["hash"]
    places = [
        (row["person"], row["compartment"]) for row in rows if not row["compartment"].startswith("server:")
    ]
    assert len(places) == len(set(places)) == sum(told["counts"]["compartments"].values())
    for status, number in told["counts"]["compartments"].items():
        assert number == sum(row["status"] == status for row in rows)
    for one in told["readable"]:
        for name in one["fields"]:
            found = {
                r["person"] for r in rows if r["compartment"] == f"server:{name}" and r["why"] == one["why"]
            }
            assert len(found) == one["persons"]


def test_the_same_answer_has_the_same_hash_from_the_kept_ledger(
    ledger: Path, loaded: Path, tmp_path: Path
) -> None:
    supposed = f"networks: [{{id: n1, {DAY}}}]\nclock_seconds: 0"
    assert as_json(ledger, tmp_path, supposed) == as_json(loaded, tmp_path, supposed)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("fr", ["Consulté (une ligne le montre)", "signatures n’ont PAS été vérifiées", "Doute qui reste"]),
        ("en", ["Consulted (a line proves it)", "signatures were NOT checked", "Doubt that remains"]),
    ],
)
def test_it_speaks_to_the_officer(loaded: Path, tmp_path: Path, lang: str, words: list[str]) -> None:
    done = scope(loaded, tmp_path, f"networks: [{{id: n1, {DAY}}}]", lang=lang)
    assert done.exit_code == 0 and all(word in done.output for word in words), done.output


def test_it_says_how_many_more_and_why(loaded: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text(json.dumps(as_json(loaded, tmp_path, f"accounts: [{{id: doctor0, {DAY}}}]")))
    wider = f"accounts: [{{id: doctor0, {DAY}}}]\nheld: [{{what: web, {DAY}}}]\nclock_seconds: 0"
    told = as_json(loaded, tmp_path, wider, "--against", str(old))
    before = json.loads(old.read_text())["counts"]["persons"]
    now = told["counts"]["persons"]
    more = now["consulted"] + now["reachable"] - before["consulted"] - before["reachable"]
    assert len(told["difference"]["more"]) == more > 0 and told["difference"]["fewer"] == []
    said = scope(loaded, tmp_path, wider, "--against", str(old)).output
    assert f"{more} more, because" in said and "(web" not in said and "opened by web" in said
    assert told["hash"] == digest(told)
    # An answer with its difference can be compared again.
    old.write_text(json.dumps(told))
    assert "nobody more" in scope(loaded, tmp_path, wider, "--against", str(old)).output


REFUSED = [
    (f"accounts: [{{id: nobody, {DAY}}}]", "hypothesis.yaml: accounts[0].id: nobody appears nowhere"),
    (f"sessions: [{{id: s1, {DAY}}}, {{id: s99, {DAY}}}]", r"sessions[1].id: s99 appears nowhere"),
    (
        "held: [{what: web, from: 2026-03-02T00:00:00Z, to: 2026-03-01T00:00:00Z}]",
        "held[0]: the window ends before",
    ),
    ("held: [{what: web, from: 2026-03-02T00:00:00Z}]", "held[0]: 'to' is missing"),
    (
        "held: [{what: web, from: 2026-03-02T00:00:00Z, to: }]",
        "'to' is missing. Where it still goes on, write the time",
    ),
    ("copied: [{what: backup, at: 2026-03-02T00:00:00}]", "copied[0].at: the time zone is missing"),
    ("\tx", "hypothesis.yaml: The hypothesis is not YAML"),
]


@pytest.mark.parametrize(("hypothesis", "said"), REFUSED)
def test_a_bad_hypothesis_is_refused_with_its_place(
    loaded: Path, tmp_path: Path, hypothesis: str, said: str
) -> None:
    done = scope(loaded, tmp_path, hypothesis, "--csv", str(tmp_path / "all.csv"))
    assert done.exit_code == 1 and said in done.output and not done.stdout.startswith("Ledger")
    assert not (tmp_path / "all.csv").exists()
    french = scope(loaded, tmp_path, hypothesis, lang="fr").output
    assert french != done.output and said not in french


def _changed(ledger: Path, to: Path, name: str, change: Any) -> Path:
    shutil.copytree(ledger, to)
    path = to / name
    path.write_bytes(change(path.read_bytes()))
    return to


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("lines.jsonl", lambda data: data[:-40], "line 139: not a line, or cut short"),
        (
            "lines.jsonl",
            lambda data: data[: data.rindex(b"\n", 0, -1) + 1],
            "signs 140 lines, and the 139 lines",
        ),
        ("lines.jsonl", lambda data: data.replace(b"patient1", b"patient2", 1), "two ledgers are mixed"),
        (
            "lines.jsonl",
            lambda data: b"".join(data.splitlines(keepends=True)[1:]),
            "line 0: it is out of order",
        ),
        ("checkpoint", lambda data: data.replace(b"\n140\n", b"\n139\n"), "the ledger does not verify"),
        ("vkey", lambda data: data[1:], "the ledger does not verify"),
    ],
)
def test_a_ledger_that_does_not_verify_is_not_answered_from(
    ledger: Path, tmp_path: Path, name: str, change: Any, said: str
) -> None:
    bad = _changed(ledger, tmp_path / "bad", name, change)
    done = scope(bad, tmp_path, f"networks: [{{id: n1, {DAY}}}]", "--keep", str(tmp_path / "kept"))
    assert done.exit_code == 1 and said in done.output, done.output
    assert not (tmp_path / "kept/loaded.json").exists()


def test_lines_of_another_ledger_under_this_checkpoint_are_two_ledgers(ledger: Path, tmp_path: Path) -> None:
    other = export(tmp_path / "other", lines_of(6))
    shutil.copy(ledger / "checkpoint", other / "checkpoint")
    shutil.copy(ledger / "vkey", other / "vkey")
    assert "two ledgers are mixed" in scope(other, tmp_path, f"networks: [{{id: n1, {DAY}}}]").output


def test_lines_that_nobody_signed_are_refused_unless_it_is_said(
    ledger: Path, loaded: Path, tmp_path: Path
) -> None:
    for folder, said in ((ledger, "nobody signed it"), (loaded, "without its signatures being checked")):
        done = scope(folder, tmp_path, f"networks: [{{id: n1, {DAY}}}]", unsigned=False)
        assert done.exit_code == 1 and said in done.output


@pytest.mark.parametrize("name", ["lines.parquet", "acts.parquet", "parts.parquet", "persons.parquet"])
def test_a_parquet_file_that_is_cut_short_changed_or_missing_is_refused(
    loaded: Path, tmp_path: Path, name: str
) -> None:
    short = _changed(loaded, tmp_path / "short", name, lambda data: data[:-30])
    flipped = _changed(
        loaded, tmp_path / "flipped", name, lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:]
    )
    gone = _changed(loaded, tmp_path / "gone", name, lambda data: data)
    (gone / name).unlink()
    for folder, said in (
        (short, "truncated"),
        (flipped, "has changed"),
        (gone, "truncated or can't be read"),
    ):
        done = scope(folder, tmp_path, f"networks: [{{id: n1, {DAY}}}]")
        assert done.exit_code == 1 and said in done.output and name in done.output, done.output


def test_parquet_of_two_ledgers_is_refused(loaded: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    scope(
        export(tmp_path / "export", lines_of(6)),
        tmp_path,
        f"networks: [{{id: n1, {DAY}}}]",
        "--keep",
        str(other),
    )
    mixed = shutil.copytree(loaded, tmp_path / "mixed")
    shutil.copy(other / "acts.parquet", mixed / "acts.parquet")
    done = scope(mixed, tmp_path, f"networks: [{{id: n1, {DAY}}}]")
    assert done.exit_code == 1 and "two ledgers are mixed" in done.output and "acts.parquet" in done.output


def test_an_earlier_answer_is_compared_with_its_own_ledger_only(
    ledger: Path, loaded: Path, tmp_path: Path
) -> None:
    supposed = f"networks: [{{id: n1, {DAY}}}]"
    lines = lines_of(5)
    shorter = as_json(export(tmp_path / "shorter", lines[:100]), tmp_path, supposed)
    stranger = as_json(export(tmp_path / "stranger", lines_of(6)), tmp_path, supposed)
    changed = {**shorter, "persons": {}}
    for old, folder, said in (
        (shorter, ledger, "Against"), (shorter, loaded, "nothing shows that its 100 lines are the beginning"),
        (stranger, ledger, "of another ledger"), (changed, ledger, "its hash is not that of its content"),
        ({"format": 2}, ledger, "is not an answer of"),
    ):  # fmt: skip
        path = tmp_path / "old.json"
        path.write_text(json.dumps(old))
        assert said in scope(folder, tmp_path, supposed, "--against", str(path)).output


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder at an address, by a server that knows nothing of us."""
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_a_ledger_at_an_address_gives_the_same_answer_as_the_folder(
    cast: Cast, ledger: Path, loaded: Path, tmp_path: Path
) -> None:
    supposed = f"networks: [{{id: n1, {DAY}}}]"
    here = as_json(ledger, tmp_path, supposed)
    for folder in (ledger, loaded):
        with served(folder) as url:
            assert as_json(url, tmp_path, supposed) == here
    cast.request()
    commands.ledger_export(cast.settings, tmp_path / "export")
    start, end = (cast.time.at + timedelta(hours=by) for by in (-1, 1))
    window = f"from: '{start.isoformat()}', to: '{end.isoformat()}'"
    with served(tmp_path / "export") as url:
        told = as_json(url, tmp_path, f"accounts: [{{id: {cast.bose.person}, {window}}}]", unsigned=False)
    assert told["ledger"]["signatures"] == "checked"


def test_a_ledger_that_is_not_whole_at_its_address_is_not_answered_from(ledger: Path, tmp_path: Path) -> None:
    supposed = f"networks: [{{id: n1, {DAY}}}]"
    bad = _changed(ledger, tmp_path / "bad", "lines.jsonl", lambda data: data[: len(data) // 2])
    with served(bad) as url:
        done = scope(url, tmp_path, supposed)
        assert done.exit_code == 1 and "the ledger does not verify" in done.output
        (bad / "vkey").unlink()
        done = scope(url, tmp_path, supposed)
        assert done.exit_code == 1 and "vkey is missing" in done.output
    done = scope(url, tmp_path, supposed)
    assert done.exit_code == 1 and "could not be read whole" in done.output
    done = scope(tmp_path / "nowhere", tmp_path, supposed)
    assert done.exit_code == 2 and "neither a folder nor an https address" in done.output


def test_lines_are_counted_in_an_export_only(loaded: Path, tmp_path: Path) -> None:
    done = scope(loaded, tmp_path, f"networks: [{{id: n1, {DAY}}}]", "--lines", "10")
    assert done.exit_code == 1 and "--lines wants the export itself" in done.output


def test_what_can_not_be_written_is_said_and_no_half_list_is_left(loaded: Path, tmp_path: Path) -> None:
    supposed = f"networks: [{{id: n1, {DAY}}}]"
    for form in ("csv", "parquet"):
        done = scope(loaded, tmp_path, supposed, f"--{form}", str(tmp_path / "no" / f"all.{form}"))
        assert done.exit_code == 1 and "can't be written (" in done.output, done.output
    done = scope(loaded, tmp_path, supposed, "--csv", str(tmp_path / "all.csv"))
    assert done.exit_code == 0 and not list(tmp_path.glob("*.part"))


def test_a_hypothesis_that_is_not_there_is_said(loaded: Path, tmp_path: Path) -> None:
    words = ["scope", "--ledger", str(loaded), "--hypothesis", str(tmp_path / "none.yaml"), "--lang", "en"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 1 and "there is no file of that name" in done.output


def test_a_rehearsals_ledger_says_which_word_is_missing(ledger: Path, tmp_path: Path) -> None:
    rehearsed = _changed(ledger, tmp_path / "rehearsed", "vkey", lambda data: data)
    (rehearsed / "simulation.json").write_text('{"signed": false}')
    done = scope(rehearsed, tmp_path, f"networks: [{{id: n1, {DAY}}}]", unsigned=False)
    assert done.exit_code == 1 and "Say --unsigned" in done.output
