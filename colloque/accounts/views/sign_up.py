from typing import Any

from django.http import JsonResponse

from colloque.accounts import reading, sign_in, sign_up
from colloque.accounts.models import PATIENT
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.http import JsonRequest, json_view


@json_view(public=True)
def start(request: JsonRequest) -> JsonResponse:
    sign_up.start(request, request.data.get("email", ""))
    return JsonResponse({}, status=202)


@json_view(public=True)
def verify(request: JsonRequest) -> dict[str, Any]:
    return sign_up.verify(request, reading.text_of(request.data, "code", most=20))


@json_view(public=True)
def passkey_options(request: JsonRequest) -> dict[str, Any]:
    return sign_up.creation_options(request, reading.text_of(request.data, "name", most=254, usual=""))


@json_view(public=True)
def factors(request: JsonRequest) -> dict[str, Any]:
    return {"share": b64u_encode(sign_up.set_factors(request, request.data))}


@json_view(public=True)
def finish(request: JsonRequest) -> JsonResponse:
    _, session = sign_up.finish(request, request.data, kind=PATIENT)
    return JsonResponse(sign_in.answer(session), status=201)
