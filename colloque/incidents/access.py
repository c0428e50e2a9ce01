"""May this person? Officers and nobody else; to the others these pages do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from colloque.incidents.models import Officer
from colloque.kernel.errors import NotFound
from colloque.kernel.http import NotAllowed, person_of

View = Callable[..., HttpResponse]


def get_officer(person: str) -> Officer:
    found = Officer.objects.filter(account_id=person, account__closed_at=None, ended_at=None).first()
    if found is None:
        raise NotFound("officer")
    return found


def is_officer(person: str) -> bool:
    return (
        bool(person)
        and Officer.objects.filter(account_id=person, account__closed_at=None, ended_at=None).exists()
    )


def for_officers(*methods: str) -> Callable[[View], View]:
    """Let officers in; strangers are led to sign in, and everyone else is told that there is nothing."""

    def decorate(view: View) -> View:
        @wraps(view)
        def let_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            person = person_of(request)
            if not person:
                return HttpResponseRedirect("/sign-in?" + urlencode({"next": "/officer"}))
            officer = get_officer(person)
            if request.method not in methods:
                raise NotAllowed(request.method)
            return view(request, officer, *args, **kwargs)

        return let_in

    return decorate


def for_the_signed_in(*methods: str) -> Callable[[View], View]:
    """Let in whoever has a session; strangers are led to sign in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def let_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not (person := person_of(request)):
                return HttpResponseRedirect("/sign-in?" + urlencode({"next": "/stop"}))
            if request.method not in methods:
                raise NotAllowed(request.method)
            return view(request, person, *args, **kwargs)

        return let_in

    return decorate
