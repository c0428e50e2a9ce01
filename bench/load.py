"""A client that costs little: raw requests over keep-alive connections, as fast as answers come or at a pace."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Any

import uvloop

CONNECTIONS = 32
CHUNKED = -1
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)


class Line(asyncio.Protocol):
    """One connection, with one request at a time."""

    def __init__(self) -> None:
        self._answered: asyncio.Future[bytes] | None = None
        self._got = bytearray()
        self._ends_at: int | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        # Looked for once: what the client spends, two vaults that share its cores do not have.
        if self._ends_at is None:
            self._ends_at = end_of(self._got)
        if self._ends_at is None or not self._is_whole(self._ends_at):
            return
        got, self._got, self._ends_at = bytes(self._got), bytearray(), None
        if self._answered is not None:
            self._answered.set_result(got)

    def _is_whole(self, ends_at: int) -> bool:
        return self._got.endswith(b"0\r\n\r\n") if ends_at == CHUNKED else len(self._got) >= ends_at

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered and not self._answered.done():
            self._answered.set_exception(SystemExit(f"a connection was closed: {exc}"))

    async def ask(self, request: bytes) -> None:
        got = await self.exchange(request)
        if not is_yes(got):
            raise SystemExit(f"refused: {got[:500]!r}")

    async def exchange(self, request: bytes) -> bytes:
        """Ask, and return the answer whatever it says."""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered

    def close(self) -> None:
        self._transport.close()


def is_yes(got: bytes) -> bool:
    return got.startswith(b"HTTP/1.1 200")


def end_of(got: bytes | bytearray) -> int | None:
    """How long the answer is, head and body: none while its head is not whole, CHUNKED where its last chunk says it."""
    head = got.find(b"\r\n\r\n")
    if head < 0:
        return None
    told = LENGTH.search(got, 0, head + 2)
    return head + 4 + int(told[1]) if told else CHUNKED


@asynccontextmanager
async def lines(ports: list[int], connections: int = CONNECTIONS) -> Any:
    loop = asyncio.get_running_loop()
    made = [
        (await loop.create_connection(Line, "127.0.0.1", ports[n % len(ports)]))[1]
        for n in range(connections)
    ]
    try:
        yield made
    finally:
        for line in made:
            line.close()


def flat_out(
    ports: list[int], requests: list[bytes], seconds: float, connections: int = CONNECTIONS
) -> tuple[int, float]:
    """Ask again as soon as answered; return (answered, seconds)."""
    return uvloop.run(_flat_out(ports, iter(requests), seconds, connections))


async def _flat_out(
    ports: list[int], requests: Iterator[bytes], seconds: float, connections: int
) -> tuple[int, float]:
    answered = 0

    async def one(line: Line) -> None:
        nonlocal answered
        for request in requests:
            if time.perf_counter() > stop:
                break
            await line.ask(request)
            answered += 1

    async with lines(ports, connections) as made:
        begin = time.perf_counter()
        stop = begin + seconds
        await asyncio.gather(*(one(line) for line in made))
        return answered, time.perf_counter() - begin


def paced(ports: list[int], requests: list[bytes], rate: float) -> list[float]:
    """Ask `rate` times a second whatever comes; return how long each took from when it was due, sorted."""
    return uvloop.run(_paced(ports, requests, rate))


async def _paced(ports: list[int], requests: list[bytes], rate: float) -> list[float]:
    taken: list[float] = []

    async def one(n: int, line: Line) -> None:
        for turn in range(n, len(requests), CONNECTIONS):
            due = begin + turn / rate
            await asyncio.sleep(max(0, due - time.perf_counter()))
            await line.ask(requests[turn])
            taken.append(time.perf_counter() - due)

    async with lines(ports) as made:
        begin = time.perf_counter()
        await asyncio.gather(*(one(n, line) for n, line in enumerate(made)))
    return sorted(taken)


def raw(path: str, body: object, **headers: str) -> bytes:
    data = json.dumps(body).encode()
    told = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(data)}",
    ]
    told += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(told) + "\r\n\r\n").encode() + data
