"""`colloque watch-assets` against a deployment that runs: as published, or told apart by account, file and page."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from colloque.cli import cli
from colloque.client import watching
from colloque.client.errors import NotProven
from colloque.client.http import Browser
from colloque.client.ledger import Log
from colloque.client.watching import look
from colloque.ledger.cosignature import parse_witness_vkey
from tests.deployment import Deployment

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def manager(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("accounts") / "manager.json"
    path.write_text(json.dumps(person(deployment, 0)), "utf-8")
    return path


def person(deployment: Deployment, number: int) -> dict[str, str]:
    """Of the demo practice. A code signs in once, so that each test has its own."""
    told = json.loads((deployment.home / "demo.json").read_text("utf-8"))["people"]
    return dict(told[number])


@pytest.mark.long
def test_it_finds_what_was_published_and_remembers_the_ledger(
    deployment: Deployment, manager: Path, tmp_path: Path
) -> None:
    ran = deployment.run(
        "watch-assets", deployment.url, "--as", str(manager), "--keep", str(tmp_path), "--json"
    )
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["ok"], told["differences"]) == (0, True, []), ran.stdout
    assert told["accounts"][0] == "stranger" and len(told["accounts"]) == 2
    assert told["witnessed"] == ["same-machine.colloque.localhost"]
    assert told["pages"] > 10 and told["files"] > 50
    here = deployment.run("assets", "manifest")
    assert here.stdout.split("\n")[0] == told["manifest"], "the same source has the same manifest"
    assert len(here.stdout.split("\n")[1].split(" · ")) == 6
    named = deployment.run("ledger", "witnesses", "--vault", deployment.url).stdout
    # The words of the ledger’s own key, and of its witnesses.
    assert "\nsame-machine.colloque.localhost+" in named and named.count(" · ") == 10

    # Another build than the one expected, and a ledger that another key signed since.
    assert deployment.run("watch-assets", deployment.url, "--expect", "0" * 64).returncode == 1
    kept = (tmp_path / "checkpoint").read_text("utf-8")
    (tmp_path / "checkpoint").write_text(kept.replace("/ledger\n", "/ledger\n9", 1), "utf-8")
    ran = deployment.run("watch-assets", deployment.url, "--keep", str(tmp_path))
    assert (ran.returncode, "does not sign with the key" in ran.stdout) == (1, True)
    assert deployment.run("watch-assets", "http://127.0.0.1:9").returncode == 2


ALTERED = {
    "/static/built/account-": (b"import", b"Import", "what is delivered is not what was published"),
    "/account": (
        b"</main>",
        b"</main><script src=/x.js></script>",
        "<script> loads /x.js, which the release does not serve",
    ),
    "/assets.json": (
        b'"version":"',
        b'"version":"x',
        "this account is shown another manifest than a stranger",
    ),
}


class Altering(httpx.HTTPTransport):
    """The real server, with a hand in what it answers to some."""

    def __init__(self, altered: dict[str, tuple[bytes, bytes, str]], *, for_all: bool) -> None:
        super().__init__()
        self.altered, self.for_all = altered, for_all

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        is_account = "colloque=" in request.headers.get("cookie", "")
        for path, (old, new, _) in self.altered.items():
            if request.url.path.startswith(path) and (self.for_all or is_account):
                headers = {k: v for k, v in answer.headers.items() if k != "content-length"}
                return httpx.Response(
                    answer.status_code, headers=headers, content=answer.read().replace(old, new)
                )
        return answer


def altering(
    monkeypatch: pytest.MonkeyPatch, altered: dict[str, tuple[bytes, bytes, str]], *, for_all: bool
) -> None:
    class Altered(Browser):
        def __init__(self, url: str) -> None:
            super().__init__(url)
            self._http._transport = Altering(altered, for_all=for_all)
            self._http.headers["Accept-Encoding"] = "identity"

    monkeypatch.setattr(watching, "Browser", Altered)


def test_what_one_account_is_served_apart_is_named(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    altering(monkeypatch, ALTERED, for_all=False)
    bose = person(deployment, 1)
    seen = look(deployment.url, [bose])
    assert {one.who for one in seen.differences} == {bose["email"]}
    told = {(one.path.partition("-")[0], one.what) for one in seen.differences}
    assert {(path.rstrip("-"), what) for path, (_, _, what) in ALTERED.items()} <= told


def test_a_release_that_no_line_publishes_is_named(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    altering(monkeypatch, {"/assets.json": ALTERED["/assets.json"]}, for_all=True)
    seen = look(deployment.url, [])
    assert [one.what for one in seen.differences] == ["no line of the ledger publishes this manifest"]


def test_a_release_that_the_web_did_not_sign_is_no_release(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = Log.of

    def other(browser: Browser) -> Log:
        log = of(browser)
        log.services = {"web": "00000000-0000-4000-8000-000000000000"}
        return log

    monkeypatch.setattr(Log, "of", other)
    with pytest.raises(NotProven, match="the web did not sign"):
        look(deployment.url, [])


def test_a_ledger_that_its_witnesses_did_not_cosign_is_refused(deployment: Deployment) -> None:
    with closing(Browser(deployment.url)) as browser:
        log = Log.of(browser)
        (own,) = log.witnesses
        assert log.witnessed() == [own.name]
        log.trust([own, parse_witness_vkey(_vector()["witnesses"][0])], 2)
        with pytest.raises(NotProven, match="Of the ledger's 2 witnesses 1 cosigned"):
            log.witnessed()


def test_whoever_names_witnesses_by_hand_believes_no_others(deployment: Deployment) -> None:
    def watch(*witnesses: str) -> tuple[int, str]:
        named = [part for one in witnesses for part in ("--witness", one)]
        ran = CliRunner().invoke(cli, ["watch-assets", deployment.url, "--json", *named])
        return ran.exit_code, ran.stdout

    with closing(Browser(deployment.url)) as browser:
        (own,) = Log.of(browser).witnesses
    stranger = str(_vector()["witnesses"][0])
    code, told = watch(own.to_vkey())
    assert (code, json.loads(told)["witnessed"]) == (0, [own.name])
    for named in ([stranger], [own.to_vkey(), stranger]):
        code, told = watch(*named)
        assert code == 1, "the ledger may not choose who watches it"
        assert f"witnesses {len(named) - 1} cosigned" in json.loads(told)["differences"][0]["what"]
    assert watch("no key")[0] == 2


def _vector() -> Any:
    return json.loads((Path(__file__).parents[1] / "vectors" / "cosignature.json").read_text("utf-8"))
