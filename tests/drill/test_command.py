"""`colloque drill`: what it refuses, in a sentence, before anything is started; and what it leaves in its folder."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from colloque.cli import cli
from colloque.drill import picture
from colloque.drill.outcome import Taken
from colloque.kernel.clock import from_wire


def drill(*words: str) -> Result:
    return CliRunner().invoke(cli, ["drill", *words])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tempest"], "There are: stolen-device"),
        (["stolen-device", "--persons", "1"], "at least 2"),
        (["stolen-device", "--persons", "2000000"], "a world has between 1 and 1,000,000"),
        (["web-held", "--url", "http://localhost:1"], "not played against an instance at all"),
        (["stolen-device", "--persons", "500", "--url", "http://localhost:1"], "with more than 60 persons"),
        (["stolen-device", "--url", "http://localhost:1"], "does not answer"),
        (["stolen-device", "--url", "nonsense"], "does not answer"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(words: list[str], said: str, tmp_path: Path) -> None:
    done = drill(*words, "--out", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert said in done.output
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "scope.json").write_text("evidence")
    done = drill("snoop", "--out", str(tmp_path))
    assert done.exit_code == 1 and "not an empty folder" in done.output
    assert (tmp_path / "scope.json").read_text() == "evidence"


@pytest.mark.slow
def test_a_replay_of_four_weeks_by_the_command(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = drill("stolen-device", "--persons", "70", "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["how"] == "replayed"
    assert told["persons_missed"] == told["persons_in_excess"] == 0


def test_the_closing_picture_shows_both_marks_where_a_rule_stops_as_it_notices() -> None:
    for second in (0.0, 8.0, 4000.0):
        told = {"began": "2026-11-24T02:10:00.000Z", "seconds_to_notice": second, "seconds_to_stop": second}
        taken = [Taken(from_wire("2026-11-24T02:10:04.000Z"), "alice", "care")]
        marks = picture.for_terminal(told, taken).splitlines()[1].split("  n noticed")[0]
        assert marks.count("n") == marks.count("S") == 1
