"""That nothing happened is written down too, so that a silence is a vault that did not run, or lines that are missing."""

import asyncio
import time as system
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from colloque.ledger import append
from colloque.ledger.export import export
from colloque.ledger.verify import verify
from colloque.vault import service, store
from colloque.vault.settings import VaultSettings
from tests.vault.cast import Time, read_log, running
from tests.vault.forging import signer_of


@pytest.fixture
def settings(new_vault: VaultSettings) -> VaultSettings:
    return new_vault


def beats(settings: VaultSettings) -> int:
    return sum(line["kind"] == "heartbeat" for line in read_log(settings.database_url))


def test_a_vault_that_nobody_asks_writes_that_it_runs(settings: VaultSettings, time: Time) -> None:
    with running(replace(settings, heartbeat=1)):
        until = system.monotonic() + 20
        time.at += timedelta(seconds=5)
        while not beats(settings) and system.monotonic() < until:
            system.sleep(0.05)
        assert beats(settings) == 1  # the clock stands still: no second is due


def test_a_silence_is_told_and_placed(settings: VaultSettings, time: Time, tmp_path: Path) -> None:
    with running(settings):
        pass
    signer = signer_of(settings)

    async def beat(every: int) -> bool:
        async with (
            await store.connect(settings) as connection,
            connection.transaction(),
            connection.cursor() as cursor,
        ):
            return await append.write_heartbeat(cursor, signer, time.at, every)

    for minutes in (10, 10, 10, 45, 10):
        time.at += timedelta(minutes=minutes)
        assert asyncio.run(beat(600))
        assert not asyncio.run(beat(600))  # another process just did
    service.enrol(settings, "web", tmp_path / "web.json")
    export(settings.database_url, tmp_path / "log", *store.read_export_keys(settings))
    report = verify(tmp_path / "log")
    assert [(gap["line"], gap["seconds"]) for gap in report.gaps] == [(3, 2700)]
    assert verify(tmp_path / "log", explained=[3]).gaps == []
