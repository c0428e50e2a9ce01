"""A real OpenBao, set up by the script that we ship, with its audit file."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from colloque.kernel.tls import trust
from colloque.vault.settings import TransitSettings

ROOT = Path(__file__).parents[2]
BAO = Path(sys.executable).parent / "bao"
TOKEN = "root-of-the-tests"


@dataclass
class Bao:
    port: int
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    transit: TransitSettings = field(init=False)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def audit(self) -> str:
        return (self.folder / "audit.log").read_text()

    def start(self) -> None:
        config = self.folder / "bao.hcl"
        config.write_text(
            f'audit "file" "file" {{\n  options {{ file_path = "{self.folder}/audit.log" }}\n}}\n'
        )
        with (self.folder / "bao.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(BAO), "server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={TOKEN}",
                 f"-dev-listen-address=127.0.0.1:{self.port}", f"-config={config}"],
                env={**os.environ, "HOME": str(self.folder), "GOMAXPROCS": "1"}, stdout=log, stderr=log,
            )  # fmt: skip
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if httpx.get(
                    f"{self.address}/v1/sys/health", timeout=1, trust_env=False, verify=trust()
                ).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise RuntimeError((self.folder / "bao.log").read_text()[-2000:])

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def run(self, *command: str) -> str:
        env = {**os.environ, "BAO_ADDR": self.address, "BAO_TOKEN": TOKEN, "HOME": str(self.folder)}
        env["PATH"] = f"{BAO.parent}:{env['PATH']}"
        return subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=30).stdout

    def set_up(self) -> None:
        secret_id_file = self.folder / "secret-id"
        told = self.run(str(ROOT / "deploy/openbao/setup.sh"), str(secret_id_file))
        role_id = told.rpartition("COLLOQUE_OPENBAO_ROLE_ID=")[2].strip()
        self.transit = TransitSettings(self.address, role_id, secret_id_file)


@contextmanager
def running_bao(folder: Path, port: int) -> Iterator[Bao]:
    bao = Bao(port, folder)
    try:
        bao.start()
        bao.set_up()
        yield bao
    finally:
        bao.stop()
