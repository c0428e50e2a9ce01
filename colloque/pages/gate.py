"""Who may see a page: strangers are led to sign in and back, others to their own pages.

The API decides what is shown in it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from colloque.pages.reader import reader_of

Page = Callable[..., HttpResponse]


def page_for(*kinds: str) -> Callable[[Page], Page]:
    """Let in readers of one of `kinds` (any signed-in reader when none is named)."""

    def decorate(view: Page) -> Page:
        @require_safe
        @wraps(view)
        def let_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            reader = reader_of(request)
            if not reader.person:
                return HttpResponseRedirect("/sign-in?" + urlencode({"next": request.get_full_path()}))
            if kinds and reader.kind not in kinds:
                return HttpResponseRedirect(reader.home)
            return view(request, *args, **kwargs)

        return let_in

    return decorate
