"""`colloque watch-assets URL`: is what the server delivers what its ledger says, to a stranger and to each account?

Altered code is served to few: to one account, for one afternoon. So it is looked for from outside, with several accounts,
and held against a ledger that this watcher remembers from its last look, and that witnesses cosign.
"""

import json
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

from colloque.client.account import Passphrase, type_in
from colloque.client.directory import directory_of
from colloque.client.errors import ClientError, NotProven, Refused
from colloque.client.http import Browser
from colloque.client.ledger import Log
from colloque.client.page import page_troubles
from colloque.kernel.encoding import b64u_decode
from colloque.ledger import assets
from colloque.ledger.assets import Manifest
from colloque.ledger.cosignature import parse_witness_vkey

PAGES = ("/", "/sign-in", "/sign-up", "/recover", "/unlock", "/join", "/first-manager", "/offline", "/what-the-server-reads",
         "/home", "/request/new", "/access", "/account", "/practice", "/desk", "/objections", "/sign-out")  # fmt: skip
STRANGER = "stranger"
MOST_REDIRECTS = 4


@dataclass(frozen=True)
class Difference:
    who: str
    path: str
    what: str


@dataclass
class Seen:
    """What one look came to."""

    manifest: str = ""
    version: str = ""
    line: int | None = None
    published_at: str = ""
    witnessed: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    pages: int = 0
    files: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.differences

    def differs(self, who: str, path: str, what: str) -> None:
        self.differences.append(Difference(who, path, what))


def main(
    url: str,
    accounts: Sequence[Path],
    witnesses: Sequence[str],
    *,
    keep: Path | None,
    expect: str | None,
    as_json: bool,
) -> int:
    """Look, and print. 0: as published. 1: something differs. 2: it could not look."""
    try:
        seen = look(
            url.rstrip("/"),
            [json.loads(one.read_text("utf-8")) for one in accounts],
            keep=keep,
            expect=expect,
            witnesses=witnesses,
        )
    except NotProven as error:
        seen = Seen(differences=[Difference(STRANGER, "/ledger", str(error))])
    except (ClientError, OSError, ValueError, KeyError) as error:
        print(f"It could not look. {error}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps({"ok": seen.ok, "url": url, **asdict(seen)}, ensure_ascii=False, indent=1))
    else:
        _print(seen)
    return 0 if seen.ok else 1


def look(
    url: str,
    accounts: Sequence[dict[str, str]],
    *,
    keep: Path | None = None,
    expect: str | None = None,
    witnesses: Sequence[str] = (),
) -> Seen:
    """Ask as a stranger and as each account, and hold the ledger against all of `witnesses`, if any.

    Raises NotProven where the ledger's word does not hold, or ClientError.
    """
    seen = Seen()
    with closing(Browser(url)) as stranger:
        log = Log.of(stranger)
        if witnesses:
            log.trust([parse_witness_vkey(one) for one in witnesses], len(witnesses))
        _remembered(log, keep)
        data = stranger.get_bytes("/assets.json")
        manifest = _published(stranger, data, seen, expect)
        seen.witnessed = log.witnessed()
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / "checkpoint").write_text(log.note, "utf-8")
        if manifest is not None:
            _compare(STRANGER, stranger, manifest, data, seen)
            for told in accounts:
                with closing(_signed_in(url, told)) as browser:
                    _compare(told["email"], browser, manifest, data, seen)
    return seen


def _remembered(log: Log, keep: Path | None) -> None:
    if keep is None or not (keep / "checkpoint").exists():
        return
    try:
        log.read((keep / "checkpoint").read_text("utf-8"))
    except NotProven as error:
        if error.word != "signature":
            raise
        raise NotProven(
            "ledger-key-changed",
            "The ledger does not sign with the key of the checkpoint that this watcher kept.",
        ) from error


def _published(browser: Browser, data: bytes, seen: Seen, expect: str | None) -> Manifest | None:
    """The manifest that is served, once it is known to be in the ledger."""
    seen.manifest = assets.digest(data)
    try:
        manifest = assets.read(data)
    except assets.MalformedManifest as error:
        seen.differs(STRANGER, "/assets.json", f"it is {error}")
        return None
    seen.version = manifest.version
    published = directory_of(browser).published_assets()
    if seen.manifest not in published:
        seen.differs(STRANGER, "/assets.json", "no line of the ledger publishes this manifest")
    else:
        line = published[seen.manifest]
        seen.line, seen.published_at = line.seq, str(line.fields["time"])
    if expect not in (None, seen.manifest):
        seen.differs(STRANGER, "/assets.json", f"it is not the manifest that was expected, {expect}")
    return manifest


def _compare(who: str, browser: Browser, manifest: Manifest, data: bytes, seen: Seen) -> None:
    seen.accounts.append(who)
    if who != STRANGER and browser.get_bytes("/assets.json") != data:
        seen.differs(who, "/assets.json", "this account is shown another manifest than a stranger")
    for path, expected in manifest.files.items():
        if assets.integrity(browser.get_bytes(path)) != expected:
            seen.differs(who, path, "what is delivered is not what was published")
        seen.files += 1
    for path in PAGES:
        try:
            html, policy = browser.look_at(path)
        except Refused:
            continue  # a page that is not for this account
        seen.pages += 1
        for trouble in page_troubles(html, policy, manifest, browser.url):
            seen.differs(who, path, trouble)


def _signed_in(url: str, told: dict[str, str]) -> Browser:
    browser = Browser(url)
    passphrase = Passphrase(told["passphrase"], b64u_decode(told["totp_secret"]))
    type_in(browser, told["email"], passphrase)
    return browser


def _print(seen: Seen) -> None:
    print(f"Manifest {seen.manifest}, version {seen.version}.")
    if seen.line is not None:
        print(f"In the ledger: line {seen.line}, {seen.published_at}.")
    print(f"Cosigned by {', '.join(seen.witnessed) or 'no witness'}.")
    print(f"Looked at {seen.pages} pages and {seen.files} files as {', '.join(seen.accounts) or 'nobody'}.")
    for one in seen.differences:
        print(f"✗ {one.who}  {one.path}: {one.what}")
    if seen.ok:
        print("Everything is as published.")
    else:
        print(
            f"{len(seen.differences)} differences. Keep this output; docs/operate/assets.md says what then."
        )
