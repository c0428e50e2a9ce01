"""One address for both sides of a consultation: each gets the page of their own side."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from colloque.accounts.models import PATIENT
from colloque.pages import patient
from colloque.pages.gate import page_for
from colloque.pages.reader import reader_of


@page_for()
def consultation(request: HttpRequest, consultation_id: str) -> HttpResponse:
    """Whether it is theirs, the API says; a page about another's consultation shows nothing but that."""
    if reader_of(request).kind == PATIENT:
        return patient.consultation(request, consultation_id)
    return HttpResponseRedirect(f"/desk/{consultation_id}")
