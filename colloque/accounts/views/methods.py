from typing import Any

from django.http import JsonResponse

from colloque.accounts import methods, passkeys, reading, sessions
from colloque.accounts.access import get_account
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.http import JsonRequest, json_view

NOT_PASSKEYS = ("passphrase", "recovery")


@json_view(methods=("GET", "POST"))
def method_list(request: JsonRequest) -> dict[str, Any] | JsonResponse:
    account = get_account(request.person_id)
    if request.method == "GET":
        return {"methods": methods.list_methods(account)}
    sessions.require_proof(request)
    return JsonResponse({"method": str(methods.add_method(request, account, request.data).id)}, status=201)


@json_view()
def factors(request: JsonRequest) -> dict[str, Any]:
    sessions.require_proof(request)
    return {"share": b64u_encode(methods.set_factors(request, get_account(request.person_id), request.data))}


@json_view()
def method_remove(request: JsonRequest) -> None:
    sessions.require_proof(request)
    methods.remove_method(
        get_account(request.person_id), reading.id_of(request.data, "method"), kinds=NOT_PASSKEYS
    )


@json_view(methods=("GET", "POST"))
def passkey_list(request: JsonRequest) -> dict[str, Any] | JsonResponse:
    account = get_account(request.person_id)
    if request.method == "GET":
        return {"passkeys": [one for one in methods.list_methods(account) if one["kind"] == "passkey"]}
    sessions.require_proof(request)
    return JsonResponse({"method": str(methods.add_passkey(request, account, request.data).id)}, status=201)


@json_view()
def passkey_options(request: JsonRequest) -> dict[str, Any]:
    sessions.require_proof(request)
    name = reading.text_of(request.data, "name", most=254, usual="")
    return passkeys.creation_options(request.session, request.person_id, name=name)


@json_view()
def passkey_rename(request: JsonRequest) -> None:
    label = reading.text_of(request.data, "label", most=80)
    methods.rename_method(get_account(request.person_id), reading.id_of(request.data, "method"), label)


@json_view()
def passkey_remove(request: JsonRequest) -> None:
    sessions.require_proof(request)
    methods.remove_method(
        get_account(request.person_id), reading.id_of(request.data, "method"), kinds=("passkey",)
    )
