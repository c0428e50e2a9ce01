"""Sockets, as a page holds them: what is said is kept until someone asks for it."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from colloque.client.errors import ClientError
from colloque.client.http import Browser

PING_SECONDS = 2.0
LOOK_SECONDS = 0.02


class Socket:
    def __init__(self, raw: ClientConnection, path: str) -> None:
        self._raw, self._path = raw, path
        self._told: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        for work in (self._listen, self._ping):
            threading.Thread(target=work, daemon=True).start()

    def say(self, message: dict[str, Any]) -> None:
        self._raw.send(json.dumps(message))

    def wait(
        self, wanted: Callable[[dict[str, Any]], bool], *, what: str, seconds: float = 15
    ) -> dict[str, Any]:
        """The first message that is wanted and was not given before."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with self._lock:
                for index, one in enumerate(self._told):
                    if wanted(one):
                        return self._told.pop(index)
            if self._ended.is_set():
                break
            time.sleep(LOOK_SECONDS)
        raise ClientError(
            f"{self._path.split('?')[0].rpartition('/')[0]} did not tell {what} within {seconds:.0f} s."
        )

    def forget(self) -> None:
        """Drop what was told so far."""
        with self._lock:
            self._told.clear()

    def close(self) -> None:
        self._ended.set()
        self._raw.close()

    def _listen(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            for text in self._raw:
                told = json.loads(text)
                if told.get("type") != "pong":
                    with self._lock:
                        self._told.append(told)
        self._ended.set()

    def _ping(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            while not self._ended.wait(PING_SECONDS):
                self.say({"type": "ping"})


def open_socket(browser: Browser, path: str) -> Socket:
    """Open `/ws/…` with this browser's cookies."""
    room = path.partition("?")[0].rpartition("/")[0]
    try:
        raw = connect(
            f"ws{browser.url.removeprefix('http')}{path}",
            origin=Origin(browser.url),
            additional_headers={"Cookie": browser.cookies},
            open_timeout=15,
            max_size=1 << 20,
            proxy=None,
            legacy=True,
        )
    except (OSError, WebSocketException) as error:
        raise ClientError(
            f"The socket {room} does not open ({type(error).__name__}). "
            "Look whether the proxy in front passes WebSocket on."
        ) from error
    return Socket(raw, path)


@contextlib.contextmanager
def socket(browser: Browser, path: str) -> Iterator[Socket]:
    """A socket for as long as the block."""
    held = open_socket(browser, path)
    try:
        yield held
    finally:
        held.close()
