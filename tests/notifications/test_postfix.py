"""Debian's Postfix as the relay: STARTTLS, and a relay that says "later" first. Run by scripts/debian_postfix.sh."""

import os
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMessage
from pytest_django.fixtures import Settings

from colloque.accounts import letters
from colloque.notifications.actions import NotSent, deliver
from colloque.notifications.models import Letter
from tests.care import RunningVault
from tests.notifications.test_mailer import ADDRESS, leave_address
from tests.people import Ward

PORTS = os.environ.get("COLLOQUE_TEST_POSTFIX", "")
pytestmark = pytest.mark.skipif(not PORTS, reason="run by scripts/debian_postfix.sh")


class Onward:
    """Where Postfix hands letters on to."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.came = threading.Semaphore(0)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd calls it so
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        self.came.release()
        return "250 OK"


class Greylist(socketserver.ThreadingTCPServer):
    """Postfix's policy protocol: who comes for the first time is told to come later."""

    allow_reuse_address = True
    daemon_threads = True

    # Postfix keeps its connection: the next test may be answered by the handler of the one before.
    seen: ClassVar[dict[str, int]] = {}

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Answers)


class _Answers(socketserver.StreamRequestHandler):
    server: Greylist

    def handle(self) -> None:
        asked: dict[str, str] = {}
        for line in self.rfile:
            name, _, value = line.decode().strip().partition("=")
            if name:
                asked[name] = value
                continue
            recipient = asked.get("recipient", "")
            self.server.seen[recipient] = self.server.seen.get(recipient, 0) + 1
            word = "DEFER_IF_PERMIT come later" if self.server.seen[recipient] == 1 else "DUNNO"
            self.wfile.write(f"action={word}\n\n".encode())
            asked = {}


@pytest.fixture
def greylist() -> Iterator[Greylist]:
    with Greylist(int(PORTS.split(":")[1])) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def onward(settings: Settings, care: RunningVault, greylist: Greylist) -> Iterator[Onward]:
    relay, _, port = (int(one) for one in PORTS.split(":"))
    held = Onward()
    controller = Controller(held, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "localhost", "port": relay, "use_tls": True, "timeout": 10},
        }
    }
    yield held
    controller.stop()


def test_a_letter_passes_by_starttls_once_and_after_a_later(ward: Ward, onward: Onward) -> None:
    leave_address(ward.alice)
    with pytest.raises(NotSent):
        deliver(1, ward.alice.person, "taken")
    for _ in range(3):
        assert deliver(1, ward.alice.person, "taken").sent_at is not None
    assert onward.came.acquire(timeout=30)
    (letter,) = onward.taken
    assert letter["Message-ID"] == f"<{Letter.objects.get().id}@localhost>"
    assert letter["To"] == ADDRESS
    assert "with ESMTPS" in str(letter["Received"])
    assert not onward.came.acquire(timeout=2), "one letter, however often it was tried"


def test_a_code_is_tried_again_while_it_is_of_use(
    ward: Ward, onward: Onward, greylist: Greylist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "AGAIN_SECONDS", (0.1, 0.1))
    letters.send_code("paul@exemple.fr", "123456", language="fr", has_account=False)
    letters.settle()
    assert onward.came.acquire(timeout=30)
    (letter,) = onward.taken
    assert "123 456" in letter["Subject"] and greylist.seen["paul@exemple.fr"] == 2


def test_a_relay_without_tls_gets_nothing(ward: Ward, onward: Onward, settings: Settings) -> None:
    settings.MAILERS["default"]["OPTIONS"]["use_tls"] = False
    with pytest.raises(Exception, match="STARTTLS"):
        EmailMessage(subject="x", body="x", to=["x@exemple.fr"]).send()
    assert onward.taken == []
