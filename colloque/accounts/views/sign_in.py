from typing import Any

from django.http import HttpResponse, JsonResponse

from colloque.accounts import devices, passkeys, queries, reading, sessions, sign_in
from colloque.accounts.access import get_account
from colloque.kernel.http import JsonRequest, json_view


@json_view(public=True)
def passkey_options(request: JsonRequest) -> dict[str, Any]:
    return passkeys.request_options(request.session)


@json_view(public=True)
def passkey(request: JsonRequest) -> dict[str, Any]:
    return sign_in.by_passkey(request, request.data)


@json_view(public=True)
def salt(request: JsonRequest) -> dict[str, Any]:
    return sign_in.salt_for(request, reading.text_of(request.data, "email", most=254))


@json_view(public=True)
def passphrase(request: JsonRequest) -> dict[str, Any]:
    return sign_in.by_passphrase(request, request.data)


@json_view(public=True)
def recovery(request: JsonRequest) -> dict[str, Any]:
    return sign_in.by_recovery(request, request.data)


@json_view()
def prove(request: JsonRequest) -> None:
    sign_in.prove_again(request, get_account(request.person_id), request.data)


@json_view(methods=("GET",))
def session(request: JsonRequest) -> dict[str, Any]:
    account = get_account(request.person_id)
    sessions.touch(request)
    bound = (
        account.sessions.filter(id=sessions.session_id(request)).values_list("device_id", flat=True).first()
    )
    return {
        "person": str(account.id),
        "kind": account.kind,
        "language": account.language,
        "session": sessions.session_id(request),
        "memberships": queries.memberships_of(str(account.id)),
        **({"device": str(bound)} if bound else {}),
    }


@json_view(public=True)
def sign_out(request: JsonRequest) -> HttpResponse:
    sessions.sign_out(request)
    return sessions.clear_site(HttpResponse(status=204))


@json_view()
def sign_out_everywhere(request: JsonRequest) -> HttpResponse:
    sessions.end_sessions(get_account(request.person_id).sessions.all())
    request.session.flush()
    return sessions.clear_site(HttpResponse(status=204))


@json_view()
def end_session(request: JsonRequest) -> None:
    account = get_account(request.person_id)
    sessions.end_sessions(account.sessions.filter(id=reading.id_of(request.data, "session")))


@json_view(methods=("GET", "POST"))
def device_list(request: JsonRequest) -> dict[str, Any] | JsonResponse:
    account = get_account(request.person_id)
    if request.method == "GET":
        return devices.list_devices(request, account)
    if "device" in request.data:
        return {"device": str(devices.use(request, account, reading.id_of(request.data, "device")).id)}
    return JsonResponse({"device": str(devices.enrol(request, account, request.data).id)}, status=201)


@json_view()
def device_revoke(request: JsonRequest) -> None:
    # No proof is asked again: what only denies needs a session, and the statement is signed by a device anyway.
    devices.revoke(request, get_account(request.person_id), request.data)


@json_view()
def device_rename(request: JsonRequest) -> None:
    label = reading.text_of(request.data, "label", most=80)
    devices.rename(get_account(request.person_id), reading.id_of(request.data, "device"), label)
