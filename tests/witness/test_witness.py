"""A witness signs one history of a log: what it answers, what it keeps, and what a log can't talk it into."""

import base64
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from colloque.kernel.tls import trust
from colloque.ledger import merkle
from colloque.ledger.checkpoint import Signer
from colloque.ledger.cosignature import parse_witness_vkey, seen_at

LOG = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(b"l" * 32))
STRANGER = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(b"m" * 32))
UNKNOWN = Signer("example.com/other", Ed25519PrivateKey.from_private_bytes(b"l" * 32))
LEAVES = [bytes([n]) * 32 for n in range(40)]


def note_of(size: int, leaves: list[bytes] = LEAVES, signer: Signer = LOG) -> str:
    return signer.sign(size=size, root=merkle.root_of(leaves[:size]))


def proof_of(old: int, new: int, leaves: list[bytes] = LEAVES) -> list[bytes]:
    if old in (0, new):
        return []
    return merkle.prove(
        merkle.consistency_spans(old, new), lambda place: merkle.root_of(leaves[place_span(place)])
    )


def place_span(place: tuple[int, int]) -> slice:
    level, index = place
    return slice(index << level, (index + 1) << level)


def asked(old: int, note: str, proof: list[bytes] | None = None) -> bytes:
    lines = "".join(f"{base64.b64encode(one).decode()}\n" for one in proof or [])
    return f"old {old}\n{lines}\n{note}".encode()


class Running:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", timeout=10, trust_env=False, verify=trust()
        )

    def start(self) -> str:
        """Start it as an operator does; return its vkey."""
        command = [sys.executable, "-m", "colloque.cli", "witness", "--state", str(self.folder), "--port", str(self.port),
                   "--log", LOG.verifier().to_vkey()]  # fmt: skip
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                return self.http.get("/vkey").text.strip()
            except httpx.HTTPError:
                time.sleep(0.05)
        raise RuntimeError("the witness did not start")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def add(self, old: int, note: str, proof: list[bytes] | None = None) -> httpx.Response:
        return self.http.post("/add-checkpoint", content=asked(old, note, proof))


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Running]:
    one = Running(tmp_path / "state")
    yield one
    one.kill()
    one.http.close()


def test_it_cosigns_a_log_that_grows_and_nothing_else(witness: Running, tmp_path: Path) -> None:
    key = parse_witness_vkey(witness.start())
    for old, new in ((0, 5), (5, 5), (5, 23), (23, 40)):
        answer = witness.add(old, note_of(new), proof_of(old, new))
        assert answer.status_code == 200, (old, new, answer.text)
        assert seen_at(note_of(new) + answer.text, key) is not None

    # What it was told before is not known now, and it says what is.
    late = witness.add(5, note_of(23), proof_of(5, 23))
    assert (late.status_code, late.text, late.headers["content-type"].split(";")[0]) == (
        409,
        "40\n",
        "text/x.tlog.size",
    )
    forked = [*LEAVES[:39], b"x" * 32]
    assert witness.add(40, note_of(40, forked)).status_code == 409
    longer = [*forked, b"y" * 32]
    assert witness.add(40, note_of(41, longer), proof_of(40, 41, longer)).status_code == 422
    assert witness.add(41, note_of(40)).status_code == 400
    assert witness.add(40, note_of(40, signer=STRANGER)).status_code == 403
    assert witness.add(0, note_of(3, signer=UNKNOWN)).status_code == 404
    assert witness.add(40, note_of(40), [b"z" * 32]).status_code == 422
    one = note_of(1).encode()
    for body in (b"", b"old 1", b"new 1\n\n" + one, b"old 01\n\n" + one, b"old 1\n!\n\nx", b"\xff"):
        assert witness.http.post("/add-checkpoint", content=body).status_code == 400, body
    assert witness.http.post("/add-checkpoint", content=b"x" * 70_000).status_code == 413

    # Killed, it holds to what it saw, by the same key.
    witness.kill()
    assert parse_witness_vkey(witness.start()) == key
    assert witness.add(0, note_of(3)).status_code == 409
    assert witness.add(40, note_of(40)).status_code == 200

    # Two over one folder would sign two histories.
    second = subprocess.run(
        [sys.executable, "-m", "colloque.cli", "witness", "--state", str(witness.folder), "--log", LOG.verifier().to_vkey()],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (second.returncode, "Another witness runs" in second.stdout) == (2, True)
    assert (witness.folder / "key").stat().st_mode & 0o777 == 0o600
