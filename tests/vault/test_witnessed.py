"""The vault's own log before a witness: cosigned as it grows, and found out when it does not."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from colloque.kernel.tls import trust
from colloque.ledger.checkpoint import parse_vkey
from colloque.ledger.cosignature import cosign, parse_witness_vkey
from colloque.ledger.export import export
from colloque.ledger.verify import Finding, verify
from colloque.vault import store
from colloque.vault.settings import VaultSettings
from colloque.witness.app import Witness, create_app
from colloque.witness.state import State
from colloque.witness.submit import NotWitnessed, submit
from tests.vault.cast import Cast
from tests.vault.forging import signed
from tests.vault.serving import serving


@pytest.fixture
def witness(settings: VaultSettings, tmp_path: Path) -> Iterator[Witness]:
    log = parse_vkey(store.read_vkey(settings))
    state = State(tmp_path / "witness")
    yield Witness("witness", {log.name: log}, state)
    state.close()


def test_a_log_that_loses_lines_or_shows_another_history_is_found_out(
    cast: Cast, witness: Witness, settings: VaultSettings, tmp_path: Path
) -> None:
    vkey, salt = store.read_export_keys(settings)
    key, log, kept = parse_witness_vkey(witness.vkey), parse_vkey(vkey), tmp_path / "kept"
    with (
        serving(create_app(witness)) as url,
        httpx.Client(base_url=url, trust_env=False, verify=trust()) as there,
    ):
        first, _ = submit(cast.http, there, key, log, kept)
        cast.request()
        cast.take(cast.bose)
        second, _ = submit(cast.http, there, key, log, kept)
        shutil.rmtree(kept)  # the log's own side forgets; the witness does not
        cast.open(cast.bose, (cast.consultation, "request"))
        third, _ = submit(cast.http, there, key, log, kept)
        submit(cast.http, there, key, log, kept)
        assert first < second < third

        export(settings.database_url, tmp_path / "whole", vkey, salt)
        how = {"cosigned": kept, "witness": witness.vkey}
        assert verify(tmp_path / "whole", vkey, **how).witnessed == 1

        # An old database is restored: its checkpoint is signed, its lines hold, and the witness has seen more.
        old = tmp_path / "old"
        export(settings.database_url, old, vkey, salt)
        lines = (old / "lines.jsonl").read_text().splitlines(keepends=True)
        keep = lines[:first]
        (old / "lines.jsonl").write_text("".join(keep))
        (old / "checkpoint").write_text(signed(settings, keep))
        verify(old, vkey)
        with pytest.raises(
            Finding,
            match=rf"the witness saw at .*, {third} lines, and the export has {first}: lines are gone",
        ):
            verify(old, vkey, **how)

        class Old(httpx.BaseTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                return httpx.Response(200, text=(old / "checkpoint").read_text())

        with (
            httpx.Client(base_url="http://old", transport=Old()) as restored,
            pytest.raises(NotWitnessed, match="lines are gone"),
        ):
            submit(restored, there, key, log, tmp_path / "fresh")


def test_an_export_of_another_history_is_found_out(
    cast: Cast, witness: Witness, settings: VaultSettings, tmp_path: Path
) -> None:
    vkey, salt = store.read_export_keys(settings)
    export(settings.database_url, tmp_path / "log", vkey, salt)
    lines = (tmp_path / "log/lines.jsonl").read_text().splitlines(keepends=True)
    other = signed(settings, [*lines[:4], lines[4].replace('"seq":4', '"seq": 4')])
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "5.note").write_text(other + cosign(other, "witness", witness.key, at=1_795_000_000))
    with pytest.raises(
        Finding, match=r"first 5 lines are not those that the witness saw at 2026-11-18 .* two histories"
    ):
        verify(tmp_path / "log", vkey, cosigned=kept, witness=witness.vkey)
    (kept / "5.note").write_text(other)
    with pytest.raises(Finding, match="did not cosign"):
        verify(tmp_path / "log", vkey, cosigned=kept, witness=witness.vkey)
