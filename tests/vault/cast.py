"""People with real keys who speak to a running vault, and the vault that they speak to."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import uvicorn
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from colloque.kernel.encoding import b64u_decode, b64u_encode, key_id, label
from colloque.kernel.ids import new_id
from colloque.kernel.tls import trust
from colloque.ledger.pseudonym import put_back
from colloque.vault import principal
from colloque.vault.app import create_app
from colloque.vault.client import VaultClient
from colloque.vault.principal import Principal
from colloque.vault.service import kem_key
from colloque.vault.settings import VaultSettings

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@contextmanager
def running(settings: VaultSettings) -> Iterator[str]:
    """Run a vault under uvicorn, as in production but in a thread; yield its address."""
    config = uvicorn.Config(create_app(settings), port=0, log_level="warning", lifespan="on", loop="uvloop")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the vault did not start")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@dataclass
class Answer:
    """What a release came to, opened."""

    turns: list[dict[str, Any]]
    refused: list[dict[str, Any]]
    receipt: dict[str, Any]


@dataclass
class Time:
    """A clock that only moves when told to."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Cast:
    """A small practice: Alice, her clinician Dr Bose, another one Dr Chen, Manon who manages, the services."""

    url: str
    settings: VaultSettings
    web: VaultClient
    services: dict[str, Principal]
    time: Time
    practice: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=30, verify=trust())
        self.alice = self.register("alice", "patient")
        self.bose = self.register("bose", "professional")
        self.chen = self.register("chen", "professional")
        self.manon = self.register("manon", "professional")
        self.state(
            self.manon.say(
                "practice", practice=self.practice, generation=0, kem_key=b64u_encode(_kem(self.manon))
            )
        )
        self.join(self.bose, "practitioner")
        self.join(self.chen, "practitioner")
        self.file = self.make_record(self.alice, "file", practice=self.practice)
        self.contact = self.make_record(self.alice, "person")
        self.consultation = self.make_consultation()

    def register(self, name: str, kind: str) -> Principal:
        person = principal.make(name)
        keys = {"identity_key": b64u_encode(person.identity_key()), "kem_key": b64u_encode(_kem(person))}
        self.state(person.say_as_identity("person", kind=kind, **keys))
        self.state(enrolment(person))
        return person

    def join(self, member: Principal, *roles: str) -> None:
        self.state(
            self.manon.say(
                "member",
                practice=self.practice,
                member=member.person,
                roles=list(roles),
                kem_key_id=key_id(_kem(member)),
            )
        )

    def sealed_to(self, *more: Principal) -> list[dict[str, str]]:
        """Whom a new seed is sealed to: who is a member from the start, and more."""
        members = (self.bose, self.chen, self.manon, *more)
        return [{"id": one.person, "key_id": key_id(_kem(one))} for one in members]

    def make_record(self, subject: Principal, kind: str, **fields: Any) -> str:
        record = new_id()
        recipients = [{"id": subject.person, "key_id": key_id(_kem(subject))}]
        said = subject.say(
            "record", record=record, kind=kind, subject=subject.person, recipients=recipients, **fields
        )
        self.state(said)
        return record

    def make_consultation(self, file: str = "") -> str:
        return self.make_record(self.alice, "consultation", practice=self.practice, file=file or self.file)

    def request(self, record: str | None = None, **fields: Any) -> None:
        said = self.alice.say("request", record=record or self.consultation, practice=self.practice, **fields)
        self.state(said)

    def take(self, by: Principal, record: str | None = None) -> None:
        self.state(by.say("take", record=record or self.consultation))

    def many_files(self, count: int) -> list[str]:
        """Files of which the practice knows, and that nothing else ties to anyone: asked for, and taken back."""
        files = [self.make_record(self.alice, "file", practice=self.practice) for _ in range(count)]
        for file in files:
            self.show(self.make_consultation(file))
        return files

    def show(self, record: str) -> None:
        """Let the practice know of a consultation."""
        self.request(record)
        self.state(self.alice.say("cancel", record=record))

    def post(self, path: str, envelope: object) -> httpx.Response:
        return self.http.post(f"/vault/{path}", json=envelope)

    def state(self, envelope: object) -> dict[str, Any]:
        response = self.post("statements", envelope)
        assert response.status_code == 200, response.text
        return dict(response.json()["receipt"])

    def error(self, envelope: object, path: str = "statements") -> tuple[int, str]:
        response = self.post(path, envelope)
        return response.status_code, response.json().get("error", "")

    def ask(self, by: Principal, *openings: tuple[str, str], **fields: Any) -> "Asked":
        key, request = X25519PrivateKey.generate(), new_id()
        reply_key = b64u_encode(key.public_key().public_bytes_raw())
        listed = [{"record": r, "compartment": c, "epoch": 0} for r, c in openings]
        said = by.say(
            "release", id=request, openings=listed, reply_key=reply_key, **{"purpose": "care", **fields}
        )
        return Asked(self, said, key, request)

    def open(self, by: Principal, *openings: tuple[str, str], **fields: Any) -> Answer:
        return self.ask(by, *openings, **fields).answer()

    def refused(self, by: Principal, *openings: tuple[str, str], **fields: Any) -> tuple[int, str]:
        return self.error(self.ask(by, *openings, **fields).envelope, "release")

    def lines(self, kind: str | None = None) -> list[dict[str, Any]]:
        return [line for line in read_log(self.settings.database_url) if kind in (None, line["kind"])]


class Port:
    """Another practice of the deployment: Dr Dan, who manages and practises there."""

    def __init__(self, cast: Cast) -> None:
        self.id, self.dan = new_id(), cast.register("dan", "professional")
        kem = _kem(self.dan)
        cast.state(self.dan.say("practice", practice=self.id, generation=0, kem_key=b64u_encode(kem)))
        roles = {"roles": ["manager", "practitioner"], "kem_key_id": key_id(kem)}
        cast.state(self.dan.say("member", practice=self.id, member=self.dan.person, **roles))


@dataclass
class Asked:
    """A signed release, to send once or several times, here or there."""

    cast: Cast
    envelope: dict[str, Any]
    key: X25519PrivateKey
    request: str

    def answer(self, http: httpx.Client | None = None) -> Answer:
        response = (http or self.cast.http).post("/vault/release", json=self.envelope)
        assert response.status_code == 200, response.text
        return self.read(response)

    def read(self, response: httpx.Response) -> Answer:
        body = response.json()
        info = label("colloque/v1/release-reply", self.request)
        reply = httpx.Response(200, content=SUITE.decrypt(b64u_decode(body["sealed"]), self.key, info)).json()
        return Answer(reply["turns"], reply["refused"], body["receipt"])


def enrolment(person: Principal) -> dict[str, Any]:
    key = b64u_encode(person.public_key())
    return person.say_as_identity("device", with_device=True, new_device=person.device, public_key=key)


def read_log(conninfo: str) -> list[dict[str, Any]]:
    """Every line, with the names of practices put back: whom it is about."""
    with psycopg.connect(conninfo) as connection:
        names: dict[str, dict[str, str]] = {}
        for practice, name, value in connection.execute(
            "SELECT practice::text, pseudonym::text, value FROM pseudonym"
        ):
            names.setdefault(practice, {})[name] = value
    return [put_back(line, names) for line in read_bodies(conninfo)]


def read_bodies(conninfo: str) -> list[dict[str, Any]]:
    """Every line as it was hashed."""
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute("SELECT body FROM ledger_line WHERE body IS NOT NULL ORDER BY seq")
        return [json.loads(body) for (body,) in rows]


def run_verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "colloque.ledger.verify", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _kem(person: Principal) -> bytes:
    return kem_key(person.kem_seed)


def errors_of(responses: Sequence[httpx.Response]) -> list[str]:
    return [r.json().get("error", "") for r in responses]
