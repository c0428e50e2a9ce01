"""What a delivered page may run, against the release's asset manifest. Pure: a page's text and policy in, troubles out."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from urllib.parse import urlsplit

from colloque.ledger.assets import SOCKETS, Manifest

# Elements that bring in what no manifest lists, or send the reader's requests elsewhere.
NEVER = frozenset({"iframe", "frame", "object", "embed", "applet", "base", "portal", "style"})
CHECKED_LINKS = frozenset({"stylesheet", "modulepreload", "preload"})
LOADING_LINKS = CHECKED_LINKS | {"icon", "manifest", "prefetch", "import"}
_SCRIPT = re.compile(r"<\s*script\b", re.IGNORECASE)


def page_troubles(html: str, policy: str, manifest: Manifest, url: str) -> list[str]:
    """What in this page, delivered from `url` with this Content-Security-Policy, is not of this release."""
    parts = urlsplit(url)
    sockets = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
    found = _Elements(manifest)
    found.feed(html)
    found.close()
    troubles = found.troubles
    if policy.replace(sockets, SOCKETS) not in manifest.policies:
        troubles.append("its Content-Security-Policy is not one of the release's")
    if len(_SCRIPT.findall(html)) != found.scripts:
        # Where a browser and this reader may see two things, neither is believed.
        troubles.append("a script stands where it is no element")
    return troubles


class _Elements(HTMLParser):
    def __init__(self, manifest: Manifest) -> None:
        super().__init__(convert_charrefs=True)
        self.manifest, self.troubles, self.scripts = manifest, list[str](), 0
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if len(told) < len(attrs):
            self.troubles.append(f"<{tag}> has an attribute twice")
        for name, value in told.items():
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.troubles.append(f"<{tag}> has {name}=")
            if value.strip().lower().startswith(("javascript:", "data:text")):
                self.troubles.append(f"<{tag}> has a {name} that is a script")
        if tag in NEVER:
            self.troubles.append(f"<{tag}> is in no page of the release")
        elif tag == "script":
            self.scripts += 1
            self._in_script = True
            self._check(tag, told.get("src", ""), told.get("integrity"), must=True)
        elif tag == "link":
            self._link(told)
        elif tag == "meta" and "http-equiv" in told:
            self.troubles.append("<meta http-equiv> is in no page of the release")
        elif tag == "form" and not _is_own(told.get("action", "")):
            self.troubles.append("<form> sends elsewhere")

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._in_script = False

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.troubles.append("<script> has text of its own")

    def _link(self, told: dict[str, str]) -> None:
        rel = set(told.get("rel", "").lower().split())
        if rel & LOADING_LINKS:
            self._check("link", told.get("href", ""), told.get("integrity"), must=bool(rel & CHECKED_LINKS))

    def _check(self, tag: str, path: str, told: str | None, *, must: bool) -> None:
        expected = self.manifest.files.get(path)
        if expected is None:
            self.troubles.append(f"<{tag}> loads {path[:200] or 'nothing'}, which the release does not serve")
        elif told != expected and (must or told is not None):
            self.troubles.append(f"<{tag}> loads {path} by another hash than the release's")


def _is_own(action: str) -> bool:
    parts = urlsplit(action)
    return not parts.scheme and not parts.netloc
