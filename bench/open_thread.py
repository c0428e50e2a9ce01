"""500 messages opened and shown: sealed, beside the same messages in clear through the same page.

Sealed: the web process and the vault as they run, over PostgreSQL. The page asks the vault for the key (a line in the
ledger), the web for the items, the directory for both writers; it checks the signatures that this browser has not
checked yet, the list's and every proof, hashes and opens 500 items, and shows them. "sealed" is a thread that this
browser has opened before, "first" one that it has not: then it checks 500 signatures more. Clear: what the same
product would do without sealing: one request with a session, the same gate, the same texts as rows of the same
PostgreSQL, one answer in JSON. Same Chromium, same page, same component, a fresh page load each round, rounds
alternate. The time runs from the first request to the frame that shows the last message.
Run: make bench NAME=open-thread, or .venv/bin/python bench/open_thread.py [--rounds 12] [--messages 500]
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from stage import CHROMIUM, FLAGS, free_port, prepare_web
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from tests.video.relay import bundle, serving

AT_ONCE = 20  # what the web takes in one write
HEAD = '<!doctype html><html lang="fr"><title>t</title><link rel="icon" href="data:,">'
BODY = '<link rel="stylesheet" href="/page.css"><main></main><script type="module" src="/page.js"></script>'
PAGE = f'{HEAD}<meta name="csrf-token" content="{"a" * 32}">{BODY}'
TEXTS = (
    "Bonjour docteur, la toux est revenue cette nuit.",
    "Avez-vous pris votre température ce matin, et combien d’heures avez-vous dormi ?",
    "38,2 à sept heures. J’ai dormi quatre heures, par morceaux, et je suis essoufflée quand je monte l’escalier.",
    "Merci. Regardez si vos lèvres ou vos doigts sont bleus ; si oui, appelez le 15 tout de suite.",
)


def write_messages(ward: Any, consultation: str, count: int) -> list[dict[str, Any]]:
    """Let both sides write, in turn, as their browsers would; return the same messages in clear."""
    seen: list[dict[str, Any]] = []
    keys = {who.person: who.content_key(consultation, "exchange") for who in (ward.alice, ward.bose)}
    while len(seen) < count:
        who = ward.bose if (len(seen) // AT_ONCE) % 2 else ward.alice
        texts = [f"{n}. {TEXTS[n % len(TEXTS)]}" for n in range(len(seen), min(len(seen) + AT_ONCE, count))]
        contents = [("message", {"text": text, "documents": []}) for text in texts]
        body = who.prepare(consultation, "exchange", *contents, key=keys[who.person])
        who.ok(f"records/{consultation}/exchange", body)
        for item, text in zip(body["items"], texts, strict=True):
            header = json.loads(item["header"])
            seen.append({"id": header["item"], "text": text, "author": who.person, "at": header["at"],
                         "position": len(seen), "isMine": who is ward.alice})  # fmt: skip
    return seen


def owner(who: Any) -> dict[str, Any]:
    """Say what a browser keeps of a person after signing in."""
    from colloque.kernel.encoding import b64u_encode

    public = who.device_key.public_key
    jwk = {"kty": "EC", "crv": "P-256", "d": b64u_encode(who.device_key.scalar),
           "x": b64u_encode(public[1:33]), "y": b64u_encode(public[33:])}  # fmt: skip
    return {"person": who.person, "root": b64u_encode(who.root), "device": who.device,
            "publicKey": b64u_encode(public), "jwk": jwk}  # fmt: skip


def load(browser_page: Page, port: int) -> None:
    browser_page.goto(f"http://localhost:{port}/bench")
    browser_page.wait_for_function("() => globalThis.thread !== undefined")


def run(browser: Browser, port: int, rounds: int, who: Any, consultation: str) -> dict[str, list[float]]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    cookie = {"name": "colloque", "value": who.session_key, "url": f"http://localhost:{port}"}
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    load(page, port)
    page.evaluate("who => thread.enter(who)", owner(who))
    found: dict[str, list[float]] = {"sealed": [], "clear": [], "first": []}
    texts: dict[str, list[str]] = {}
    for turn in range(rounds + 1):
        for way in ("sealed", "clear", "first") if turn % 2 else ("first", "clear", "sealed"):
            load(page, port)
            if way == "first":
                page.evaluate("thread.forget()")
            taken = page.evaluate("what => thread.open(what)", None if way == "clear" else consultation)
            texts[way] = page.evaluate("thread.shown()")
            if turn:  # the first pair warms the browser up
                found[way].append(float(taken))
    if texts["sealed"] != texts["clear"] or texts["first"] != texts["clear"] or not texts["clear"]:
        raise SystemExit(
            f"The two ways do not show the same: {len(texts['sealed'])} and {len(texts['clear'])} messages."
        )
    return found


def keep_clear(messages: list[dict[str, Any]]) -> None:
    """Put the messages where a product without sealing has them: in a table, in clear."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_clear (position integer PRIMARY KEY, message jsonb NOT NULL)")
        rows = [(one["position"], json.dumps(one)) for one in messages]
        cursor.executemany("INSERT INTO bench_clear VALUES (%s, %s)", rows)


def read_clear(cookie: str, consultation: str) -> bytes:
    """Answer as a product without sealing would: who asks, may they, the rows."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection

    from colloque.consultations.access import get_consultation_for

    get_consultation_for(SessionStore(cookie)["person"], consultation)
    with connection.cursor() as cursor:
        cursor.execute("SELECT message FROM bench_clear ORDER BY position")
        return json.dumps([json.loads(one) for (one,) in cursor.fetchall()]).encode()


def pages(consultation: str, script: str, style: str, application: Any) -> Starlette:
    """Serve the page and the messages in clear, and for all else the web as it runs."""
    from asgiref.sync import sync_to_async

    async def clear(request: Request) -> Response:
        told = await sync_to_async(read_clear)(request.cookies["colloque"], consultation)
        return Response(told, media_type="application/json")

    return Starlette(
        routes=[
            Route("/bench", lambda _: HTMLResponse(PAGE)),
            Route("/page.js", lambda _: Response(script, media_type="text/javascript")),
            Route("/page.css", lambda _: Response(style, media_type="text/css")),
            Route("/clear", clear),
            Mount("/", application),
        ]
    )


def measure(port: int, rounds: int, count: int, folder: Path) -> dict[str, list[float]]:
    from django.conf import settings

    from tests.care import forget_clients, vault_over_django
    from tests.people import Ward

    with vault_over_django() as vault:
        settings.ALLOWED_HOSTS = ["localhost", "testserver"]
        settings.COLLOQUE_VAULT_URL, settings.COLLOQUE_VAULT_PROXY = vault.url, True
        settings.COLLOQUE_WEB_KEY, settings.COLLOQUE_MAILER_KEY = (
            vault.keys / "web.json",
            vault.keys / "mailer.json",
        )
        ward = Ward(vault.url)
        consultation = ward.taken()
        keep_clear(write_messages(ward, consultation, count))
        script = bundle("tests/messaging/open-thread.ts", folder / "page.js")
        style = bundle("src/styles/main.css", folder / "page.css")
        from colloque.config.asgi_web import application

        with serving(pages(consultation, script, style, application), port), sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            try:
                return run(browser, port, rounds, ward.alice, consultation)
            finally:
                browser.close()
                forget_clients()
                ward.vault.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--messages", type=int, default=500)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        prepare_web(Path(folder), port)
        found = measure(port, asked.rounds, asked.messages, Path(folder))
    for way, taken in found.items():
        middle, low, high = statistics.median(taken), min(taken), max(taken)
        print(f"{way}: median {middle:.0f} ms, {low:.0f} to {high:.0f}, n = {len(taken)}")
    clear = statistics.median(found["clear"])
    ratio, first = (statistics.median(found[way]) / clear for way in ("sealed", "first"))
    print(json.dumps({"name": "open-thread", "ratio": round(ratio, 2), "ratio_first": round(first, 2)}))


if __name__ == "__main__":
    main()
