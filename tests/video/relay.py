"""A signalling server for browser tests: small enough to read, with hooks to be hostile."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

WEB = Path(__file__).parents[2] / "web"
PAGE = (
    '<!doctype html><html lang="fr"><title>t</title><link rel="icon" href="data:,">'
    "<video autoplay playsinline muted></video><main></main>"
    '<script type="module" src="/page.js"></script>'
)

Meddle = Callable[[dict[str, Any]], list[dict[str, Any]]]


def bundle(entry: str, out: Path) -> str:
    """Build one entry of web/ as the product's pages are built: one module, no source map."""
    command = [str(WEB / "node_modules/.bin/esbuild"), entry, "--bundle", "--format=esm", "--target=es2022",
               "--log-level=warning", "--loader:.woff2=dataurl", f"--outfile={out}"]  # fmt: skip
    subprocess.run(command, cwd=WEB, check=True, timeout=60)
    return out.read_text()


class Relay:
    """Passes signals between all who are on its socket; `meddle` sees each and says what passes."""

    def __init__(self, script: str, style: str = "") -> None:
        self.script, self.style = script, style
        self.sockets: list[tuple[WebSocket, str]] = []
        self.meddle: Meddle = lambda data: [data]
        self.ice: dict[str, Any] = {"iceServers": [], "expires_at": "2999-01-01T00:00:00.000Z"}
        self.keys: dict[str, bytes] = {}
        self.signals: list[dict[str, Any]] = []

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", lambda _: HTMLResponse(PAGE)),
                Route("/page.js", lambda _: Response(self.script, media_type="text/javascript")),
                Route("/page.css", lambda _: Response(self.style, media_type="text/css")),
                Route("/ice", lambda _: JSONResponse(self.ice)),
                Route("/keys/{person}/{device}", self.key, methods=["GET", "PUT"]),
                WebSocketRoute("/ws/consultations/{id}/signal", self.socket),
            ]
        )

    def over(self, application: Any, *more: BaseRoute) -> Starlette:
        """Serve the page and the keys, and for all else, sockets included, another application."""
        own = [route for route in self.app().routes if not isinstance(route, WebSocketRoute)]
        return Starlette(routes=[*own, *more, Mount("/", application)])

    async def key(self, request: Request) -> Response:
        if request.method == "PUT":
            self.keys[request.url.path] = await request.body()
            return Response(status_code=204)
        found = self.keys.get(request.url.path)
        return Response(found, media_type="application/octet-stream") if found else Response(status_code=404)

    async def socket(self, socket: WebSocket) -> None:
        await socket.accept()
        page = socket.query_params.get("page", "")
        mine = (socket, page)
        for other, other_page in self.sockets:
            await other.send_text(json.dumps({"type": "peer", "state": "here", "page": page}))
            await socket.send_text(json.dumps({"type": "peer", "state": "here", "page": other_page}))
        self.sockets.append(mine)
        try:
            while True:
                await self.pass_on(mine, json.loads(await socket.receive_text()))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self.sockets.remove(mine)
            await self.tell_others(mine, {"type": "peer", "state": "gone", "page": page})

    async def pass_on(self, mine: tuple[WebSocket, str], message: dict[str, Any]) -> None:
        if message["type"] == "ping":
            await mine[0].send_text('{"type":"pong"}')
            return
        self.signals.append(message["data"])
        for data in self.meddle(message["data"]):
            await self.tell_others(mine, {"type": "signal", "data": data, "from": "x", "page": mine[1]})

    async def tell_others(self, mine: tuple[WebSocket, str], message: dict[str, Any]) -> None:
        for other in [one for one in self.sockets if one is not mine]:
            with suppress(WebSocketDisconnect, RuntimeError):
                await other[0].send_text(json.dumps(message))


@contextmanager
def serving(relay: Relay | ASGIApp, port: int = 0) -> Iterator[int]:
    """Run it in a thread; yield its port. Leaving cuts all sockets, as a server that restarts does."""
    app = relay.app() if isinstance(relay, Relay) else relay
    config = uvicorn.Config(
        app, port=port, log_level="error", lifespan="off", timeout_graceful_shutdown=1, ws="websockets-sansio"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=10)
