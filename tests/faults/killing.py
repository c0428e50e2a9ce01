"""Processes of the product that die at a line of its own: SIGKILL, by a watcher that the product knows nothing of.

The product has no failpoint (docs/adr/0015-kills-from-outside.md). A victim is forked from a server that has imported
everything already; before it runs, the interpreter's own monitoring (PEP 669) is told to look at the product's lines,
and one of them is the last.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import CodeType
from typing import Any

import httpx

from colloque.kernel.tls import trust

PRODUCT = Path(__file__).parents[2] / "colloque"
TOOL = sys.monitoring.DEBUGGER_ID
START_SECONDS = 60

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["tests.faults.victims"])


@dataclass(frozen=True)
class Step:
    """Before this line of this file runs. The text must be there once: a line that moved away takes its test with it."""

    file: str
    text: str

    def line(self) -> int:
        lines = (PRODUCT / self.file).read_text("utf-8").splitlines()
        found = [number for number, line in enumerate(lines, 1) if line.strip().startswith(self.text)]
        assert len(found) == 1, f"{self.file} has {len(found)} lines that begin with {self.text!r}"
        return found[0]


@dataclass(frozen=True)
class Anywhere:
    """Before the line that is the `at`-th of the product's after `armed` was entered; 0 counts and does not kill."""

    armed: str
    at: int


type Kill = Step | Anywhere


def watch(kill: Kill | None, count: Any = None) -> None:
    """Have this process killed there. Called in the victim, once."""
    if kill is None:
        return
    at = _before_step(kill) if isinstance(kill, Step) else _before_any(kill, count)
    sys.monitoring.use_tool_id(TOOL, "kill")
    sys.monitoring.register_callback(TOOL, sys.monitoring.events.LINE, at)
    sys.monitoring.set_events(TOOL, sys.monitoring.events.LINE)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _before_step(step: Step) -> Callable[[CodeType, int], object]:
    file, number = str(PRODUCT / step.file), step.line()

    def at(code: CodeType, line: int) -> object:
        if code.co_filename != file or line != number:
            return sys.monitoring.DISABLE
        _die()
        return None

    return at


def _before_any(kill: Anywhere, count: Any) -> Callable[[CodeType, int], object]:
    ours, is_armed, seen = str(PRODUCT), False, 0

    def at(code: CodeType, line: int) -> object:
        nonlocal is_armed, seen
        if not code.co_filename.startswith(ours):
            return sys.monitoring.DISABLE
        is_armed = is_armed or code.co_name == kill.armed
        seen += is_armed
        if count is not None:
            count.value = seen
        if seen == kill.at and kill.at:
            _die()
        return None

    return at


@dataclass
class Victim:
    process: ForkServerProcess
    count: Any

    def wait_killed(self, seconds: float = 30) -> None:
        self.process.join(seconds)
        assert self.process.exitcode == -signal.SIGKILL, f"it ended with {self.process.exitcode}"

    def finish(self) -> bool:
        """End it as a machine's power would, if it has not ended itself; tell whether it had."""
        had = self.process.exitcode is not None
        self.process.kill()
        self.process.join()
        return had


@contextmanager
def victim(work: Callable[..., None], *arguments: Any, kill: Kill | None) -> Iterator[Victim]:
    """Fork a process that does `work(*arguments)` until the line comes; gone when left."""
    if isinstance(kill, Step):
        kill.line()  # said here, and not by a process that nobody hears
    count = _server.Value("q", 0, lock=False)
    process = _server.Process(target=_run, args=(work, arguments, kill, count), daemon=True)
    process.start()
    one = Victim(process, count)
    try:
        yield one
    finally:
        one.finish()


def _run(work: Callable[..., None], arguments: tuple[Any, ...], kill: Kill | None, count: Any) -> None:
    # Whatever it has to say is said by its death.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    watch(kill, count)
    work(*arguments)


def wait_until_up(url: str, one: Victim) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert one.process.exitcode is None, f"it ended with {one.process.exitcode} before it was asked"
        try:
            if httpx.get(url, timeout=5, trust_env=False, verify=trust()).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise AssertionError("the victim does not start")
