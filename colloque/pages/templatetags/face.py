"""Parts of the frame: icons, the reader, and links that know when they are here."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from colloque.kernel.http import request_of
from colloque.pages.build import NotBuilt
from colloque.pages.reader import STRANGER, Reader, reader_of

register = template.Library()
ICONS = Path(__file__).parents[1] / "icons.json"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A Lucide icon; it always stands beside words."""
    shapes = format_html_join(
        "",
        "<{} {}></{}>",
        (
            (tag, format_html_join(" ", '{}="{}"', attributes.items()), tag)
            for tag, attributes in _icons()[name]
        ),
    )
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', shapes
    )


@register.simple_tag(takes_context=True)
def reader(context: Context) -> Reader:
    """Who reads. An error page may be drawn before the session is there, or because the database is not."""
    request: Any = request_of(context)
    if request is None:
        return STRANGER
    if not hasattr(request, "reader"):
        request.reader = reader_of(request)
    found: Reader = request.reader
    return found


@register.simple_tag(takes_context=True)
def navigation_link(context: Context, href: str, text: str) -> SafeString:
    request = context.get("request")
    path = request.path if request is not None else ""
    is_here = path == href or path.startswith(f"{href}/")
    return format_html(
        '<a href="{}"{}>{}</a>', href, SafeString(' aria-current="page"') if is_here else "", text
    )


@lru_cache(maxsize=1)
def _icons() -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = json.loads(ICONS.read_text())
    except FileNotFoundError as error:
        raise NotBuilt("icons.json") from error
    return loaded
