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
LOOK_SECONDS = 0.01
NO_CODE = 1006  # RFC 6455: closed without one


class Socket:
    """One open page: it pings as a page does, and keeps what it was told with the moment it came."""

    def __init__(self, raw: ClientConnection, *, ping_seconds: float = PING_SECONDS) -> None:
        """`ping_seconds` 0: a page that never pings."""
        self.raw = raw
        self.told: list[tuple[float, dict[str, Any]]] = []
        self.closed: int | None = None
        self._ping_seconds = ping_seconds
        self._silent = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        if ping_seconds:
            threading.Thread(target=self._ping, daemon=True).start()

    def say(self, message: dict[str, Any]) -> None:
        self.raw.send(json.dumps(message))

    def wait(
        self,
        wanted: Callable[[dict[str, Any]], bool],
        *,
        what: str = "what was waited for",
        seconds: float = 15,
    ) -> dict[str, Any]:
        """The first message that is wanted and was not given before."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            is_closed = self.closed is not None
            for entry in list(self.told):
                if wanted(entry[1]):
                    self.told.remove(entry)
                    return entry[1]
            if is_closed:
                break
            time.sleep(LOOK_SECONDS)
        kinds = ", ".join(sorted({str(message.get("type")) for _, message in self.told})) or "nothing"
        end = "" if self.closed is None else f", and it closed with {self.closed}"
        raise ClientError(f"A socket did not tell {what} within {seconds:.0f} s (it told {kinds}{end}).")

    def forget(self) -> None:
        """Drop what was told so far."""
        self.told.clear()

    def fall_silent(self) -> None:
        """Lose the network: the connection is there, and nothing comes any more."""
        self._silent.set()

    def close(self) -> None:
        self._silent.set()
        self.raw.close()

    def wait_closed(self, *, seconds: float = 10) -> int:
        """The code of the close, once it is closed."""
        until = time.monotonic() + seconds
        while self.closed is None and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        if self.closed is None:
            raise ClientError(f"A socket is still open after {seconds:.0f} s.")
        return self.closed

    def _listen(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            for text in self.raw:
                self.told.append((time.monotonic(), json.loads(text)))
        self.closed = self.raw.protocol.close_code or NO_CODE

    def _ping(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            while not self._silent.wait(self._ping_seconds):
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
    return Socket(raw)


@contextlib.contextmanager
def socket(browser: Browser, path: str) -> Iterator[Socket]:
    """A socket for as long as the block."""
    held = open_socket(browser, path)
    try:
        yield held
    finally:
        held.close()
