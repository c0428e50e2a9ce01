"""The page of the try-out: who is in the demo and how they sign in, and the letters that were caught."""

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from colloque.embedded.home import Home
from colloque.embedded.letters import list_letters
from colloque.kernel.clock import now, to_wire
from colloque.kernel.encoding import b64u_decode
from colloque.vault.totp import STEP_SECONDS, code_at


@require_safe
def trying(request: HttpRequest) -> HttpResponse:
    _refuse_elsewhere()
    return render(request, "try.html")


@require_safe
@never_cache
def state(request: HttpRequest) -> HttpResponse:
    _refuse_elsewhere()
    home = Home(settings.COLLOQUE_HOME)
    return JsonResponse({"people": _people(home), "letters": _letters(home), "seconds": _seconds_left()})


def _refuse_elsewhere() -> None:
    if not settings.COLLOQUE_EMBEDDED:
        raise Http404


def _people(home: Home) -> list[dict[str, Any]]:
    if not home.demo.exists():
        return []
    told = json.loads(home.demo.read_text(encoding="utf-8"))
    step = int(now().timestamp()) // STEP_SECONDS
    return [
        {
            **{name: one[name] for name in ("name", "role", "email", "passphrase")},
            "totp": code_at(b64u_decode(one["totp_secret"]), step),
        }
        for one in told["people"]
    ]


def _letters(home: Home) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "to": one.to,
            "subject": one.subject,
            "text": one.text,
            "at": one.at and to_wire(one.at),
        }
        for one in list_letters(home.mail)
    ]


def _seconds_left() -> int:
    return STEP_SECONDS - int(now().timestamp()) % STEP_SECONDS


for _view in (trying, state):
    _view.is_public = True  # type: ignore[attr-defined]  # read by tests/architecture
