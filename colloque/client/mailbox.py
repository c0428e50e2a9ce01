"""Letters that a catcher left in a folder, one .eml file each."""

import re
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from colloque.client.errors import ClientError

LOOK_SECONDS = 0.1
CODE = re.compile(r"\b(\d{3})[\s\u00a0\u202f]?(\d{3})\b")


class Mailbox:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def wait_code(self, address: str, *, seconds: float = 30, after: frozenset[str] = frozenset()) -> str:
        """The code of the newest letter to an address, among those that came after `after`."""
        found = CODE.search(self.wait_letter(address, seconds=seconds, after=after))
        if not found:
            raise ClientError("The letter that came holds no six-digit code.")
        return found[1] + found[2]

    def wait_letter(self, address: str, *, seconds: float = 30, after: frozenset[str] = frozenset()) -> str:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for path in sorted(self.folder.glob("*.eml"), reverse=True):
                if path.name in after:
                    continue
                message = message_from_bytes(path.read_bytes(), policy=policy.default)
                told = f"{message['To']} {message['X-Recipient'] or ''}"
                if address in told and isinstance(message, EmailMessage):
                    body = message.get_body(("plain",))
                    return f"{message['Subject']}\n{body.get_content() if body else ''}"
            time.sleep(LOOK_SECONDS)
        raise ClientError(
            f"No letter came within {seconds:.0f} s. Look into the worker, and into {self.folder}."
        )

    def names(self) -> frozenset[str]:
        """What is there now, so that one can wait for what comes after."""
        return frozenset(path.name for path in self.folder.glob("*.eml"))
