"""The list of what the verifier finds, one test each, and where it says that it is.

Whoever holds the vault signs whatever checkpoint they like; what then finds them are the statements' signatures, and what
others remember: clients their receipts, a witness its notes, anyone the tiles.
"""

import contextlib
import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_examples
from hypothesis import strategies as st

from colloque.ledger.checkpoint import Signer
from colloque.ledger.cosignature import WitnessKey, cosign
from colloque.ledger.line import leaf_hash
from colloque.ledger.merkle import root_of
from colloque.ledger.verify import Finding, main, verify
from colloque.vault.settings import VaultSettings
from tests.examples import examples
from tests.vault.cast import Answer
from tests.vault.conftest import Exported
from tests.vault.forging import forge, read_lines, signed, signer_of

type Log = tuple[Path, str, Answer]


@pytest.fixture
def log(exported: Exported, tmp_path: Path) -> Log:
    """A copy of an export with two openings, the ledger's key, and what the opener was answered."""
    folder = Path(shutil.copytree(exported.folder, tmp_path / "log"))
    return folder, (folder / "vkey").read_text().strip(), exported.answer


@pytest.fixture
def settings(exported: Exported) -> VaultSettings:
    return exported.settings


@pytest.fixture(scope="module")
def signer(exported: Exported) -> Signer:
    return signer_of(exported.settings)


def found(log: Log, **against: Any) -> Finding:
    folder, vkey, _ = log
    with pytest.raises(Finding) as raised:
        verify(folder, vkey, **against)
    return raised.value


def keep(log: Log, *receipts: object) -> Path:
    path = log[0].parent / "receipts.json"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in receipts))
    return path


def write(log: Log, lines: list[str]) -> None:
    (log[0] / "lines.jsonl").write_text("".join(lines))


def edited(line: str, **fields: Any) -> str:
    """The line with other fields, in canonical form; None takes one away."""
    told = {k: v for k, v in (json.loads(line) | fields).items() if v is not None}
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def opening(lines: list[str]) -> int:
    return next(n for n, line in enumerate(lines) if '"kind":"release"' in line)


def test_nothing_is_found_where_nothing_is_wrong(log: Log) -> None:
    folder, vkey, answer = log
    report = verify(folder, vkey, receipts=keep(log, answer.receipt))
    assert (report.releases, report.receipts, report.gaps) == (2, 1, [])


def test_a_line_deleted(log: Log) -> None:
    lines = read_lines(log[0])
    at = opening(lines)
    later = [edited(line, seq=at + n) for n, line in enumerate(lines[at + 1 :])]
    write(log, [*lines[:at], *later])
    finding = found(log)
    assert (finding.seq, "not the line that was written here" in finding.what) == (at, True)
    write(log, [*lines[:at], *lines[at + 1 :]])
    assert re.search(f"but line {at + 1}: lines were taken out", found(log).what)


def test_a_line_edited(log: Log) -> None:
    lines = read_lines(log[0])
    at = opening(lines)
    write(log, [*lines[:at], edited(lines[at], relation="queue"), *lines[at + 1 :]])
    finding = found(log)
    assert (finding.seq, "its text was changed" in finding.what) == (at, True)


def test_lines_reordered(log: Log) -> None:
    lines = read_lines(log[0])
    write(log, [*lines[:4], lines[6], lines[5], lines[4], *lines[7:]])
    finding = found(log)
    assert (finding.seq, "but line 6: lines were taken out, or put in another order" in finding.what) == (
        4,
        True,
    )


def test_a_log_truncated(log: Log) -> None:
    lines = read_lines(log[0])
    write(log, lines[:-2])
    finding = found(log)
    assert (finding.seq, "the checkpoint counts" in finding.what) == (len(lines) - 2, True)


def test_an_old_database_restored(log: Log, settings: VaultSettings) -> None:
    """The old log is whole and signed: only who saw more can tell. (A witness does in `test_witnessed.py`.)"""
    lines = read_lines(log[0])
    at = opening(lines)
    receipts = keep(log, log[2].receipt)
    forge(settings, log[0], lines[:at])
    verify(log[0], log[1])
    finding = found(log, receipts=receipts)
    assert finding.seq == at
    assert finding.what.endswith("lines are gone, or an old database was restored")


def test_a_fork_shown_to_one_client(log: Log, settings: VaultSettings) -> None:
    """Her receipt holds, and the tree that it names is signed; the lines below it are not those of everyone else."""
    lines = read_lines(log[0])
    at = opening(lines)
    hers = {
        **log[2].receipt,
        "lines": [],
        "checkpoint": signed(
            settings, [*lines[: at - 1], edited(lines[at - 1], network="x"), *lines[at : at + 2]]
        ),
    }
    finding = found(log, receipts=keep(log, hers))
    assert (finding.seq, "the ledger has two histories" in finding.what) == (at + 1, True)
    finding = found(log, receipts=keep(log, log[2].receipt, hers))
    assert "hold two histories" in finding.what


def test_a_receipt_without_its_line(log: Log, settings: VaultSettings) -> None:
    """The opening was taken out, the rest moved up, and all of it signed anew."""
    lines = read_lines(log[0])
    at = opening(lines)
    receipts = keep(log, log[2].receipt)
    forge(
        settings, log[0], [*lines[:at], *(edited(line, seq=at + n) for n, line in enumerate(lines[at + 1 :]))]
    )
    verify(log[0], log[1])
    finding = found(log, receipts=receipts)
    assert (finding.seq, "is for another line at this place" in finding.what) == (at, True)


def test_a_receipt_that_proves_nothing(log: Log) -> None:
    receipt = log[2].receipt
    moved = {**receipt, "lines": [{**receipt["lines"][0], "seq": 2}]}
    for made_up in (moved, {}, 7, {**receipt, "checkpoint": receipt["checkpoint"].replace("— ", "- ")}):
        assert "proves nothing" in found(log, receipts=keep(log, made_up)).what
    assert "no receipt" in found(log, receipts=keep(log)).what


def test_an_unsigned_request(log: Log, settings: VaultSettings) -> None:
    """Who holds the vault writes an opening that no device asked for."""
    lines = read_lines(log[0])
    at = opening(lines)
    lines[at] = edited(lines[at], request=None, sig=None, keyid=None)
    forge(settings, log[0], lines)
    finding = found(log)
    assert (finding.seq, finding.what) == (at, "nobody signed it")


def test_a_wrongly_signed_request(log: Log, settings: VaultSettings) -> None:
    """The statement is there, signed by another device than it names."""
    lines = read_lines(log[0])
    at = opening(lines)
    told = json.loads(lines[at])
    other = next(line for line in map(json.loads, lines) if line["kind"] == "consultation-taken")
    assert other["keyid"] == told["keyid"]
    held = (log[0] / "statements.jsonl").read_text()
    (log[0] / "statements.jsonl").write_text(held.replace(told["sig"], other["sig"]))
    lines[at] = edited(lines[at], sig=other["sig"])
    forge(settings, log[0], lines)
    finding = found(log)
    assert (finding.seq, finding.what) == (at, f"the signature of {told['keyid']} does not hold")


def test_a_gap_in_time(log: Log) -> None:
    lines = read_lines(log[0])
    finding = found(log, most_gap=3600)
    assert (finding.seq, "for 18000 seconds before it" in finding.what) == (len(lines) - 2, True)
    assert verify(log[0], log[1], most_gap=3600, explained=[len(lines) - 2]).gaps == []
    assert verify(log[0], log[1], most_gap=18_000).gaps == []


def seen_by_witness(log: Log, signer: Signer, size: int, at: datetime) -> dict[str, Any]:
    """What a witness cosigned: the first lines, at a time of its own clock."""
    key = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    leaves = [leaf_hash(line.removesuffix("\n").encode()) for line in read_lines(log[0])[:size]]
    note = signer.sign(size=size, root=root_of(leaves))
    kept = log[0].parent / "cosigned"
    kept.mkdir(exist_ok=True)
    (kept / f"{size}.note").write_text(note + cosign(note, "witness", key, at=int(at.timestamp())))
    return {"cosigned": kept, "witness": WitnessKey("witness", key.public_key().public_bytes_raw()).to_vkey()}


def test_a_line_dated_back(log: Log, signer: Signer) -> None:
    """Everything was at 9:00 but the last two lines, at 14:00."""
    at, nine = len(read_lines(log[0])) - 2, datetime(2026, 11, 24, 9, tzinfo=UTC)
    noon = seen_by_witness(log, signer, at, nine + timedelta(hours=3))
    assert verify(log[0], log[1], **noon).witnessed == 1
    three = seen_by_witness(log, signer, at, nine + timedelta(hours=6))
    finding = found(log, **three)
    assert (
        finding.seq,
        "the witness saw the ledger without it at 2026-11-24 15:00:00 UTC" in finding.what,
    ) == (at, True)


def test_a_line_dated_forward(log: Log, signer: Signer) -> None:
    at, nine = len(read_lines(log[0])) - 2, datetime(2026, 11, 24, 9, tzinfo=UTC)
    ten = seen_by_witness(log, signer, at + 1, nine + timedelta(hours=1))
    finding = found(log, **ten)
    assert (finding.seq, "it was dated forward" in finding.what) == (at, True)


def test_what_is_found_is_printed_with_its_place(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    folder, vkey, answer = log
    receipts = str(keep(log, answer.receipt))
    assert main([str(folder), "--vkey", vkey, "--receipts", receipts]) == 0
    assert "1 receipts are all in it." in capsys.readouterr().out
    assert main([str(folder), "--only-tree", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["size"] == len(read_lines(folder))
    assert main([str(folder), "--most-gap", "3600", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["line"] == len(read_lines(folder)) - 2


@settings_of_examples(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_in_a_line_is_found_and_never_breaks_the_verifier(
    exported: Exported, log: Log, signer: Signer, data: st.DataObject
) -> None:
    """Who holds the vault signs anything at all; a verifier that crashes would say nothing of where."""
    lines = read_lines(exported.folder)
    at = data.draw(st.integers(0, len(lines) - 1))
    name = data.draw(st.sampled_from(sorted(json.loads(lines[at]))))
    strange = st.one_of(
        st.none(), st.integers(-2, 2**53), st.text(max_size=8), st.just({}), st.just([]), st.just(0.5)
    )
    told = {**json.loads(lines[at]), name: data.draw(strange)}
    if told[name] is None:
        del told[name]
    lines[at] = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    folder = log[0]
    (folder / "lines.jsonl").write_text("".join(lines))
    root = root_of([leaf_hash(line.removesuffix("\n").encode()) for line in lines])
    (folder / "checkpoint").write_text(signer.sign(size=len(lines), root=root))
    shutil.rmtree(folder / "tile", ignore_errors=True)
    with contextlib.suppress(Finding):
        verify(folder)


@settings_of_examples(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["lines.jsonl", "statements.jsonl", "checkpoint", "vkey"]),
    at=st.integers(0, 10**6),
    byte=st.integers(1, 255),
)
def test_no_byte_of_an_export_can_change_unseen(
    exported: Exported, log: Log, name: str, at: int, byte: int
) -> None:
    whole = (exported.folder / name).read_bytes()
    at %= len(whole)
    (log[0] / name).write_bytes(whole[:at] + bytes([whole[at] ^ byte]) + whole[at + 1 :])
    try:
        with contextlib.suppress(Finding):
            report = verify(log[0], (exported.folder / "vkey").read_text())
            # Only what the verifier has no use for may differ: the folder's own key, and the order of spaces.
            assert name in ("vkey", "statements.jsonl"), (name, at, report)
    finally:
        (log[0] / name).write_bytes(whole)
