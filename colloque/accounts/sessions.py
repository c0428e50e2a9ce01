"""Sessions: opened by a proof, bound to a browser's device key, ended from anywhere. They hold ids and nothing else."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token

from colloque.accounts.errors import ProveAgain
from colloque.accounts.models import Account, Device, Session
from colloque.kernel.clock import from_wire, now, to_wire

SUDO_LIFETIME = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=5)
# Keys, drafts and remembered keys go with the session: the next person at this screen finds nothing.
CLEAR_SITE_DATA = '"cache", "cookies", "storage"'


def open_session(
    request: HttpRequest, account: Account, pseudonym: str, *, means: str, device: Device | None = None
) -> Session:
    """Sign in under a new cookie and a new CSRF token; what the stranger's session held is gone."""
    request.session.flush()
    request.session["person"] = str(account.id)
    request.session["proven_at"] = to_wire(now())
    request.session["session"] = pseudonym
    request.session.create()
    session = Session.objects.create(
        id=pseudonym, account=account, device=device, key=request.session.session_key or "", means=means
    )
    rotate_token(request)
    return session


def bind_device(request: HttpRequest, device: Device) -> None:
    _current(request).update(device=device)


def prove(request: HttpRequest) -> None:
    """Remember that the person has just shown again who they are."""
    request.session["proven_at"] = to_wire(now())


def require_proof(request: HttpRequest) -> None:
    """Raise ProveAgain unless the person has shown who they are in the last minutes. For grave acts."""
    proven_at = request.session.get("proven_at")
    if not proven_at or from_wire(proven_at) + SUDO_LIFETIME < now():
        raise ProveAgain


def end_sessions(sessions: Iterable[Session]) -> None:
    """End sessions at once: Django's row goes, so the cookie opens nothing."""
    ended = list(sessions)
    for session in ended:
        SessionStore(session_key=session.key).delete()
    Session.objects.filter(id__in=[session.id for session in ended]).delete()


def sign_out(request: HttpRequest) -> None:
    _current(request).delete()
    request.session.flush()


def clear_site(response: HttpResponse) -> HttpResponse:
    response["Clear-Site-Data"] = CLEAR_SITE_DATA
    return response


def touch(request: HttpRequest) -> None:
    """Remember, at most every few minutes, that this session and its device are in use."""
    at = now()
    if _current(request).filter(last_seen_at__lt=at - SEEN_EVERY).update(last_seen_at=at):
        Device.objects.filter(sessions__in=_current(request)).update(last_seen_at=at)


def session_id(request: HttpRequest) -> str:
    """The pseudonym of this session, for lines of the ledger."""
    return str(request.session.get("session", ""))


def _current(request: HttpRequest) -> QuerySet[Session]:
    held = session_id(request)
    return Session.objects.filter(id=held) if held else Session.objects.none()
