"""Time from "join" on both sides to the first remote picture on both, beside two bare RTCPeerConnections.

Ours: the call component as pages mount it, joined by its button, signalling through the web process as it
runs (sessions, gate, Channels, PostgreSQL), every description signed and checked. Bare: no signature, no
check, over the simplest WebSocket relay. Same Chromium, fresh pages each round, rounds alternate, devices are
Chromium's fake ones; the time runs from the later of the two joins to the later of the two first frames.
Run: make bench NAME=first-frame, or .venv/bin/python bench/first_frame.py [--rounds 12]
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from stage import CHROMIUM, FLAGS, Call, free_port, make_call, prepare_web
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.video.relay import Relay, bundle, serving

WITHIN_MS = 15_000


class BareRelay:
    """Passes each message to the others: the least that two browsers need."""

    def __init__(self) -> None:
        self.sockets: list[WebSocket] = []

    async def pass_on(self, socket: WebSocket) -> None:
        await socket.accept()
        self.sockets.append(socket)
        try:
            while True:
                text = await socket.receive_text()
                for other in [one for one in self.sockets if one is not socket]:
                    await other.send_text(text)
        except WebSocketDisconnect:
            pass
        finally:
            self.sockets.remove(socket)


async def open_page(context: BrowserContext, port: int) -> Page:
    page = await context.new_page()
    await page.goto(f"http://localhost:{port}/")
    await page.wait_for_function("() => globalThis.frame !== undefined")
    return page


async def measure(pages: list[Page]) -> float:
    """Wait for both first frames; return the milliseconds from the later join to the later frame."""
    wait = "() => frame.times.framed > 0 && frame.times"
    times = [await (await page.wait_for_function(wait, timeout=WITHIN_MS)).json_value() for page in pages]
    return float(max(t["framed"] for t in times) - max(t["joined"] for t in times))


async def once(contexts: dict[str, BrowserContext], port: int, way: str, setups: dict[str, Any]) -> float:
    pages = {role: await open_page(context, port) for role, context in contexts.items()}
    if way == "ours":
        devices = {role: await pages[role].evaluate("s => frame.ours(s)", setups[role]) for role in pages}
        # The other's keys are in the directory's memory: pages ask for them when they open.
        for role, other in (("patient", "practitioner"), ("practitioner", "patient")):
            known = [setups[other]["person"], devices[other]]
            await pages[role].evaluate("async known => { await frame.deviceKey(...known); }", known)
        await asyncio.sleep(0.3)  # people look at a page before they press: what it asked for has come
        await asyncio.gather(*(page.evaluate("frame.press()") for page in pages.values()))
    else:
        await asyncio.sleep(0.3)
        joins = [
            pages[role].evaluate("offers => frame.bare(offers)", role == "practitioner") for role in pages
        ]
        await asyncio.gather(*joins)
    taken = await measure(list(pages.values()))
    for page in pages.values():
        await page.close()
    await asyncio.sleep(0.2)
    return taken


async def run(browser: Browser, port: int, rounds: int, call: Call) -> dict[str, list[float]]:
    contexts, setups = {}, {}
    for role, seat in call.seats.items():
        contexts[role] = await browser.new_context()
        await contexts[role].add_cookies(
            [{"name": "colloque", "value": seat.session, "url": f"http://localhost:{port}"}]
        )
        peer = next(other.person for name, other in call.seats.items() if name != role)
        setups[role] = {"consultation": call.consultation, "role": role, "person": seat.person, "peer": peer}
    found: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(rounds + 1):
        for way in ("ours", "bare") if turn % 2 else ("bare", "ours"):
            taken = await once(contexts, port, way, setups)
            if turn:  # the first pair warms the browser up
                found[way].append(taken)
    return found


async def measure_all(rounds: int, port: int, call: Call) -> dict[str, list[float]]:
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            return await run(browser, port, rounds, call)
        finally:
            await browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        prepare_web(Path(folder), port)
        call = make_call()
        script = bundle("tests/video/first-frame.ts", Path(folder) / "page.js")
        style = bundle("src/styles/main.css", Path(folder) / "page.css")
        from colloque.config.asgi_web import application  # once Django is set up

        app = Relay(script, style).over(application, WebSocketRoute("/bare", BareRelay().pass_on))
        with serving(app, port):
            found = asyncio.run(measure_all(rounds, port, call))
    for way, taken in found.items():
        middle, low, high = statistics.median(taken), min(taken), max(taken)
        print(f"{way}: median {middle:.0f} ms, {low:.0f} to {high:.0f}, n = {len(taken)}")
    ratio = statistics.median(found["ours"]) / statistics.median(found["bare"])
    print(json.dumps({"name": "first-frame", "ratio": round(ratio, 2)}))


if __name__ == "__main__":
    main()
