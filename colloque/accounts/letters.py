"""Letters that carry a code. The address goes from the request to the mail server by memory alone.

They leave by threads of this process: not by the worker, whose jobs are rows of a table. The answer to the request
does not wait for them, so it takes as long for an address without an account as for one with.
"""

import logging
import smtplib
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from colloque.kernel.errors import Unavailable
from colloque.kernel.ids import new_id

logger = logging.getLogger(__name__)

MOST_WAITING = 200
# A relay that says "later", or is starting, is asked again while the reader still waits; a code lives for a quarter of
# an hour, and who asks for another gets another.
AGAIN_SECONDS: tuple[float, ...] = (2, 10, 30)
PERMANENT = 500
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="letters")
_room = threading.BoundedSemaphore(MOST_WAITING)
_going: set[Future[None]] = set()


def send_code(address: str, code: str, *, language: str, has_account: bool) -> None:
    """Send a code to an address; with an account there, say so, and that the code starts again from nothing."""
    with override(language):
        words = {
            "code": f"{code[:3]} {code[3:]}",
            "origin": settings.COLLOQUE_ORIGIN,
            "name": settings.COLLOQUE_NAME,
            "has_account": has_account,
        }
        subject = gettext("Votre code : %(code)s") % {"code": words["code"]}
        text = render_to_string("accounts/letters/code.txt", words)
    # The same id each time it is tried: a relay that took it and could not say so, or a mailbox, knows it again.
    host = settings.COLLOQUE_HOST or "localhost"
    headers = {"Message-ID": f"<{new_id()}@{host}>", "Auto-Submitted": "auto-generated"}
    send_soon(EmailMessage(subject=subject, body=text, to=[address], headers=headers))


def send_soon(message: EmailMessage) -> None:
    """Hand a letter to a thread. Raises Unavailable when too many wait already: the mail server is not answering."""
    if not _room.acquire(blocking=False):
        raise Unavailable("letters are waiting")
    going = _threads.submit(_send, message)
    _going.add(going)
    going.add_done_callback(_done)


def settle() -> None:
    """Wait until every letter has gone."""
    for going in list(_going):
        going.result()


def _send(message: EmailMessage) -> None:
    try:
        for wait in AGAIN_SECONDS:
            try:
                message.send()
            except (OSError, smtplib.SMTPException) as error:
                if _is_final(error):
                    raise
                time.sleep(wait)
            else:
                return
        message.send()
    except Exception as error:  # noqa: BLE001 – whatever a mail server can do wrong: a thread has no one else to tell
        # The error's own text may quote the address: only its kind is written down.
        logger.error("a letter with a code could not be sent: %s", type(error).__name__)  # noqa: TRY400


def _is_final(error: OSError | smtplib.SMTPException) -> bool:
    """Whether the relay has said no, by a code of five hundred (RFC 5321, 4.2.1), and not only "later"."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    else:
        codes = [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
    return bool(codes) and min(codes) >= PERMANENT


def _done(going: Future[None]) -> None:
    _going.discard(going)
    _room.release()
