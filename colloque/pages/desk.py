"""The professional's pages. Each is a frame: what stands in it is opened in the browser."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from colloque.accounts.models import PROFESSIONAL
from colloque.pages.gate import page_for


@page_for(PROFESSIONAL)
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/desk.html")


@page_for(PROFESSIONAL)
def agenda(request: HttpRequest) -> HttpResponse:
    """Times and ids alone are the server's; names are opened in the browser, one by one."""
    return render(request, "desk/agenda.html")


@page_for(PROFESSIONAL)
def consultation(request: HttpRequest, consultation_id: str) -> HttpResponse:
    """Whether it is theirs, the API says; a page about another's consultation shows nothing but that."""
    return render(request, "desk/consultation.html", {"consultation": consultation_id})


@page_for(PROFESSIONAL)
def patient_file(request: HttpRequest, file_id: str) -> HttpResponse:
    return render(request, "desk/file.html", {"file": file_id})


@page_for(PROFESSIONAL)
def step_up(request: HttpRequest) -> HttpResponse:
    """Who has used their budget up touches their passkey; the vault, not this server, checks the touch."""
    return render(request, "desk/step_up.html")


@page_for(PROFESSIONAL)
def objections(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/objections.html")
