from typing import Any

from django.http import JsonResponse

from colloque.accounts import (
    agreements,
    invitations,
    practices,
    queries,
    reading,
    reopening,
    rota,
    sessions,
    sign_in,
)
from colloque.accounts.access import get_account
from colloque.accounts.models import Practice
from colloque.accounts.network import network_of
from colloque.kernel.clock import now, to_wire
from colloque.kernel.errors import Malformed, NotFound
from colloque.kernel.http import JsonRequest, json_view
from colloque.kernel.ids import is_id

MOST_PEOPLE = 200


@json_view(methods=("GET", "POST"))
def practice_list(request: JsonRequest) -> JsonResponse:
    if request.method == "GET":
        return JsonResponse(queries.list_practices(), safe=False)
    practice = practices.open_practice(request, request.person_id, request.data)
    return JsonResponse({"practice": str(practice.id)}, status=201)


@json_view(methods=("GET",))
def practice_detail(request: JsonRequest, practice_id: str) -> dict[str, Any]:
    practice = Practice.objects.exclude(opened_at=None).filter(id=practice_id).first()
    if practice is None:
        raise NotFound("practice")
    return {
        "id": str(practice.id),
        "name": practice.name,
        "city": practice.city,
        "generation": practice.generation,
        "practitioners": queries.practitioners_of(practice_id),
    }


@json_view(methods=("GET",))
def seeds(request: JsonRequest, practice_id: str) -> JsonResponse:
    return JsonResponse(practices.seeds_for(practice_id, request.person_id), safe=False)


@json_view(methods=("GET", "POST"))
def generations(request: JsonRequest, practice_id: str) -> JsonResponse:
    if request.method == "GET":
        return JsonResponse(practices.renewal_of(practice_id, request.person_id))
    generation = practices.add_generation(request, practice_id, request.person_id, request.data)
    return JsonResponse({"generation": generation}, status=201)


@json_view()
def sheet(request: JsonRequest, practice_id: str) -> None:
    sessions.require_proof(request)
    practices.change_sheet(request, practice_id, request.person_id, request.data)


@json_view(public=True)
def sheet_find(request: JsonRequest) -> dict[str, Any]:
    return reopening.find(request, request.data)


@json_view(public=True)
def sheet_account(request: JsonRequest) -> JsonResponse:
    return JsonResponse(sign_in.answer(reopening.make_account(request, request.data)), status=201)


@json_view()
def reopen(request: JsonRequest) -> JsonResponse:
    asked = reopening.ask(request, request.person_id, request.data)
    return JsonResponse({"not_before": to_wire(asked.not_before)}, status=201)


@json_view()
def reopen_enter(request: JsonRequest) -> None:
    reopening.enter(request, request.person_id, request.data)


@json_view(methods=("GET",))
def reopenings(request: JsonRequest, practice_id: str) -> JsonResponse:
    return JsonResponse(reopening.list_for(practice_id, request.person_id), safe=False)


@json_view()
def reopening_cancel(request: JsonRequest, practice_id: str) -> None:
    reopening.cancel(request, practice_id, request.person_id, request.data)


@json_view(methods=("GET",))
def members(request: JsonRequest, practice_id: str) -> dict[str, Any]:
    return practices.list_members(practice_id, request.person_id)


@json_view()
def member_confirm(request: JsonRequest, practice_id: str) -> None:
    sessions.require_proof(request)
    practices.confirm_member(request, practice_id, request.person_id, request.data)


@json_view()
def member_end(request: JsonRequest, practice_id: str) -> None:
    # Only denies, and is signed by a device: no proof is asked again.
    practices.end_member(request, practice_id, request.person_id, request.data)


@json_view(methods=("GET", "POST"))
def agreement_list(request: JsonRequest, practice_id: str) -> JsonResponse:
    if request.method == "GET":
        return JsonResponse(agreements.list_for(practice_id, request.person_id), safe=False)
    sessions.require_proof(request)
    agreement = agreements.propose(practice_id, request.person_id, request.data)
    return JsonResponse({"agreement": str(agreement.id)}, status=201)


@json_view()
def agreement_sign(request: JsonRequest, practice_id: str) -> None:
    sessions.require_proof(request)
    agreements.sign(practice_id, request.person_id, request.data, network=network_of(request))


@json_view()
def agreement_decline(request: JsonRequest, practice_id: str) -> None:
    agreements.decline(practice_id, request.person_id, request.data)


@json_view()
def invite(request: JsonRequest, practice_id: str) -> JsonResponse:
    sessions.require_proof(request)
    return JsonResponse(
        {"link": invitations.invite(practice_id, request.person_id, request.data)}, status=201
    )


@json_view()
def invitation_withdraw(request: JsonRequest, practice_id: str) -> None:
    invitations.withdraw(practice_id, request.person_id, reading.id_of(request.data, "invitation"))


@json_view(methods=("GET",), public=True)
def invitation(request: JsonRequest, token: str) -> dict[str, Any]:
    return invitations.describe(request, token)


@json_view(public=True)
def invitation_accept(request: JsonRequest, token: str) -> JsonResponse:
    account, session = invitations.accept(request, token, request.data)
    body = sign_in.answer(session) if session else {"person": str(account.id)}
    return JsonResponse(body, status=201)


@json_view(methods=("GET", "POST"))
def rota_entries(request: JsonRequest, practice_id: str) -> JsonResponse:
    if request.method == "GET":
        return JsonResponse(rota.list_for(practice_id, request.person_id, now()))
    # Signed by a device, held to the manager's role; what it would open, the vault decides.
    return JsonResponse(
        {"entry": rota.say(request, practice_id, request.person_id, request.data)}, status=201
    )


@json_view()
def duty(request: JsonRequest) -> None:
    on = request.data.get("on")
    if not isinstance(on, bool):
        raise Malformed("on")
    practices.set_duty(reading.id_of(request.data, "practice"), request.person_id, on=on)


@json_view(methods=("GET",))
def people(request: JsonRequest) -> JsonResponse:
    get_account(request.person_id)
    ids = [one for one in request.GET.get("ids", "").split(",") if one]
    if len(ids) > MOST_PEOPLE or not all(is_id(one) for one in ids):
        raise Malformed("ids")
    return JsonResponse(queries.names_of(ids), safe=False)
