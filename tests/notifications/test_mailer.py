"""The worker's mailer over a real mail server: it opens `contact` and nothing else, and sends once."""

import json
import logging
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings

from colloque.accounts.models import Account
from colloque.envelope.item import item_hash
from colloque.kernel.clock import now
from colloque.kernel.jobs import defer
from colloque.notifications import contact
from colloque.notifications.actions import NotSent, deliver
from colloque.notifications.models import Letter
from colloque.records.models import Item
from tests.care import RunningVault
from tests.people import Someone, Ward

ADDRESS = "alice.martin@exemple.fr"


class Post:
    """A mail server that keeps what it takes, and can be told to refuse."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], Any]] = []
        self.answer = "250 OK"

    async def handle_RCPT(  # noqa: N802  aiosmtpd calls it so
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  likewise
        self.taken.append(
            (list(envelope.rcpt_tos), message_from_bytes(envelope.content, policy=policy.default))
        )
        return "250 OK"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def post(settings: Settings, care: RunningVault) -> Iterator[Post]:
    held = Post()
    controller = Controller(held, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": controller.port, "timeout": 5},
        }
    }
    yield held
    controller.stop()


def leave_address(who: Someone, address: str = ADDRESS) -> str:
    record = who.make_record("person")
    who.write(record, "contact", ("contact", {"email": address}))
    return record


def test_a_letter_goes_to_the_sealed_address_and_says_nothing(
    ward: Ward, post: Post, care: RunningVault
) -> None:
    record = leave_address(ward.alice)
    consultation = ward.taken()
    assert deliver(1, ward.alice.person, "taken", consultation).sent_at is not None
    ((to, mail),) = post.taken
    assert to == [ADDRESS]
    body = mail.get_content()
    for secret in ("Bose", ward.cabinet.name, consultation, ward.alice.person, "Médecin"):
        assert secret not in str(mail)
    assert "http://localhost:8000/" in body
    assert mail["Auto-Submitted"] == "auto-generated"
    (opened,) = [line for line in care.lines(record=record, kind="release") if line["relation"] == "service"]
    assert (opened["compartment"], opened["purpose"], opened["outcome"]) == ("contact", "notify", "allowed")


def test_the_letter_is_in_the_readers_language(ward: Ward, post: Post) -> None:
    leave_address(ward.alice)
    deliver(1, ward.alice.person, "closed")
    Account.objects.filter(id=ward.alice.person).update(language="en")
    deliver(2, ward.alice.person, "closed")
    french, english = (mail["Subject"] for _, mail in post.taken)
    assert french.startswith("Votre consultation")
    assert english.startswith("Your consultation")


def test_a_job_that_runs_again_sends_nothing_more(ward: Ward, post: Post) -> None:
    leave_address(ward.alice)
    for _ in range(3):
        deliver(1, ward.alice.person, "taken")
    assert len(post.taken) == 1
    assert post.taken[0][1]["Message-ID"] == f"<{Letter.objects.get().id}@localhost>"


def test_a_mail_server_that_is_down_is_tried_again_with_the_same_id(
    ward: Ward, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    leave_address(ward.alice)
    post.answer = "451 later"
    with pytest.raises(NotSent) as raised, caplog.at_level(logging.DEBUG):
        deliver(1, ward.alice.person, "taken")
    # (`mail.log` is the mail server's own log, which runs in this process for the test.)
    said = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert ADDRESS not in repr(said) + repr(raised.value) + repr(raised.value.__context__)
    post.answer = "250 OK"
    assert deliver(1, ward.alice.person, "taken").sent_at is not None
    assert len(post.taken) == 1


def test_an_address_that_the_relay_refuses_for_good_is_not_tried_for_ever(ward: Ward, post: Post) -> None:
    leave_address(ward.alice)
    post.answer = "550 no such person"
    assert deliver(1, ward.alice.person, "taken").failed == "refused-address"


def test_several_messages_in_a_row_are_one_letter(ward: Ward, post: Post) -> None:
    leave_address(ward.alice)
    consultation = ward.taken()
    deliver(1, ward.alice.person, "message", consultation)
    assert deliver(2, ward.alice.person, "message", consultation).failed == "told-already"
    assert len(post.taken) == 1


@pytest.mark.parametrize(
    "address", ["", "alice", "a@b", "a@exemple.fr\nBcc: x@exemple.fr", "a@exemple.fr,b@exemple.fr", 7]
)
def test_what_is_not_an_address_gets_no_letter(ward: Ward, post: Post, address: Any) -> None:
    leave_address(ward.alice, address)
    assert deliver(1, ward.alice.person, "taken").failed == "no-contact"
    assert post.taken == []


def test_nobody_without_contact_or_with_a_closed_account_gets_one(ward: Ward, post: Post) -> None:
    assert deliver(1, ward.zoe.person, "taken").failed == "no-contact"
    leave_address(ward.alice)
    Account.objects.filter(id=ward.alice.person).update(closed_at=now())
    assert deliver(2, ward.alice.person, "taken").failed == "nobody"
    assert post.taken == []


def test_whose_account_is_closed_is_still_told_that_someone_takes_over(ward: Ward, post: Post) -> None:
    """Who starts again with an address closes the account it had: the only channel left is the one that must be told."""
    leave_address(ward.alice)
    Account.objects.filter(id=ward.alice.person).update(closed_at=now())
    assert deliver(1, ward.alice.person, "grant").sent_at is not None
    assert len(post.taken) == 1


def test_an_address_that_someone_put_into_the_database_gets_no_letter(ward: Ward, post: Post) -> None:
    """An attacker with the database swaps Alice's contact for one sealed and signed by themselves."""
    record = leave_address(ward.alice)
    key = ward.alice.content_key(record, "contact")
    forged = ward.zoe.seal(key, "contact", {"email": "thief@exemple.fr"})
    from colloque.kernel.encoding import b64u_decode

    Item.objects.filter(compartment__record=record).update(
        header=forged["header"], ciphertext=b64u_decode(forged["ciphertext"]),
        signature=b64u_decode(forged["signature"]), hash=item_hash(forged),
    )  # fmt: skip
    assert deliver(1, ward.alice.person, "taken").failed == "no-contact"
    assert post.taken == []


def test_the_mailer_opens_nothing_but_contact(ward: Ward, post: Post) -> None:
    from colloque.vault.errors import NoRelation

    opening = {"record": ward.file, "compartment": "identity", "epoch": 0}
    with pytest.raises(NoRelation):
        contact.mailer().release([opening], purpose="notify")


def test_no_address_is_left_in_the_database(ward: Ward, post: Post) -> None:
    leave_address(ward.alice)
    deliver(1, ward.alice.person, "taken")
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM \"{table}\" t")
            (text,) = cursor.fetchone()
            assert ADDRESS not in (text or ""), table


def test_the_worker_runs_the_job_that_the_change_of_state_wrote(live_ward: Ward, post: Post) -> None:
    """The job is written in the transaction of the change: it runs if and only if that commits."""
    leave_address(live_ward.alice)
    consultation = live_ward.waiting()
    with transaction.atomic():
        defer("notifications.notify", person=live_ward.alice.person, letter="grant")
        transaction.set_rollback(True)
    live_ward.bose.act("take", consultation)
    wanted = ProcrastinateJob.objects.filter(task_name="notifications.notify")
    assert [job.args["letter"] for job in wanted] == ["taken"]
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    assert [(to, mail["To"]) for to, mail in post.taken] == [([ADDRESS], ADDRESS)]
    assert {job.status for job in wanted.all()} == {"succeeded"}
    assert ADDRESS not in json.dumps([job.args for job in ProcrastinateJob.objects.all()])
