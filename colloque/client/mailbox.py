"""Letters that a catcher left in a folder, one .eml file each."""

import re
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from colloque.client.errors import ClientError

LOOK_SECONDS = 0.1
USUAL_SECONDS = 90.0  # at most: waiting ends with the letter
CODE = re.compile(r"\b(\d{3})[\s\u00a0\u202f]?(\d{3})\b")


class Mailbox:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def wait_code(
        self, address: str, *, seconds: float = USUAL_SECONDS, after: frozenset[str] = frozenset()
    ) -> str:
        """The code of the newest letter to an address, among those that came after `after`."""
        found = CODE.search(self.wait_letter(address, seconds=seconds, after=after))
        if not found:
            raise ClientError("The letter that came holds no six-digit code.")
        return found[1] + found[2]

    def wait_letter(
        self, address: str, *, seconds: float = USUAL_SECONDS, after: frozenset[str] = frozenset()
    ) -> str:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for path in self._newest_first():
                if path.name not in after and (letter := _letter_to(address, path)):
                    return letter
            time.sleep(LOOK_SECONDS)
        raise ClientError(
            f"No letter came within {seconds:.0f} s. Look into the worker, and into {self.folder}."
        )

    def letters_to(self, address: str) -> list[str]:
        """Subject and text of each letter to an address, the newest first."""
        return [letter for path in self._newest_first() if (letter := _letter_to(address, path))]

    def names(self) -> frozenset[str]:
        """What is there now, so that one can wait for what comes after."""
        return frozenset(path.name for path in self._newest_first())

    def _newest_first(self) -> list[Path]:
        # Ours are .eml files, named by their time; a mail server's folder is a Maildir.
        found = [*self.folder.glob("*.eml"), *self.folder.glob("new/*"), *self.folder.glob("cur/*")]
        return sorted(found, key=lambda path: path.name, reverse=True)


def _letter_to(address: str, path: Path) -> str | None:
    try:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
    except FileNotFoundError:
        return None  # a Maildir's reader moved it meanwhile
    told = f"{message['To']} {message['X-Recipient'] or ''}"
    if address not in told or not isinstance(message, EmailMessage):
        return None
    body = message.get_body(("plain",))
    return f"{message['Subject']}\n{body.get_content() if body else ''}"
