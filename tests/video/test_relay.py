"""A real coturn on loopback, and two browsers that may use nothing else (`iceTransportPolicy: relay`)."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from colloque.video.turn import make_credentials
from tests.video.conftest import TOLD, Joining, until_state
from tests.video.relay import Relay, serving
from tests.video.test_call import has_pictures

SECRET = "only-for-tests-9f2c"
pytestmark = pytest.mark.skipif(shutil.which("turnserver") is None, reason="coturn is not installed")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def coturn(folder: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = ["turnserver", "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}",
               "--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=colloque", "--no-cli", "--no-tls",
               "--no-dtls", "--allow-loopback-peers", "--fingerprint", "--log-file=stdout", "--no-software-attribute",
               f"--pidfile={folder / 'turn.pid'}", f"--userdb={folder / 'turndb'}"]  # fmt: skip
    with (folder / "turn.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    try:
        time.sleep(0.7)
        assert process.poll() is None, (folder / "turn.log").read_text()
        yield process
    finally:
        process.terminate()
        process.wait(timeout=10)


def ice_answer(port: int, at: datetime) -> dict[str, object]:
    made = make_credentials(SECRET, now=at, nonce=os.urandom(8).hex())
    server = {
        "urls": [f"turn:127.0.0.1:{port}?transport=udp"],
        "username": made.username,
        "credential": made.credential,
    }
    return {"iceServers": [server], "expires_at": made.expires_at.isoformat()}


def test_a_call_goes_through_the_relay_with_short_lived_credentials(
    relay: Relay, join: Joining, tmp_path: Path
) -> None:
    port = free_port()
    relay.ice = ice_answer(port, datetime.now(UTC))
    with serving(relay) as http, coturn(tmp_path, port):
        alice, bose = join("patient", http, relayOnly=True), join("practitioner", http, relayOnly=True)
        until_state(alice, "connected")
        until_state(bose, "connected")
        assert has_pictures(bose)
        bose.wait_for_function("() => harness.view().relayed")
    candidates = [s["candidate"]["candidate"] for s in relay.signals if s.get("candidate")]
    assert candidates
    assert all(" typ relay " in candidate for candidate in candidates)


@pytest.mark.long
def test_expired_credentials_open_no_relay(relay: Relay, join: Joining, tmp_path: Path) -> None:
    port = free_port()
    relay.ice = {
        **ice_answer(port, datetime.now(UTC) - timedelta(hours=2)),
        "expires_at": "2999-01-01T00:00:00.000Z",
    }
    with serving(relay) as http, coturn(tmp_path, port):
        alice, bose = join("patient", http, relayOnly=True), join("practitioner", http, relayOnly=True)
        until_state(bose, "connecting")
        bose.wait_for_timeout(3000)
        assert bose.evaluate("harness.view().state") in ("connecting", "lost")
        assert alice.evaluate("harness.states").count("connected") == 0
    assert not [s for s in relay.signals if s.get("candidate")]


@pytest.mark.long
def test_a_network_that_dies_is_told_within_ten_seconds_and_the_call_comes_back(
    relay: Relay, join: Joining, tmp_path: Path
) -> None:
    port = free_port()
    relay.ice = ice_answer(port, datetime.now(UTC))
    with serving(relay) as http:
        with coturn(tmp_path, port) as process:
            alice, bose = join("patient", http, relayOnly=True), join("practitioner", http, relayOnly=True)
            until_state(alice, "connected")
            until_state(bose, "connected")
            process.send_signal(signal.SIGKILL)  # every packet is lost from here on
            until_state(bose, "unsteady", timeout=TOLD)
            until_state(bose, "lost")
        # The relay that comes back knows neither of them: only new paths, that is an ICE restart, can work.
        with coturn(tmp_path, port):
            until_state(bose, "connected", timeout=60)
            until_state(alice, "connected")
            assert has_pictures(bose)
            assert has_pictures(alice)
