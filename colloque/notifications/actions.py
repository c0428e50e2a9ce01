"""Send a letter: once, as far as mail allows, and with nothing left of the address."""

import logging
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from colloque.accounts.models import Account
from colloque.kernel.clock import now
from colloque.kernel.errors import Unavailable
from colloque.notifications.contact import NoContact, open_address
from colloque.notifications.letters import LETTERS, write
from colloque.notifications.models import Letter

logger = logging.getLogger(__name__)

# Several messages in a row are one letter.
QUIET = timedelta(minutes=30)
QUIETENED = frozenset({"message", "transferred", "break-glass"})


# Someone takes over what was theirs: who can't sign in any more reads their mail all the same.
LOSS = frozenset({"grant", "reopening", "erase-asked", "archive-asked", "custody-asked", "custody-moved"})


class NotSent(Unavailable):
    """The mail server did not take it; to be tried again. Its text holds no address."""


def deliver(job: int, person: str, letter: str, consultation: str = "") -> Letter:
    """Send one letter for one job. A job that runs again after it was sent sends nothing.

    Raises NotSent or a VaultError to be tried again. Between the mail server's yes and the commit a crash
    sends it twice; both have one Message-ID, and mail programs show one.
    """
    held, _ = Letter.objects.get_or_create(
        job=job, defaults={"person_id": person, "letter": letter, "consultation": consultation or None}
    )
    with transaction.atomic():
        row = Letter.objects.select_for_update().get(pk=held.pk)
        if row.sent_at is not None or row.failed:
            return row
        row.failed = _send(row)
        row.sent_at = None if row.failed else now()
        row.save(update_fields=["sent_at", "failed"])
        return row


def _send(row: Letter) -> str:
    """Send; return an empty word, or why this letter never goes."""
    account = Account.objects.filter(id=row.person_id).first()
    if account is None or row.letter not in LETTERS:
        return "nobody"
    if account.closed_at and row.letter not in LOSS:
        return "nobody"
    if _is_told_already(row):
        return "told-already"
    try:
        address = open_address(str(row.person_id))
    except NoContact:
        return "no-contact"
    text = write(
        row.letter, language=account.language, origin=settings.COLLOQUE_ORIGIN, name=settings.COLLOQUE_NAME
    )
    host = settings.COLLOQUE_HOST or "localhost"
    headers = {"Message-ID": f"<{row.id}@{host}>", "Auto-Submitted": "auto-generated"}
    message = EmailMessage(subject=text.subject, body=text.body, to=[address], headers=headers)
    return _hand_over(message)


def _hand_over(message: EmailMessage) -> str:
    # Errors of mail quote the address: only their kind goes on, without what caused them.
    word, kind = "", ""
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        word, kind = ("refused-address", "") if codes and min(codes) >= 500 else ("", "SMTPRecipientsRefused")
    except (OSError, smtplib.SMTPException) as error:
        kind = type(error).__name__
    if kind:
        logger.warning("a letter was not taken (%s); it is tried again", kind)
        raise NotSent(kind)
    return word


def _is_told_already(row: Letter) -> bool:
    return (
        row.letter in QUIETENED
        and Letter.objects.filter(
            person=row.person_id, letter=row.letter, consultation=row.consultation, sent_at__gt=now() - QUIET
        ).exists()
    )
