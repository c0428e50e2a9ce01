"""The link to the officer's pages, for whoever has them; a rule's title, in the reader's language; what is shut now."""

import re
from collections.abc import Mapping
from uuid import UUID

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from colloque.detection.score import in_english
from colloque.incidents import queries
from colloque.incidents.access import is_officer
from colloque.incidents.levers import LEVERS
from colloque.incidents.shut import told_to
from colloque.kernel.http import person_of, request_of
from colloque.vault.ladder import PLATFORM

register = template.Library()

_LEVER = re.compile(
    rf"(?:(?P<what>pulled|undo asked|undo declined|undone): )?(?P<lever>{'|'.join(LEVERS)}) (?P<target>[0-9a-f-]{{36}})"
)
_ANSWER = re.compile(
    r"consulted (?P<consulted>\d+), reachable (?P<reachable>\d+), untouched (?P<untouched>\d+)"
)


@register.filter
def rule_title(title: str) -> str:
    """A title of one of our rules in the reader's language; of a rule of one's own as it was written."""
    return _(title) if title else ""


@register.filter
def unbroken(text: str) -> str:
    """A sentence of a room that writes for a terminal as well: its signs stay on the line of their word."""
    return re.sub(r" ([:;?!»])", "\u00a0\\1", text).replace("« ", "«\u00a0")


@register.filter
def event_told(text: str) -> str:
    """What the program itself has put on a timeline, in the reader's language; people's own words as they wrote them."""
    if found := _LEVER.fullmatch(text):
        lever, target = queries.levers_told()[found["lever"]], found["target"]
        whose = "" if target == PLATFORM else f" {target[:8]}"
        what = {
            "undo asked": _("levée demandée"),
            "undo declined": _("levée refusée"),
            "undone": _("levé par deux officiers"),
        }.get(found["what"] or "", _("gelé"))
        return f"{lever}{whose}, {what}"
    if found := _ANSWER.fullmatch(text):
        return (
            _("%(consulted)s consultées, %(reachable)s atteignables, %(untouched)s intactes")
            % found.groupdict()
        )
    return _("Incident clos.") if text == "closed" else rule_title(text)


@register.filter
def source_told(source: str) -> str:
    if found := re.fullmatch(r"ledger \[(\d*)\]", source):
        return _("journal, ligne %(seq)s") % {"seq": found[1]} if found[1] else _("journal")
    return {"levers": _("leviers"), "officer": _("officier"), "scope": _("réponse du journal")}.get(
        source, source
    )


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
