"""The hashed output of the web build, held in memory and served before Django.

The list is made once, at start: a path is a key of a dictionary and never a path of the disk.
"""

import mimetypes
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BUILT = Path(__file__).parents[1] / "pages" / "static" / "built"
PREFIX = "/static/built/"
ENCODINGS = {"br": ".br", "gzip": ".gz"}


@dataclass(frozen=True)
class Asset:
    type: str
    plain: bytes
    packed: dict[str, bytes]


def read_assets(folder: Path | None = None) -> dict[str, Asset]:
    folder, assets = folder or BUILT, {}
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file() and path.suffix not in ENCODINGS.values() and path.name != "manifest.json":
            packed = {
                name: twin.read_bytes()
                for name, ending in ENCODINGS.items()
                if (twin := path.with_name(path.name + ending)).exists()
            }
            type_ = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            if type_.startswith("text/"):
                type_ += "; charset=utf-8"
            assets[PREFIX + path.relative_to(folder).as_posix()] = Asset(type_, path.read_bytes(), packed)
    return assets


def with_static(inner: App, assets: dict[str, Asset] | None = None) -> App:
    """Serve the built files; hand everything else to `inner`."""
    known = read_assets() if assets is None else assets

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await inner(scope, receive, send)
            return
        asset = known.get(scope["path"])
        if asset is None or scope["method"] not in ("GET", "HEAD"):
            await answer(send, 404, [(b"cache-control", b"no-store")], b"")
            return
        body, headers = choose(asset, accepted(scope))
        await answer(send, 200, headers, b"" if scope["method"] == "HEAD" else body)

    return serve


def choose(asset: Asset, accept: str) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    headers = [
        (b"content-type", asset.type.encode()),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
    body = asset.plain
    for name, packed in asset.packed.items():
        if name in accept:
            body = packed
            headers.append((b"content-encoding", name.encode()))
            break
    headers.append((b"content-length", str(len(body)).encode()))
    return body, headers


def accepted(scope: Scope) -> str:
    return ",".join(
        value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-encoding"
    ).lower()


async def answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
