"""The web process as it runs: uvicorn, Django and Channels over a port, with people who speak to it by
network."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from websockets.sync.client import connect
from websockets.typing import Origin

from colloque.client.live import Socket
from colloque.kernel.tls import trust
from tests.people import Someone

ORIGIN = "http://localhost:8000"
TOKEN = "a" * 32
PING_SECONDS = 1.5


@contextmanager
def running_web(door: socket.socket | None = None) -> Iterator["LiveWeb"]:
    """`door` is a socket that listens already: who holds it gives the next web the same port."""
    from colloque.config import vault_proxy
    from colloque.config.asgi_web import application
    from colloque.config.static import with_static

    # The web reads what was built once, when it is loaded; a test may have built since.
    config = uvicorn.Config(
        with_static(application), port=0, log_level="warning", lifespan="off", ws="websockets-sansio"
    )
    server = uvicorn.Server(config)

    async def serve() -> None:
        await server.serve(sockets=[door.dup()] if door else None)
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
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False, verify=trust()
        )

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
        return Page(raw, ping_seconds=PING_SECONDS if pings else 0)


class Page(Socket):
    """One open page, with what tests ask of it."""

    def wait_type(self, type_: str, *, seconds: float = 10, **fields: Any) -> dict[str, Any]:
        return self.wait(
            lambda m: m["type"] == type_ and all(m.get(name) == value for name, value in fields.items()),
            what=f"{type_} {fields}",
            seconds=seconds,
        )

    def wait_presence(self, role: str, state: str, *, seconds: float = 10) -> None:
        """Told apart, or with the whole consultation: that depends on who of the two came first."""
        self.wait(
            lambda m: (
                (m["type"] == "presence" and (m["role"], m["state"]) == (role, state))
                or (m["type"] == "consultation" and m["presence"][role] == state)
            ),
            what=f"that the {role} is {state}",
            seconds=seconds,
        )
