"""`colloque try` as a newcomer meets it: started, stopped by Ctrl-C, started again; and what it says when it cannot."""

import json
import signal
import socket
import stat
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from colloque.embedded.environment import read_settings
from colloque.embedded.home import Home
from colloque.embedded.start import free_port
from colloque.kernel.tls import trust
from tests.deployment import STOP_SECONDS, Deployment, launch, started

pytestmark = pytest.mark.timeout(900)


@dataclass
class Try:
    deployment: Deployment

    @property
    def home(self) -> Home:
        return Home(self.deployment.home)

    @property
    def children(self) -> list[psutil.Process]:
        found = psutil.Process(self.deployment.process.pid).children(recursive=True)
        return [one for one in found if one.status() != psutil.STATUS_ZOMBIE]

    def get(self, path: str) -> httpx.Response:
        headers = {"Host": f"localhost:{self.deployment.port}"}
        return httpx.get(
            f"http://127.0.0.1:{self.deployment.port}{path}",
            headers=headers,
            timeout=20,
            trust_env=False,
            verify=trust(),
        )

    def stop(self) -> str:
        """Press Ctrl-C; returns what was said since the start."""
        self.deployment.process.send_signal(signal.SIGINT)
        self.deployment.process.wait(STOP_SECONDS)
        return self.deployment.log.read_text().removeprefix(self.deployment.printed)


@pytest.fixture(scope="module")
def running(deployment: Deployment) -> Try:
    """The one of the run, which has served other tests before: conftest.py puts these last."""
    return Try(deployment)


def test_it_says_where_to_go_and_how_to_sign_in_in_under_twenty_lines(running: Try) -> None:
    assert len(running.deployment.printed.splitlines()) < 20
    for said in (f"http://localhost:{running.deployment.port}", "passphrase", "/try", "Ctrl-C"):
        assert said in running.deployment.printed


def test_every_part_answers(running: Try) -> None:
    answer = running.get("/health")
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    assert set(answer.json()["parts"]) == {"web", "database", "vault", "witness", "worker"}


def test_the_page_of_the_try_out_gives_codes_and_letters(running: Try) -> None:
    assert running.get("/try").status_code == 200
    told = running.get("/try/state").json()
    assert {one["name"] for one in told["people"]} == {"Manon Roux", "Dr Anil Bose", "Dr Li Chen"}
    assert all(len(one["totp"]) == 6 for one in told["people"])
    assert any("Votre code" in one["subject"] for one in told["letters"])


def test_each_role_reaches_its_own_database_and_no_other(running: Try) -> None:
    told = read_settings(running.home)
    web, vault = told["COLLOQUE_DATABASE_URL"], told["COLLOQUE_VAULT_DATABASE_URL"]
    for url in (web, vault):
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    crossed = (
        web.replace("/colloque?", "/colloque_vault?"),
        vault.replace("/colloque_vault?", "/colloque?"),
        web.replace("/colloque?", "/postgres?"),
        web.replace("://colloque:", "://postgres:"),
        web.replace(running.home.secret("web-database"), "wrong"),
    )
    for url in crossed:
        with pytest.raises(psycopg.OperationalError, match=r"pg_hba|authentication failed|permission denied"):
            psycopg.connect(url)


def test_the_web_has_none_of_the_vaults_secrets_and_the_vault_none_of_the_webs(running: Try) -> None:
    commands = {
        " ".join(one.cmdline()): one.environ()
        for one in running.children
        if "uvicorn" in " ".join(one.cmdline())
    }
    web = next(env for command, env in commands.items() if "asgi_web" in command)
    vault = next(env for command, env in commands.items() if "asgi_vault" in command)
    assert not [name for name in web if name.startswith("COLLOQUE_VAULT_") and name != "COLLOQUE_VAULT_URL"]
    assert not {"COLLOQUE_SECRET_KEY", "COLLOQUE_DATABASE_URL"} & vault.keys()
    secret = running.home.secret("vault-database")
    assert not [name for name, value in web.items() if secret in value]


def test_no_command_line_holds_a_secret(running: Try) -> None:
    secrets = [
        running.home.secret(name)
        for name in ("web-secret", "web-database", "vault-database", "postgres", "turn")
    ]
    for process in running.children:
        assert not [one for one in secrets if one in " ".join(process.cmdline())]


def test_what_is_secret_is_for_this_user_alone(running: Try) -> None:
    files = [running.home.settings, running.home.demo, *running.home.keys.iterdir()]
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


def test_a_part_that_falls_is_started_again(running: Try) -> None:
    (worker,) = (one for one in running.children if "worker" in one.cmdline())
    worker.kill()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = [one for one in running.children if "worker" in one.cmdline() and one.pid != worker.pid]
        if found:
            return
        time.sleep(0.2)
    raise AssertionError("the worker was not started again")


def test_a_second_try_out_over_the_same_folder_is_refused_with_a_sentence(
    running: Try, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    assert launch(running.deployment.home, free_port(), log).wait(60) == 1
    told = log.read_text()
    assert "already running" in told
    assert "Traceback" not in told


def test_a_port_that_is_taken_is_told_with_another_to_take(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert launch(tmp_path / "home", port, tmp_path / "log").wait(60) == 1
    told = (tmp_path / "log").read_text()
    assert f"Port {port} is taken" in told
    assert f"PORT={port + 1}" in told
    assert "Traceback" not in told


# Last: it stops what the others look at.
@pytest.mark.long
def test_ctrl_c_ends_every_part_and_the_next_start_goes_on(running: Try, tmp_path: Path) -> None:
    before = json.loads(running.home.demo.read_text(encoding="utf-8"))
    children = running.children
    told = running.stop()
    assert running.deployment.process.returncode == 0
    assert "Everything is kept" in told
    assert not [one for one in children if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert not (running.deployment.home / "postgres" / "postmaster.pid").exists()
    with started(running.deployment.home, running.deployment.port, tmp_path / "log") as next_one:
        again = Try(next_one)
        assert "Making the demo practice" not in next_one.printed
        assert json.loads(again.home.demo.read_text(encoding="utf-8")) == before
        assert again.get("/health").status_code == 200
        practices = again.get("/try/state").json()["people"]
        assert len(practices) == len(before["people"])
