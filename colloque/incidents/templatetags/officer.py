"""The link to the officer's pages, for whoever has them; a rule's title, in the reader's language; what is shut now."""

from collections.abc import Mapping
from uuid import UUID

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from colloque.detection.score import in_english
from colloque.incidents.access import is_officer
from colloque.incidents.shut import told_to
from colloque.kernel.http import person_of, request_of

register = template.Library()


@register.filter
def rule_title(title: str) -> str:
    """A title of one of our rules in the reader's language; of a rule of one's own as it was written."""
    return _(title) if title else ""


@register.filter
def among(key: UUID | None, names: Mapping[UUID, str]) -> str:
    return names.get(key, "") if key else ""


@register.filter
def why_told(why: str) -> str:
    """The score's reasons in the reader's language."""
    return in_english(why) if get_language() == "en" else why


@register.inclusion_tag("officer/shut.html", takes_context=True)
def what_is_shut(context: Context) -> dict[str, object]:
    request = request_of(context)
    # An officer's own pages say it with the levers.
    if request is None or request.path.startswith("/officer"):
        return {}
    return {"told": told_to(person_of(request))}


@register.simple_tag(takes_context=True)
def officer_link(context: Context) -> SafeString:
    request = request_of(context)
    if request is None or not is_officer(person_of(request)):
        return SafeString("")
    here = SafeString(' aria-current="page"') if request.path.startswith("/officer") else ""
    return format_html('<a href="/officer"{}>{}</a>', here, _("Sécurité"))
