"""Catches the try-out's mail: each letter is a file under mail/, and none leaves the machine."""

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from colloque.kernel.clock import now


class Catcher:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    # The name is aiosmtpd's.
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        name = f"{now():%Y%m%d-%H%M%S-%f}-{next(self._numbers):04}"
        told = "".join(f"X-Recipient: {one}\r\n" for one in envelope.rcpt_tos).encode()
        partial = self._folder / f".{name}"
        partial.touch(mode=0o600)
        partial.write_bytes(told + envelope.original_content)
        # Whole or not there: whoever waits for a letter reads the folder at any moment.
        partial.rename(self._folder / f"{name}.eml")
        return "250 kept"


@contextlib.contextmanager
def catching(folder: Path, port: int) -> Iterator[int]:
    """Run the catcher; gives its port. (aiosmtpd cannot be asked for any free one.)"""
    controller = Controller(Catcher(folder), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
