"""The patient's pages. Each is a frame: what stands in it is opened in the browser."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from colloque.accounts.models import PATIENT
from colloque.pages.gate import page_for


@page_for(PATIENT)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "patient/home.html")


@page_for(PATIENT)
def request_new(request: HttpRequest) -> HttpResponse:
    return render(request, "patient/request.html")


def consultation(request: HttpRequest, consultation_id: str) -> HttpResponse:
    """Drawn for the patient; `pages.consultation` chooses between this and the practitioner's."""
    return render(request, "patient/consultation.html", {"consultation": consultation_id})


@page_for(PATIENT)
def access(request: HttpRequest) -> HttpResponse:
    return render(request, "patient/access.html")
