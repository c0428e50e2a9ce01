"""`colloque smoke URL`: a whole consultation, from sign-up to "who opened my file", against a running deployment."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from colloque.client.errors import ClientError
from colloque.client.mailbox import Mailbox
from colloque.client.steps import STEPS
from colloque.client.story import Step, Story
from colloque.client.words import Words
from colloque.envelope.errors import EnvelopeError

PRACTICE, CITY = "Cabinet d’essai", "Essai"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Result:
    step: str
    what: str
    ok: bool
    seconds: float
    told: str = ""
    trouble: str = ""
    look: str = ""


def main(url: str, *, words: Path | None, as_json: bool, mail: Path | None, manager_link: str | None) -> int:
    """Play it and print it. Returns the exit code: 0 when every step held, 1 otherwise."""
    url = url.rstrip("/")
    try:
        story = Story(
            url, Mailbox(mail or _usual_mail(url)), Words.read(words), manager_link or _make_link(url)
        )
    except (ClientError, OSError, UnicodeDecodeError) as error:
        print(f"It cannot start. {error}", file=sys.stderr)
        return 1
    results = play(story, _say_nothing if as_json else _print_result)
    ok = all(one.ok for one in results)
    if as_json:
        print(json.dumps(_as_json(story, results, ok=ok), ensure_ascii=False, indent=1))
    else:
        took = sum(one.seconds for one in results)
        print(f"\n{f'All {len(STEPS)} steps held' if ok else 'It stopped'} after {took:.1f} s.")
    return 0 if ok else 1


def play(story: Story, tell: Callable[[Result], None]) -> list[Result]:
    """Each step in order; the first that fails is the last."""
    results = []
    for step in STEPS:
        results.append(_play_one(step, story))
        tell(results[-1])
        if not results[-1].ok:
            break
    return results


def _play_one(step: Step, story: Story) -> Result:
    began, told, trouble = time.monotonic(), "", ""
    try:
        told = step.play(story) or ""
    except (ClientError, EnvelopeError) as error:
        trouble = str(error) or type(error).__name__
    except (KeyError, IndexError, TypeError, ValueError) as error:
        # An answer of another shape than the specifications': another version, or a proxy's own page. Its text is
        # not told: it may hold something of care.
        trouble = f"The server answered in a form that this client does not know ({type(error).__name__})."
    seconds = round(time.monotonic() - began, 2)
    return Result(step.name, step.what, not trouble, seconds, told, trouble, step.look if trouble else "")


def _as_json(story: Story, results: list[Result], *, ok: bool) -> dict[str, Any]:
    words = story.words
    return {
        "ok": ok,
        "url": story.url,
        "seconds": round(sum(one.seconds for one in results), 2),
        "steps": [asdict(one) for one in results],
        "made_up": {
            "email": words.address("patient"),
            "emails": [words.address(who) for who in ("patient", "doctor", "manager")],
            "phone": words.phone,
            "nir": words.nir,
        },
        "words": list(words.texts),
    }


def _say_nothing(_: Result) -> None:
    """With --json the result is one text, at the end."""


def _print_result(one: Result) -> None:
    print(f"{'✓' if one.ok else '✗'} {one.seconds:6.2f} s  {one.step:<16} {one.what}", flush=True)
    if one.told:
        print(f"            {one.told}", flush=True)
    if not one.ok:
        print(f"            {one.trouble}\n            {one.look}", flush=True)


def _usual_mail(url: str) -> Path:
    folder = Path(os.environ.get("COLLOQUE_HOME") or ".colloque").expanduser() / "mail"
    if urlsplit(url).hostname in LOCAL and folder.is_dir():
        return folder
    raise ClientError("Where do the letters go? Name the folder that they are delivered to: --mail DIR.")


def _make_link(url: str) -> str:
    """As the operator makes it, where this deployment's settings are at hand."""
    if "COLLOQUE_DATABASE_URL" not in os.environ or os.environ.get("COLLOQUE_ORIGIN", "").rstrip("/") != url:
        raise ClientError(
            "It needs a practice of its own, and the settings of this deployment are not at hand. Run "
            f'`colloque first-manager --practice "{PRACTICE}" --city {CITY}` beside it, and give the link here: '
            "--manager-link LINK."
        )
    # In a process of its own: this one is a client, and loads nothing of the server.
    command = [sys.executable, "-m", "colloque.cli", "first-manager", "--practice", PRACTICE, "--city", CITY]
    made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 – our own command
    if made.returncode != 0:
        last = (made.stderr.strip().splitlines() or ["no word of why"])[-1]
        raise ClientError(f"`colloque first-manager` failed: {last}")
    return made.stdout.strip()
