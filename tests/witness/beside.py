"""A witness of its own process beside a log, as an operator runs one, for vaults that are to release."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import socket

import httpx

from colloque.kernel.tls import trust
from colloque.vault import store
from colloque.vault.settings import VaultSettings


@contextmanager
def witness_beside(settings: VaultSettings, folder: Path) -> Iterator[dict[str, str]]:
    """Run it until left; yield the setting by which a vault asks it."""
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", "colloque.cli", "witness", "--state", str(folder)]
    command += ["--log", store.read_vkey(settings), "--port", url.rpartition(":")[2]]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield {"COLLOQUE_WITNESSES": f"{_vkey(url)}@{url}"}
    finally:
        process.kill()
        process.wait()


def _vkey(url: str) -> str:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            return httpx.get(f"{url}/vkey", trust_env=False, verify=trust()).text.strip()
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("the witness did not start")
