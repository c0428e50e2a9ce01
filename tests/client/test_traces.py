"""The search finds what is planted, however it is written and wherever it stands."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from colloque.client import traces
from colloque.client.traces import find_traces

TEXT = "Élouan a mal à la gorge 2?>~"
WRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "clear": lambda data: data,
    "hex": lambda data: data.hex().encode(),
    "HEX": lambda data: data.hex().upper().encode(),
    "base64": base64.b64encode,
    "base64url": base64.urlsafe_b64encode,
}


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("before", range(5))
@pytest.mark.parametrize("after", range(4))
def test_a_text_among_others_is_found(tmp_path: Path, how: str, before: int, after: int) -> None:
    around = b"\xff" * before, b"\xfe" * after
    (tmp_path / "page").write_bytes(os.urandom(99) + WRITTEN[how](around[0] + TEXT.encode() + around[1]))
    assert {trace.text for trace in find_traces(tmp_path, ["elsewhere", TEXT])} == {TEXT}


@pytest.mark.parametrize(
    "written",
    [
        json.dumps({"text": TEXT}).encode(),
        f"GET /search?q={quote(TEXT, safe='')}".encode(),
        TEXT.encode("utf-16-le"),
        TEXT.encode("latin-1"),
    ],
)
def test_other_ways_of_writing_are_found(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "log").write_bytes(b"." + written)
    assert [trace.text for trace in find_traces(tmp_path, [TEXT])] == [TEXT]


@pytest.mark.parametrize("cut", [1, 7, 30])
def test_a_text_across_two_pieces_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    monkeypatch.setattr(traces, "PIECE", 64)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "wal").write_bytes(b"\0" * (64 * 3 - cut) + TEXT.encode() + b"\0" * 500)
    (found,) = find_traces(tmp_path, [TEXT])
    assert (found.path.name, found.how) == ("wal", "in clear")


def test_what_is_left_out_is_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "letter").write_text(TEXT)
    assert list(find_traces(tmp_path, [TEXT], leave_out=[tmp_path / "mail"])) == []


def test_random_bytes_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(os.urandom(1 << 20))
    assert list(find_traces(tmp_path, [TEXT, "299999873024965"])) == []


@pytest.mark.parametrize(("planted", "code"), [("rien", 0), (TEXT, 1)])
def test_the_command_looks_for_all_that_a_run_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], planted: str, code: int
) -> None:
    made_up = {"emails": ["a@smoke.example"], "phone": "+33639930249", "nir": "299999873024965"}
    run, folder = tmp_path / "run.json", tmp_path / "blobs"
    run.write_text(json.dumps({"words": ["autre chose", TEXT], "made_up": made_up}))
    folder.mkdir()
    (folder / "log").write_text(planted)
    (folder / "letter").write_text("a@smoke.example")
    assert traces.main(run, [folder], [folder / "letter"]) == code
    said = capsys.readouterr().out
    assert ("text 2 in clear" in said) is bool(code)
    assert TEXT not in said
