"""Reads the letters that were caught."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


@dataclass(frozen=True)
class Letter:
    name: str
    to: str
    subject: str
    text: str
    at: datetime | None


def list_letters(folder: Path, *, most: int = 30) -> list[Letter]:
    """The newest letters first."""
    files = sorted((path for path in folder.glob("*.eml")), reverse=True)
    return [read_letter(path) for path in files[:most]]


def read_letter(path: Path) -> Letter:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    date = message["Date"]
    return Letter(
        name=path.name,
        to=str(message["X-Recipient"] or message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=body.get_content().strip() if body else "",
        at=getattr(date, "datetime", None),
    )
