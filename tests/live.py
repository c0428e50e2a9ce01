"""The web process as it runs: uvicorn, Django and Channels over a port, with people who speak to it by
network."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.people import Someone

ORIGIN = "http://localhost:8000"
TOKEN = "a" * 32


@contextmanager
def running_web() -> Iterator["LiveWeb"]:
    from colloque.config import vault_proxy
    from colloque.config.asgi_web import application
    from colloque.config.static import with_static

    # The web reads what was built once, when it is loaded; a test may have built since.
    config = uvicorn.Config(
        with_static(application), port=0, log_level="warning", lifespan="off", ws="websockets-sansio"
    )
    server = uvicorn.Server(config)

    async def serve() -> None:
        await server.serve()
        await vault_proxy.close_client()

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the web did not start")
            time.sleep(0.01)
        live = LiveWeb(server.servers[0].sockets[0].getsockname()[1])
        with live.http:
            yield live
    finally:
        server.should_exit = True
        thread.join()


class LiveWeb:
    def __init__(self, port: int) -> None:
        self.port = port
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)

    def post(self, who: Someone, path: str, body: Any = None) -> tuple[int, Any]:
        cookies = {"Cookie": f"colloque={who.session_key}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        response = self.http.post(f"/api/{path}", json=body or {}, headers={**cookies, "Origin": ORIGIN})
        return response.status_code, response.json() if response.content else None

    def act(self, who: Someone, what: str, consultation: str, **fields: Any) -> tuple[int, Any]:
        said = who.say_act(what, consultation, **fields)
        return self.post(who, f"consultations/{consultation}/{what}", {"statement": said})

    def socket(self, who: Someone | None, path: str, *, pings: bool = True, origin: str = ORIGIN) -> "Page":
        cookie = {"Cookie": f"colloque={who.session_key}"} if who else {}
        address = f"ws://127.0.0.1:{self.port}/ws/{path}"
        raw = connect(address, origin=Origin(origin), additional_headers=cookie, legacy=True)
        return Page(raw, pings=pings)


class Page:
    """One open page: pings as a page does, keeps what it was told."""

    def __init__(self, raw: ClientConnection, *, pings: bool) -> None:
        self.raw = raw
        self.told: list[tuple[float, dict[str, Any]]] = []
        self.closed: int | None = None
        self._silent = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        if pings:
            threading.Thread(target=self._ping, daemon=True).start()

    def say(self, message: dict[str, Any]) -> None:
        self.raw.send(json.dumps(message))

    def wait(self, wanted: Callable[[dict[str, Any]], bool], *, seconds: float = 10) -> dict[str, Any]:
        """Return the first message of this kind that was not returned before; fail after so many seconds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for entry in list(self.told):
                if wanted(entry[1]):
                    self.told.remove(entry)
                    return entry[1]
            time.sleep(0.01)
        raise AssertionError(f"not told within {seconds} s; told: {[message for _, message in self.told]}")

    def wait_type(self, type_: str, *, seconds: float = 10, **fields: Any) -> dict[str, Any]:
        return self.wait(
            lambda m: m["type"] == type_ and all(m.get(name) == value for name, value in fields.items()),
            seconds=seconds,
        )

    def forget(self) -> None:
        self.told.clear()

    def fall_silent(self) -> None:
        """Lose the network: the connection is there, and nothing comes any more."""
        self._silent.set()

    def close(self) -> None:
        self._silent.set()
        self.raw.close()

    def wait_closed(self, *, seconds: float = 10) -> int:
        until = time.monotonic() + seconds
        while self.closed is None and time.monotonic() < until:
            time.sleep(0.01)
        assert self.closed is not None, "still open"
        return self.closed

    def _listen(self) -> None:
        try:
            for text in self.raw:
                self.told.append((time.monotonic(), json.loads(text)))
        except ConnectionClosed:
            pass
        self.closed = self.raw.protocol.close_code

    def _ping(self) -> None:
        while not self._silent.wait(1.5):
            try:
                self.say({"type": "ping"})
            except ConnectionClosed:
                return
