"""Errors and JSON over HTTP: the one place where a refusal becomes a status, and where an API view is let in."""

import inspect
import json
import logging
import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.template import Context
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext

from colloque.kernel.clock import to_wire
from colloque.kernel.errors import (
    ColloqueError,
    Malformed,
    NotFound,
    NotSignedIn,
    TooLarge,
    Unavailable,
    sentence,
)

logger = logging.getLogger(__name__)

MAX_JSON = 256 * 1024
RETRY_SECONDS = 10
API_PREFIXES = ("/api/", "/vault/", "/ledger/")
PERMISSIONS = (
    "camera=(self), microphone=(self), display-capture=(), geolocation=(), payment=(), usb=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)


BROKEN = 500  # from here on, what failed may be what would be asked


class Forged(ColloqueError):
    word = "forged"
    status = 403
    public = sentence("Cette page est ouverte depuis trop longtemps. Rechargez-la, puis recommencez.")


class NotAllowed(ColloqueError):
    word = "method"
    status = 405
    public = sentence("Cette adresse ne répond pas à cette sorte de demande.")


class Broken(ColloqueError):
    word = "broken"
    status = 500
    public = sentence("Une erreur s’est produite de notre côté. Rien n’est perdu : rechargez la page.")


class JsonRequest(HttpRequest):
    """What a view under `json_view` receives: the body, read, and who asks."""

    data: dict[str, Any]
    person_id: str  # empty only in views marked public


def answer_error(request: HttpRequest, error: ColloqueError) -> HttpResponse:
    """Translate a refusal: JSON for programs, a page for people."""
    message = gettext(error.public)
    response: HttpResponse
    if wants_json(request):
        body = {"error": error.word, "message": message}
        if error.retry_at is not None:
            body["retry_at"] = to_wire(error.retry_at)
        response = JsonResponse(body, status=error.status)
    else:
        context = {"message": message, "word": error.word, "status": error.status}
        response = render(request, "error.html", context, status=error.status)
    response["Cache-Control"] = "no-store"
    return response


def request_of(context: Context) -> HttpRequest | None:
    """The request that a template is drawn for, where its session can be asked: on a broken page nothing is asked."""
    request: HttpRequest | None = context.get("request")
    status: int = context.get("status") or 0
    return request if hasattr(request, "session") and status < BROKEN else None


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith(API_PREFIXES) or request.headers.get("Accept", "").startswith(
        "application/json"
    )


View = Callable[..., Any]


def json_view(
    *, methods: tuple[str, ...] = ("POST",), public: bool = False, max_bytes: int = MAX_JSON
) -> Callable[[View], View]:
    """Let a request in to an API view: method, session, body, in that order; CSRF stays with the middleware.

    The view takes a `JsonRequest` and the URL's arguments, and returns a dict or list (200), None (204) or a response of
    its own. It may be `async def`. `public=True` lets those in who have not signed in; each such URL is also on
    the list in tests/architecture.
    """

    def decorate(view: View) -> View:
        def admit(request: HttpRequest) -> JsonRequest:
            if request.method not in methods:
                raise NotAllowed(request.method)
            asked = cast("JsonRequest", request)
            asked.person_id = person_of(request)
            if not public and not asked.person_id:
                raise NotSignedIn
            asked.data = (
                read_json(request, max_bytes) if request.method not in ("GET", "HEAD", "DELETE") else {}
            )
            return asked

        if inspect.iscoroutinefunction(view):

            @wraps(view)
            async def answer_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
                try:
                    # The session and the body are read by blocking calls, once, off the event loop.
                    asked = await sync_to_async(admit)(request)
                    return to_response(await cast("Awaitable[Any]", view(asked, *args, **kwargs)))
                except ColloqueError as error:
                    return await sync_to_async(answer_error)(request, error)

            wrapped: View = answer_async
        else:

            @wraps(view)
            def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
                try:
                    return to_response(view(admit(request), *args, **kwargs))
                except ColloqueError as error:
                    return answer_error(request, error)

            wrapped = answer
        wrapped.is_public = public  # type: ignore[attr-defined]  # read by tests/architecture
        wrapped.is_json = True  # type: ignore[attr-defined]
        return wrapped

    return decorate


def person_of(request: HttpRequest) -> str:
    """Return the id of the person signed in, or an empty string. `accounts` writes it; ending the session erases it."""
    person = request.session.get("person", "")
    return person if isinstance(person, str) else ""


def read_json(request: HttpRequest, max_bytes: int) -> dict[str, Any]:
    """Read a JSON object of at most `max_bytes`, refusing what is longer before it is read where its length is told."""
    try:
        told = int(request.headers.get("Content-Length") or 0)
    except ValueError as error:
        raise Malformed("content-length") from error
    if told > max_bytes:
        raise TooLarge
    if request.content_type != "application/json":
        raise Malformed("content type")
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise TooLarge from error
    except UnreadablePostError as error:
        raise Malformed("cut short") from error
    if len(body) > max_bytes:
        raise TooLarge
    try:
        data = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Malformed("json") from error
    if not isinstance(data, dict):
        raise Malformed("not an object")
    return data


def to_response(result: Any) -> HttpResponseBase:
    if isinstance(result, HttpResponseBase):
        return result
    if result is None:
        return HttpResponse(status=204)
    return JsonResponse(result, safe=False)  # lists too: nothing reads JSON as a script any more


class RefusalsMiddleware(MiddlewareMixin):
    """Turn a ColloqueError that left any view into its answer, and keep every answer out of caches.

    Hashed static files never come here: they are served before Django, and may be kept for ever.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer_error(request, exception) if isinstance(exception, ColloqueError) else None


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer_error(request, Malformed())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer_error(request, Forged())


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer_error(request, ColloqueError())


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    try:
        return answer_error(request, NotFound())
    finally:
        # Django renders this in a thread of its own, whose connection to the database the request's end does not close.
        for one in connections.all(initialized_only=True):
            if not one.in_atomic_block:  # else someone's transaction goes on in this very thread
                one.close_if_unusable_or_obsolete()


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what no view foresaw. Django calls this while the exception is being handled.

    A database that does not answer, or whose connections are all taken, is no fault of ours that a reload would meet
    again: it is told as what it is, so that a browser waits a moment and sends the same once more.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return answer_error(request, Broken())
    response = answer_error(request, Unavailable())
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
