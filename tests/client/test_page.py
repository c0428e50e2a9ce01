"""What a delivered page may run: the release's files by their hashes, under the release's policy, and nothing else."""

import pytest

from colloque.client.page import page_troubles
from colloque.ledger.assets import SOCKETS, Manifest

ONE, TWO = (f"sha384-{letter * 64}" for letter in "AB")
SCRIPT, STYLE = "/static/built/a.js", "/static/built/m.css"
POLICY = "default-src 'none'; connect-src 'self' "
MANIFEST = Manifest("1", {SCRIPT: ONE, STYLE: TWO, "/static/built/i.svg": TWO}, (POLICY + SOCKETS,), {})
GOOD = f"""<!doctype html><html><head><link rel="icon" href="/static/built/i.svg"><link rel="stylesheet" href="{STYLE}"
integrity="{TWO}"><link rel="modulepreload" href="{SCRIPT}" integrity="{ONE}"><meta name="csrf-token" content="x"></head>
<body><form method="post" action="/language"></form><a href="/account">a</a>
<script type="module" src="{SCRIPT}" integrity="{ONE}"></script></body></html>"""


def troubles(html: str, policy: str = POLICY + "wss://rdv.example.fr") -> list[str]:
    return page_troubles(html, policy, MANIFEST, "https://rdv.example.fr")


def test_a_page_of_the_release_has_none() -> None:
    assert troubles(GOOD) == []
    assert page_troubles(GOOD, POLICY + "ws://localhost:8000", MANIFEST, "http://localhost:8000") == []


@pytest.mark.parametrize(
    ("put", "named"),
    [
        ("<script>alert(1)</script>", "loads nothing"),
        (f'<script src="{SCRIPT}" integrity="{ONE}">alert(1)</script>', "text of its own"),
        (f'<script src="{SCRIPT}"></script>', "another hash"),
        (f'<script src="{SCRIPT}" integrity="{TWO}"></script>', "another hash"),
        (f'<script src="/media/evil.js" integrity="{ONE}"></script>', "does not serve"),
        (f'<script src="{SCRIPT}" src="/evil.js" integrity="{ONE}"></script>', "twice"),
        ('<link rel="stylesheet" href="/evil.css">', "does not serve"),
        ('<link rel="preload stylesheet" href="https://elsewhere.example/m.css">', "does not serve"),
        ("<p onclick=alert(1)>", "onclick="),
        ("<svg><script>alert(1)</script></svg>", "loads nothing"),
        ('<a href=" JavaScript:alert(1)">', "is a script"),
        ('<iframe srcdoc="x"></iframe>', "<iframe>"),
        ("<style>p{}</style>", "<style>"),
        ('<base href="https://elsewhere.example/">', "<base>"),
        ('<meta http-equiv="refresh" content="0;url=/x">', "http-equiv"),
        ('<form action="https://elsewhere.example/"></form>', "sends elsewhere"),
        ('<form action="//elsewhere.example/"></form>', "sends elsewhere"),
        ("<!--><script src=/evil.js></script>-->", ""),
        ("<textarea><script src=/evil.js></script></textarea>", ""),
    ],
)
def test_what_is_put_into_it_is_named(put: str, named: str) -> None:
    found = troubles(GOOD.replace("<a href", put + "<a href", 1))
    assert found, put
    assert named in " ".join(found)


@pytest.mark.parametrize("policy", ["", "default-src *", POLICY + "wss://elsewhere.example", POLICY])
def test_another_policy_is_named(policy: str) -> None:
    assert troubles(GOOD, policy) == ["its Content-Security-Policy is not one of the release's"]
