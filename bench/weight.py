"""What a page weighs on the wire before any media, as built and as served, beside what issue 2 allows.

The pages are opened one by one with an empty cache in Chromium, which counts each answer, headers included, as it
came: Brotli for scripts and style, WOFF2 for the typeface, the page itself plain. "Later" is what its scripts can
still ask for by themselves (`import()`: the estimator of passphrases, Argon2, the call), packed as served; the
heaviest page is the one of the largest sum, so that nothing can hide in a later load.
Run: make bench NAME=weight, or .venv/bin/python bench/weight.py
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from stage import CHROMIUM, FLAGS, ROOT, Call, free_port, make_call, prepare_web

from tests.video.relay import serving

FIRST_KB, PAGE_KB = 120, 250
# A patient's first page is the one that a letter or a poster leads to, then the one to sign up, then one's own.
FIRST = ("/", "/sign-up", "/sign-in", "/home")
LATER = re.compile(r'import\("\./([^"]+\.js)"\)')
STATIC = re.compile(r'(?:from|import)\s*"\./([^"]+\.js)"')
SETTLE_MS = 1200


@dataclass
class Weight:
    path: str
    by_type: dict[str, int] = field(default_factory=dict)
    encodings: set[str] = field(default_factory=set)
    scripts: set[str] = field(default_factory=set)
    later: int = 0

    @property
    def code(self) -> int:
        return self.by_type.get("Script", 0) + self.by_type.get("Stylesheet", 0)

    @property
    def all(self) -> int:
        return sum(self.by_type.values())


def pages_of(call: Call) -> list[tuple[str, str | None]]:
    """Return (path, role of who opens it); None is somebody who is not signed in."""
    mine = f"/consultations/{call.consultation}"
    return [
        *[(path, None) for path in ("/", "/sign-up", "/sign-in", "/recover", "/what-the-server-reads")],
        *[(path, "patient") for path in ("/home", "/request/new", mine, "/access", "/account")],
        *[
            (path, "practitioner")
            for path in (
                "/desk",
                f"/desk/{call.consultation}",
                "/practice",
                "/practice/budgets",
                "/agenda",
                "/practice/custody",
                "/practice/rota",
                "/practice/erasing",
                "/objections",
                "/step-up",
            )
        ],
    ]


def weigh(browser: Browser, origin: str, path: str, session: str | None) -> Weight | None:
    """Open a page in a fresh profile; None where the house has no such page."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 390, "height": 844})
    if session is not None:
        context.add_cookies([{"name": "colloque", "value": session, "url": origin}])
    page = context.new_page()
    # This session holds no keys: a page that needs them would lead away to /unlock, and be weighed with that one.
    page.route(f"{origin}/unlock*", lambda route: route.fulfill(status=204))
    found = Weight(path)
    count(page, found)
    answer = page.goto(origin + path, wait_until="networkidle")
    page.wait_for_timeout(SETTLE_MS)  # scripts that a script asked for
    context.close()
    return None if answer is None or answer.status == 404 else found


def count(page: Page, found: Weight) -> None:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    types: dict[str, str] = {}

    def on_response(told: dict[str, Any]) -> None:
        types[told["requestId"]] = told["type"]
        headers = {name.lower(): value for name, value in told["response"]["headers"].items()}
        if told["type"] in ("Script", "Stylesheet"):
            found.encodings.add(headers.get("content-encoding", "plain"))
        if told["type"] == "Script":
            found.scripts.add(told["response"]["url"].rpartition("/")[2])

    def on_finished(told: dict[str, Any]) -> None:
        type_ = types.get(told["requestId"], "Other")
        found.by_type[type_] = found.by_type.get(type_, 0) + int(told["encodedDataLength"])

    network.on("Network.responseReceived", on_response)
    network.on("Network.loadingFinished", on_finished)


def weigh_later(built: Path, scripts: set[str]) -> int:
    """Sum what these scripts can still load, and what that loads in turn."""
    seen, waiting = set(scripts), list(scripts)
    while waiting:
        text = (built / waiting.pop()).read_text()
        for name in {*LATER.findall(text), *STATIC.findall(text)} - seen:
            seen.add(name)
            waiting.append(name)
    return sum((built / f"{name}.br").stat().st_size for name in seen - scripts)


def weigh_all(built: Path, origin: str, call: Call) -> list[Weight]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            tried = [
                weigh(browser, origin, path, call.seats[role].session if role else None)
                for path, role in pages_of(call)
            ]
        finally:
            browser.close()
    found = [one for one in tried if one is not None]
    for one in found:
        one.later = weigh_later(built, one.scripts)
    return found


def tell(found: list[Weight], consultation: str) -> None:
    print(
        f"{'page':32} {'script+style':>12} {'all':>8} {'later':>8} {'sum':>8}   KB of 1000 bytes, as received"
    )
    for one in found:
        shown = one.path.replace(consultation, "<id>")
        parts = one.code, one.all, one.later, one.all + one.later
        print(f"{shown:32} {parts[0] / 1000:12.1f} " + " ".join(f"{part / 1000:8.1f}" for part in parts[1:]))
    print("scripts and style came as:", ", ".join(sorted(set().union(*(one.encodings for one in found)))))


def judge(found: list[Weight]) -> dict[str, Any]:
    first = max(one.code for one in found if one.path in FIRST) / 1000
    page = max(one.all + one.later for one in found) / 1000
    return {"name": "weight", "ratio": round(max(first / FIRST_KB, page / PAGE_KB), 2), "first_page_kb": round(first, 1),
            "heaviest_page_kb": round(page, 1), "allowed_kb": [FIRST_KB, PAGE_KB]}  # fmt: skip


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        built, port = Path(folder) / "built", free_port()
        subprocess.run(["node", "build.mjs", f"--out={built}"], cwd=ROOT / "web", check=True)
        prepare_web(Path(folder), port)
        call = make_call()
        from colloque.config import static
        from colloque.config.asgi_web import application
        from colloque.pages import build

        build.BUILT = built
        with serving(static.with_static(application, static.read_assets(built)), port):
            found = weigh_all(built, f"http://localhost:{port}", call)
        tell(found, call.consultation)
        result = judge(found)
    print(json.dumps(result))
    if result["ratio"] > 1:
        sys.exit(1)


if __name__ == "__main__":
    main()
