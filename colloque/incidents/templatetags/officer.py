"""The link to the officer's pages, for whoever has them."""

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from colloque.incidents.access import is_officer
from colloque.kernel.http import person_of

register = template.Library()


@register.simple_tag(takes_context=True)
def officer_link(context: Context) -> SafeString:
    request = context.get("request")
    if request is None or not hasattr(request, "session") or not is_officer(person_of(request)):
        return SafeString("")
    here = SafeString(' aria-current="page"') if request.path.startswith("/officer") else ""
    return format_html('<a href="/officer"{}>{}</a>', here, _("Sécurité"))
