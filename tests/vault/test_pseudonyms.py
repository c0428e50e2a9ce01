"""Patients have another name in each practice's lines: two practices' lines share nothing of her, and who may know, does."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from click.testing import CliRunner

from colloque.cli import cli
from colloque.detection import examples
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.ids import new_id
from colloque.kernel.tls import trust
from colloque.ledger import append
from colloque.ledger.export import export
from colloque.ledger.line import to_bytes
from colloque.ledger.pseudonym import CARE, Name, pseudonym_of, put_back, values_of
from colloque.ledger.verify import Finding, verify
from colloque.vault import commands, store
from colloque.vault.client import VaultClient
from colloque.vault.settings import VaultSettings
from tests.vault.cast import Cast, Port, Time, read_bodies, read_log, run_verify, running
from tests.vault.conftest import playing
from tests.vault.forging import forge, read_lines
from tests.vault.lived import NETWORK, SESSION, Lived, live


@pytest.fixture
def folder(lived: Lived, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived.folder, tmp_path / "out"))


def texts(value: Any) -> Iterator[str]:
    """Every string in a line, that is long enough to tell one from another and is no time."""
    if isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, str) and len(value) > 12 and not re.match(r"\d{4}-\d\d-\d\dT", value):
        yield value


def test_two_practices_lines_of_one_patient_share_nothing(lived: Lived) -> None:
    bodies = read_bodies(lived.settings.database_url)
    of = {
        practice: [line for line in bodies if line.get("practice") == practice and line["kind"] in CARE]
        for practice in lived.practices
    }
    kinds = {practice: {line["kind"] for line in some} for practice, some in of.items()}
    # Of all kinds of care, but for what takes another play: the appointment, a transfer, custody, the end of a record.
    assert kinds[lived.practices[0]] == kinds[lived.practices[1]]
    assert len(kinds[lived.practices[0]]) >= 14
    one, other = ({text for line in of[practice] for text in texts(line)} for practice in lived.practices)
    assert one & other <= lived.services | set(CARE) | {NETWORK}
    assert not (one | other) & lived.own
    assert {line["v"] for some in of.values() for line in some} == {2}
    # And whoever may put the names back has the lines that were meant.
    told = [line for line in read_log(lived.settings.database_url) if line.get("practice") in lived.practices]
    assert {line["subject"] for line in told if line["kind"] in CARE} == {lived.alice.person}


def test_members_keep_their_ids_and_what_the_directory_publishes_its_form(lived: Lived) -> None:
    bodies = read_bodies(lived.settings.database_url)
    for line in bodies:
        assert line["v"] == (2 if line["kind"] in CARE and "practice" in line else 1)
        assert "subject" not in line or line["v"] == 1 or line["subject"] != lived.alice.person
    opened = [one for one in bodies if one["kind"] == "release" and one["actor"] == lived.bose.person]
    assert len(opened) == 2
    assert {one["device"] for one in opened} == {lived.bose.device} == {one["keyid"] for one in opened}


def test_an_honest_export_holds_and_says_how_many_names_it_opened(lived: Lived) -> None:
    report = verify(lived.folder)
    rows = (lived.folder / "pseudonyms.jsonl").read_text().splitlines()
    assert report.names == len(rows) > 8
    assert "names that patients have" in run_verify(lived.folder).stdout


def rows_of(folder: Path) -> list[dict[str, str]]:
    return [json.loads(row) for row in (folder / "pseudonyms.jsonl").read_text().splitlines()]


def write_rows(folder: Path, rows: list[dict[str, str]]) -> None:
    (folder / "pseudonyms.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def first(folder: Path, lived: Lived, **where: str) -> int:
    """The number of the first line of the practice with these values, names put back."""
    values = values_of(Name.read(row) for row in rows_of(folder))
    lines = (put_back(json.loads(line), values) for line in read_lines(folder))
    return next(
        line["seq"]
        for line in lines
        if line["v"] == 2 and all(line.get(name) == value for name, value in where.items())
    )


def found(folder: Path) -> Finding:
    with pytest.raises(Finding) as error:
        verify(folder)
    return error.value


@pytest.mark.parametrize("whose", ["person", "device", "session"])
def test_a_name_that_nothing_opens_is_found_where_it_stands(folder: Path, lived: Lived, whose: str) -> None:
    value, practice = {"session": SESSION}.get(whose) or getattr(lived.alice, whose), lived.practices[1]
    field = {"person": "subject"}.get(whose, whose)
    at = first(folder, lived, practice=practice, **{field: value})
    write_rows(
        folder, [row for row in rows_of(folder) if (row["practice"], row["value"]) != (practice, value)]
    )
    told = found(folder)
    assert told.seq == at
    assert told.what == {
        "person": "nothing opens the name that it gives its person",
    }.get(whose, "its statement is of another device or session")


def test_an_export_without_its_names_is_found(folder: Path) -> None:
    (folder / "pseudonyms.jsonl").unlink()
    assert found(folder).what == "nothing opens the name that it gives its person"


def test_openings_that_were_swapped_are_found(folder: Path, lived: Lived) -> None:
    rows = rows_of(folder)
    rows[0]["value"], rows[1]["value"] = rows[1]["value"], rows[0]["value"]
    rows[0]["salt"], rows[1]["salt"] = rows[1]["salt"], rows[0]["salt"]
    write_rows(folder, rows)
    assert found(folder).what.startswith("a name of a practice can't be opened")


def test_a_second_name_for_somebody_is_found(folder: Path, lived: Lived) -> None:
    practice, value, salt = lived.practices[0], lived.alice.person, b"s" * 32
    more = Name(practice, value, salt, pseudonym_of(practice, salt, value))
    write_rows(folder, [*rows_of(folder), more.to_json()])
    assert found(folder).what == "somebody has two names in one practice"


def changed(line: str, **fields: Any) -> str:
    return to_bytes({**json.loads(line), **fields}).decode() + "\n"


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("consultation-taken", "it is about another person than its record"),
        ("record-created", "its statement made another record"),
        ("item-served", "it is about another person than its record"),
    ],
)
def test_a_subject_that_was_exchanged_is_found(folder: Path, lived: Lived, kind: str, what: str) -> None:
    """Who holds the vault can sign any line, and open any name: whose the record is, another signed."""
    practice = lived.practices[1]
    at = first(folder, lived, practice=practice, kind=kind)
    lines, salt, other = read_lines(folder), b"s" * 32, new_id()
    name = Name(practice, other, salt, pseudonym_of(practice, salt, other))
    lines[at] = changed(lines[at], subject=name.pseudonym)
    forge(lived.settings, folder, lines)
    write_rows(folder, [*rows_of(folder), name.to_json()])
    assert (found(folder).seq, found(folder).what) == (at, what)


@pytest.mark.parametrize("kind", ["item-served", "item-written", "message", "release"])
def test_an_actor_that_was_exchanged_is_found(folder: Path, lived: Lived, kind: str) -> None:
    at = first(folder, lived, kind=kind, practice=lived.practices[1])
    lines = read_lines(folder)
    lines[at] = changed(lines[at], actor=new_id())
    forge(lived.settings, folder, lines)
    assert found(folder).seq == at
    assert found(folder).what in (
        "its statement is another one's",
        "its statement says that another one did it",
    )


def test_names_where_there_are_none_are_found(folder: Path, lived: Lived) -> None:
    lines = read_lines(folder)
    at = next(n for n, line in enumerate(lines) if '"kind":"member-joined"' in line)
    lines[at] = changed(lines[at], v=2)
    forge(lived.settings, folder, lines)
    assert (found(folder).seq, found(folder).what) == (at, "a line of its kind has no names of a practice")


def test_the_scope_names_a_patient_of_two_practices_once(lived: Lived, tmp_path: Path) -> None:
    """Whose data, over an export with names: Alice, in all that was opened of her, and nobody by another name."""
    window = "from: 2026-11-24T00:00:00Z, to: 2026-11-25T00:00:00Z"
    dan = next(
        line["actor"]
        for line in read_log(lived.settings.database_url)
        if line["kind"] == "consultation-taken" and line["practice"] == lived.practices[1]
    )
    supposed = f"accounts: [{{id: {lived.bose.person}, {window}}}, {{id: {dan}, {window}}}]"
    truth = {
        (line["subject"], line["compartment"])
        for line in read_log(lived.settings.database_url)
        if line["kind"] == "release" and line["actor"] in (lived.bose.person, dan)
    }
    (tmp_path / "hypothesis.yaml").write_text(supposed)
    words = [
        "scope",
        "--ledger",
        str(lived.folder),
        "--hypothesis",
        str(tmp_path / "hypothesis.yaml"),
        "--json",
    ]
    for more in ([], ["--unsigned"]):
        done = CliRunner().invoke(cli, [*words, *more])
        assert done.exit_code == 0, done.output
        told = json.loads(done.stdout)["persons"]
        consulted = {
            (person, name)
            for person, parts in told.items()
            for name, part in parts.items()
            if part["status"] == "consulted"
        }
        assert consulted == truth
        assert set(told) == {lived.alice.person}


def test_a_rule_tried_on_an_export_sees_whom_lines_are_about(lived: Lived) -> None:
    told = examples.read_lines(lived.folder / "lines.jsonl")
    assert told == read_log(lived.settings.database_url)


def test_the_officers_service_reads_whom_lines_are_about_and_their_hashes(cast: Cast) -> None:
    live(cast, Port(cast))
    with closing(VaultClient(cast.url, cast.services["officer"])) as reads:
        lines, size = reads.feed(0)
        told = reads.feed_as_written(0)
    assert lines == read_log(cast.settings.database_url)
    assert [json.loads(one) for one in told.lines] == read_bodies(cast.settings.database_url)
    assert told.size == size == len(lines)


def test_a_patient_is_told_her_own_names_and_nobody_elses(cast: Cast) -> None:
    port = Port(cast)
    live(cast, port)
    told = cast.post("lines", cast.alice.say("lines", about="self")).json()
    names = [Name.read(one) for one in told["names"]]
    assert {one.value for one in names} >= {cast.alice.person, cast.alice.device, SESSION}
    assert {one.practice for one in names} == {cast.practice, port.id}
    lines = [put_back(json.loads(one["line"]), values_of(names)) for one in told["lines"]]
    assert {line["subject"] for line in lines} == {cast.alice.person}
    bea = next(line["target"] for line in cast.lines("grant"))
    # Of who is named in her lines and is not she, nothing is opened: not even that it is an account that she knows.
    assert bea not in json.dumps([lines, told["names"]])


def test_who_holds_a_record_by_a_grant_is_told_her_own_names_in_it(cast: Cast) -> None:
    bea = cast.register("bea", "patient")
    cast.show(cast.consultation)
    cast.open(cast.alice, (cast.file, "identity"), session=SESSION)
    later = clock.to_wire(cast.time.at + timedelta(days=4))
    cast.state(cast.bose.say("grant", record=cast.file, to=bea.person, not_before=later))
    cast.time.at += timedelta(days=5)
    cast.open(bea, (cast.file, "identity"))
    own = cast.make_consultation()
    cast.state(
        cast.bose.say(
            "grant", record=own, to=bea.person, not_before=clock.to_wire(cast.time.at + timedelta(days=4))
        )
    )
    cast.time.at += timedelta(days=5)
    told = cast.post("lines", bea.say("lines", about=cast.file)).json()
    assert {one["value"] for one in told["names"]} == {bea.person, bea.device}
    line = [line for line in read_bodies(cast.settings.database_url) if line["kind"] == "release"][-1]
    assert not {line["actor"], line["device"], line["keyid"]} & {bea.person, bea.device}
    # She ends a record that is hers by the grant: by her name in that practice too.
    cast.state(
        bea.say("erase", record=own, step="ask", not_before=clock.to_wire(cast.time.at + timedelta(days=8)))
    )
    (line,) = [line for line in read_bodies(cast.settings.database_url) if line["kind"] == "erase-asked"]
    assert line["actor"] != bea.person


def test_a_retry_gets_its_answer_whatever_its_lines_call_her(cast: Cast) -> None:
    port = Port(cast)
    other = cast.make_record(cast.alice, "file", practice=port.id)
    asked = cast.ask(cast.alice, (cast.file, "identity"), (other, "identity"), session=SESSION)
    assert asked.answer().turns == asked.answer().turns
    assert len(cast.lines("release")) == 2
    ids = {line["id"] for line in read_bodies(cast.settings.database_url) if line["kind"] == "release"}
    assert len(ids) == 2 and asked.request not in ids


def test_a_name_that_a_transaction_lost_is_written_with_the_next_line(cast: Cast) -> None:
    refuse = (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;"
        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON ledger_line DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    asked = cast.ask(cast.alice, (cast.file, "identity"), session=SESSION)
    with psycopg.connect(cast.settings.database_url, autocommit=True) as connection:
        connection.execute(refuse.encode())
        assert cast.post("release", asked.envelope).status_code == 503
        connection.execute("DROP FUNCTION refuse CASCADE")
        assert not connection.execute("SELECT 1 FROM pseudonym WHERE value = %s", (SESSION,)).fetchone()
        asked.answer()
        # And known names cost nothing: no row is written again.
        before = connection.execute("SELECT count(*), max(xmin::text::bigint) FROM pseudonym").fetchone()
        cast.open(cast.alice, (cast.file, "nir"), session=SESSION)
        assert (
            connection.execute("SELECT count(*), max(xmin::text::bigint) FROM pseudonym").fetchone() == before
        )
        assert connection.execute("SELECT 1 FROM pseudonym WHERE value = %s", (SESSION,)).fetchone()


def test_a_database_from_before_goes_on(
    settings: VaultSettings, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lines stay as they were, what is written from now on has names, and a practice's export has those alone."""
    with monkeypatch.context() as before:
        before.setattr(append, "is_of_care", lambda _: False)
        with playing(settings, time, tmp_path) as cast:
            cast.request()
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("DROP TABLE pseudonym")
        connection.execute("DELETE FROM vault_key WHERE name = 'pseudonyms'")
        connection.execute("DELETE FROM migration WHERE name LIKE '%pseudonym%'")
    old = [line for line in read_bodies(settings.database_url) if line["kind"] in CARE]
    assert {line["v"] for line in old} == {1}
    with running(settings) as url, httpx.Client(base_url=url, trust_env=False, verify=trust()) as http:
        cast.http = http
        cast.take(cast.bose)
        cast.open(cast.bose, (cast.consultation, "request"))
    export(settings.database_url, tmp_path / "log", *store.read_export_keys(settings))
    report = verify(tmp_path / "log")
    assert (report.releases, report.names) == (1, 1)
    told = commands.ledger_export_practice(settings, tmp_path / "part", cast.practice)
    left_out = [line for line in old if line.get("practice") == cast.practice]
    assert f"{len(left_out)} more are from before" in told
    assert cast.alice.person not in (tmp_path / "part/lines.jsonl").read_text()


def test_a_rotation_carries_the_key_of_names(cast: Cast) -> None:
    before = store.read_keys(cast.settings)
    commands.rotate(replace(cast.settings, kek_refresh=0), lambda _: None)
    with psycopg.connect(cast.settings.database_url) as connection:
        rows = dict(
            connection.execute("SELECT name, substring(wrapped FROM 1 FOR 5) FROM vault_key").fetchall()
        )
    assert len(set(rows.values())) == 1 and "pseudonyms" in rows
    after = store.read_keys(cast.settings)
    assert (after.pseudonyms, after.blind_index) == (before.pseudonyms, before.blind_index)
    assert b64u_encode(after.pseudonyms) not in json.dumps(list(map(str, rows)))
