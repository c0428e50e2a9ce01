"""Pages for everyone: the first one, what the server can read, the language, and the kit."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from colloque.accounts.models import Account
from colloque.kernel.http import person_of
from colloque.pages.asset_manifest import manifest_bytes
from colloque.pages.readable import READABLE, SEALED
from colloque.pages.reader import reader_of


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    if reader.person:
        return HttpResponseRedirect(reader.home)
    return render(request, "front.html")


@require_safe
def what_the_server_reads(request: HttpRequest) -> HttpResponse:
    return render(request, "what_the_server_reads.html", {"readable": READABLE, "sealed": SEALED})


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie, and with the account for the letters that it gets."""
    response = django_set_language(request)
    chosen = request.POST.get("language")
    person = person_of(request)
    if person and chosen in dict(settings.LANGUAGES):
        Account.objects.filter(id=person).update(language=chosen)
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "offline.html")


@require_safe
def assets(request: HttpRequest) -> HttpResponse:
    """What this release serves, to compare with the ledger: for watchers, and for the page that says so."""
    response = HttpResponse(manifest_bytes(), content_type="application/json")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def kit(request: HttpRequest) -> HttpResponse:
    """Every component in every state, where people build and try; nowhere else."""
    if not (settings.DEBUG or settings.COLLOQUE_EMBEDDED):
        raise Http404
    return render(request, "style.html", {"language": get_language()})
