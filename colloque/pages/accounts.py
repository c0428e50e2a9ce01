"""Pages to sign up, sign in, and look after an account or a practice. What they ask stays in the browser.

Where a passphrase may be stretched, the page may run WebAssembly; no other page may.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from colloque.accounts.models import PROFESSIONAL
from colloque.pages.gate import Page, page_for
from colloque.pages.reader import reader_of

STRETCHES: dict[str, Any] = {**settings.SECURE_CSP, "script-src": ["'self'", "'wasm-unsafe-eval'"]}
may_stretch = csp_override(STRETCHES)


def for_strangers(template: str) -> Page:
    """A page for who has not signed in; the others are home already."""

    @may_stretch
    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        reader = reader_of(request)
        return HttpResponseRedirect(reader.home) if reader.person else render(request, template)

    return view


sign_up = for_strangers("accounts/sign_up.html")
recover = for_strangers("accounts/recover.html")


@may_stretch
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Also for who is signed in and lost the keys of this browser: they confirm who they are."""
    if reader_of(request).person:
        return HttpResponseRedirect("/unlock" + query_of(request))
    return render(request, "accounts/sign_in.html")


@may_stretch
@require_safe
def unlock(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/unlock.html")


@require_safe
def sign_out(request: HttpRequest) -> HttpResponse:
    if not reader_of(request).person:
        return HttpResponseRedirect("/")
    return render(request, "accounts/sign_out.html")


@may_stretch
@page_for()
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/account.html")


@may_stretch
@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """The token is behind the '#': this view never sees it, nor does a log."""
    return render(request, "accounts/join.html")


@may_stretch
@require_safe
def first_manager(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/first_manager.html")


@may_stretch
@require_safe
def reopen(request: HttpRequest) -> HttpResponse:
    """With a practice's recovery sheet, signed in or not: what is on it stays in the browser."""
    return render(request, "accounts/reopen.html")


@page_for(PROFESSIONAL)
def practice(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/practice.html")


@page_for(PROFESSIONAL)
def budgets(request: HttpRequest) -> HttpResponse:
    """What the vault tells of limits, it tells the practice's managers alone."""
    return render(request, "accounts/budgets.html")


@page_for(PROFESSIONAL)
def rota(request: HttpRequest) -> HttpResponse:
    """Who is on duty, away and standing in: managers make it, members see it, and each may note their own absence."""
    return render(request, "accounts/rota.html")


@page_for(PROFESSIONAL)
def erasing(request: HttpRequest) -> HttpResponse:
    """What two members have erased for a mistake or a court; the record is behind the '#'."""
    return render(request, "accounts/erasing.html")


@page_for(PROFESSIONAL)
def custody(request: HttpRequest) -> HttpResponse:
    """A practice that ends hands its records to another: proposed, agreed to, stopped, and sealed anew."""
    return render(request, "accounts/custody.html")


def query_of(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"?{query}" if query else ""
