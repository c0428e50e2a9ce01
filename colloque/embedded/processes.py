"""The try-out's processes: each with its log, started again when it falls, ended together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

STOP_SECONDS = 10
# A part that falls this often within this time will not come back by itself.
MOST_FALLS, WITHIN_SECONDS = 5, 60.0


@dataclass
class Part:
    """One process. `environ` is all it gets, beside PATH and its like: no part sees another's secrets."""

    name: str
    command: list[str]
    environ: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    falls: list[float] = field(default_factory=list)
    _file: BinaryIO | None = None

    def start(self) -> None:
        if self._file is None:
            self._file = self.log.open("ab")
        self.process = subprocess.Popen(
            self.command,
            env={**_plain_environment(), **self.environ},
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for us: we end the parts in order, and a release under way is answered first.
            start_new_session=True,
        )

    def has_fallen(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def may_start_again(self) -> bool:
        at = time.monotonic()
        self.falls = [*(one for one in self.falls if at - one < WITHIN_SECONDS), at]
        return len(self.falls) < MOST_FALLS

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def wait(self) -> None:
        if self.process is not None:
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self._file is not None:
            self._file.close()
            self._file = None

    def last_words(self, lines: int = 12) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def stop_all(parts: list[Part]) -> None:
    """The web first, so that nobody asks a vault that is gone."""
    for part in parts:
        part.ask_to_stop()
        part.wait()


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _plain_environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SSL_CERT_FILE", "SYSTEMROOT")
    return {name: os.environ[name] for name in kept if name in os.environ}
