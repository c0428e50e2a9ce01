"""Codes are read from letters as catchers and mail servers leave them."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from colloque.client.errors import ClientError
from colloque.client.mailbox import Mailbox

ALICE = "alice@smoke.example"


def deliver(path: Path, to: str, text: str, *, subject: str = "Votre code") -> None:
    letter = EmailMessage()
    letter["To"], letter["Subject"] = to, subject
    letter.set_content(text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(letter))


def test_the_newest_letter_to_the_address_counts(tmp_path: Path) -> None:
    deliver(tmp_path / "1.eml", ALICE, "Le code : 111 111")
    deliver(tmp_path / "2.eml", ALICE, "Le code : 222 222")
    deliver(tmp_path / "3.eml", "zoe@smoke.example", "Le code : 333 333")
    assert Mailbox(tmp_path).wait_code(ALICE) == "222222"


def test_a_letter_from_before_is_not_taken(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    deliver(tmp_path / "1.eml", ALICE, "111 111")
    before = mailbox.names()
    with pytest.raises(ClientError, match="No letter came"):
        mailbox.wait_code(ALICE, seconds=0.3, after=before)
    deliver(tmp_path / "2.eml", ALICE, "222 222")
    assert mailbox.wait_code(ALICE, after=before) == "222222"


@pytest.mark.parametrize("folder", ["new", "cur"])
def test_a_maildir_is_read(tmp_path: Path, folder: str) -> None:
    deliver(tmp_path / folder / "1700000000.M1P2.mx:2,S", ALICE, "123\u202f456")
    assert Mailbox(tmp_path).wait_code(ALICE) == "123456"


def test_a_letter_without_a_code_is_told(tmp_path: Path) -> None:
    deliver(tmp_path / "1.eml", ALICE, "Bonjour, on vous attend.")
    with pytest.raises(ClientError, match="no six-digit code"):
        Mailbox(tmp_path).wait_code(ALICE, seconds=1)


def test_all_letters_to_an_address_are_listed(tmp_path: Path) -> None:
    deliver(tmp_path / "1.eml", ALICE, "un", subject="Premier")
    deliver(tmp_path / "2.eml", ALICE, "deux", subject="Second")
    first, second = reversed(Mailbox(tmp_path).letters_to(ALICE))
    assert first.startswith("Premier\nun") and second.startswith("Second\ndeux")
