"""The queue and the agenda over HTTP. Coming on duty is in `accounts`, as it is a fact of the membership."""

from typing import Any

from django.http import JsonResponse

from colloque.accounts.access import get_membership
from colloque.consultations.queries import describe
from colloque.kernel.clock import now
from colloque.kernel.errors import NotFound
from colloque.kernel.http import JsonRequest, json_view
from colloque.kernel.ids import is_id
from colloque.records.asking import asker_of
from colloque.scheduling import offers
from colloque.scheduling.agenda import agenda_for, offers_to
from colloque.scheduling.queries import queue_for


@json_view(methods=("GET",))
def queue(request: JsonRequest) -> Any:
    practice = request.GET.get("practice", "")
    if not is_id(practice):
        raise NotFound
    get_membership(practice, request.person_id, "practitioner")
    return JsonResponse(queue_for(request.person_id, practice, now()), safe=False)


@json_view(methods=("GET",))
def agenda(request: JsonRequest, practice_id: str) -> Any:
    return agenda_for(request.person_id, practice_id, request.GET.get("from", ""), request.GET.get("to", ""))


@json_view()
def offer(request: JsonRequest, practice_id: str) -> Any:
    made = offers.offer(asker_of(request), practice_id, request.data)
    return JsonResponse({"offer": str(made.id)}, status=201)


@json_view(methods=("GET",))
def own_offers(request: JsonRequest) -> Any:
    return JsonResponse(offers_to(request.person_id), safe=False)


@json_view()
def accept(request: JsonRequest, offer_id: str) -> Any:
    data = request.data
    return describe(
        offers.accept(asker_of(request), offer_id, data.get("consultation"), data.get("statement"))
    )


@json_view()
def decline(request: JsonRequest, offer_id: str) -> None:
    offers.decline(request.person_id, offer_id)


@json_view()
def withdraw(request: JsonRequest, offer_id: str) -> None:
    offers.withdraw(request.person_id, offer_id)
