"""Records, sealed items, grants and objections over HTTP (docs/spec/web-api.md, "Records")."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, JsonResponse

from colloque.accounts import sessions
from colloque.accounts.network import network_of
from colloque.kernel.errors import NotFound
from colloque.kernel.http import JsonRequest, json_view
from colloque.records import actions, custody, erasing, objections, queries, resealing
from colloque.records import grants as grants_
from colloque.records.access import BREAK_GLASS, get_record_for
from colloque.records.asking import asker_of
from colloque.records.broken_glass import tell_broken_glass
from colloque.records.create import create_record
from colloque.records.models import Grant, Objection
from colloque.records.returning import list_returning

MAX_ITEMS = 1024 * 1024


@json_view(methods=("GET", "POST"))
def records(request: JsonRequest) -> Any:
    if request.method == "GET":
        return _list(queries.list_own(request.person_id))
    record = create_record(asker_of(request), request.data.get("statement"), request.data.get("sealed_keys"))
    return JsonResponse({"record": str(record.id)}, status=201)


@json_view(methods=("GET",))
def record(request: JsonRequest, record_id: str) -> Any:
    return queries.describe(
        get_record_for(request.person_id, record_id, purpose=request.GET.get("purpose", ""))
    )


@json_view(methods=("GET", "POST"), max_bytes=MAX_ITEMS)
def compartment(request: JsonRequest, record_id: str, compartment: str) -> Any:
    asker = asker_of(request)
    if request.method == "GET":
        entry = get_record_for(asker.person, record_id, purpose=request.GET.get("purpose", ""))
        relation = entry.relation_for(compartment)
        if relation is None:
            raise NotFound
        with transaction.atomic():
            if relation == BREAK_GLASS:
                tell_broken_glass(
                    record=str(entry.record.id),
                    subject=str(entry.record.subject_id),
                    practice=str(entry.record.practice_id),
                    actor=asker.person,
                )
            return queries.serve_items(entry, asker, compartment)
    data = request.data
    counter = actions.write_items(asker, record_id, compartment, data.get("items"), data.get("manifest"))
    return JsonResponse({"counter": counter}, status=201)


@json_view(methods=("GET", "POST"))
def grants(request: JsonRequest, record_id: str) -> Any:
    if request.method == "GET":
        entry = get_record_for(request.person_id, record_id)
        return _list([queries.describe_grant(grant) for grant in entry.record.grants.order_by("created_at")])
    data = request.data
    grant = grants_.grant_record(asker_of(request), record_id, data.get("statement"), data.get("sealed_key"))
    return JsonResponse(queries.describe_grant(grant), status=201)


@json_view(methods=("GET",))
def my_grants(request: JsonRequest) -> Any:
    person = request.person_id
    found = Grant.objects.filter(Q(record__subject=person) | Q(to=person)).order_by("-created_at")
    return _list([queries.describe_grant(grant) for grant in found])


@json_view(public=True)
def grants_about_me(request: JsonRequest) -> Any:
    found = grants_.grants_about(request.data.get("statement"), network=network_of(request))
    return _list([queries.describe_grant(grant) for grant in found])


@json_view(public=True)
def cancel_grant(request: JsonRequest, grant_id: str) -> Any:
    # Only denies: the signature of a device is enough, and is the vault's to check.
    said = request.data.get("statement")
    return queries.describe_grant(grants_.cancel_grant(grant_id, said, network=network_of(request)))


@json_view(methods=("GET", "POST"))
def erasure(request: JsonRequest, record_id: str) -> Any:
    if request.method == "GET":
        return erasing.state_of(request.person_id, record_id)
    told = erasing.ask(asker_of(request), record_id, request.data.get("statement"))
    return JsonResponse(told, status=201)


@json_view()
def withdraw_erasure(request: JsonRequest, record_id: str) -> Any:
    return erasing.withdraw(asker_of(request), record_id, request.data.get("statement"))


@json_view(methods=("GET",))
def my_erasures(request: JsonRequest) -> Any:
    return _list(erasing.list_own(request.person_id))


@json_view(methods=("GET",))
def practice_erasures(request: JsonRequest, practice_id: str) -> Any:
    return _list(erasing.list_for(practice_id, request.person_id))


@json_view(methods=("GET", "POST"))
def practice_custody(request: JsonRequest, practice_id: str) -> Any:
    if request.method == "GET":
        return custody.list_for(practice_id, request.person_id)
    sessions.require_proof(request)
    told = custody.propose(asker_of(request), practice_id, request.data.get("statement"))
    return JsonResponse(custody.describe(told), status=201)


@json_view()
def agree_custody(request: JsonRequest, custody_id: str) -> Any:
    sessions.require_proof(request)
    return custody.describe(custody.agree(asker_of(request), custody_id, request.data.get("statement")))


@json_view()
def cancel_custody(request: JsonRequest, custody_id: str) -> None:
    # Only denies, and is signed by a device once two have agreed: no proof is asked again.
    custody.cancel(asker_of(request), custody_id, request.data.get("statement"))


@json_view(methods=("GET",))
def my_custody(request: JsonRequest) -> Any:
    person = request.person_id
    return {"going": custody.list_own(person), "to_seal": resealing.count_own(person)}


@json_view()
def refuse_custody(request: JsonRequest, record_id: str) -> None:
    custody.refuse(asker_of(request), record_id, request.data.get("statement"))


@json_view(methods=("GET",))
def my_handed_on(request: JsonRequest) -> Any:
    return _list(resealing.list_own(request.person_id))


@json_view(methods=("GET",))
def practice_handed_on(request: JsonRequest, practice_id: str) -> Any:
    return _list(resealing.list_for(practice_id, request.person_id))


@json_view()
def sealed_keys(request: JsonRequest, record_id: str) -> None:
    resealing.add_copy(request.person_id, record_id, request.data.get("sealed_key"))


@json_view(methods=("GET", "POST"))
def proposed_erasures(request: JsonRequest, practice_id: str) -> Any:
    if request.method == "GET":
        return _list(erasing.list_proposed(practice_id, request.person_id))
    sessions.require_proof(request)
    agreement = erasing.propose(asker_of(request), practice_id, request.data)
    return JsonResponse({"agreement": agreement}, status=201)


@json_view()
def agree_to_erase(request: JsonRequest, practice_id: str) -> Any:
    sessions.require_proof(request)
    return erasing.agree(asker_of(request), practice_id, request.data)


@json_view()
def decline_erasure(request: JsonRequest, practice_id: str) -> None:
    erasing.decline(asker_of(request), practice_id, request.data)


@json_view(methods=("GET", "POST"))
def my_objections(request: JsonRequest) -> Any:
    if request.method == "GET":
        found = Objection.objects.filter(person__id=request.person_id).order_by("-created_at")[:500]
        return _list([queries.describe_objection(one) for one in found])
    data = request.data
    objection = objections.object_to(
        asker_of(request), seq=data.get("seq"), record_id=data.get("record"), reason=data.get("reason"),
        note=data.get("note"), line=data.get("line"),
    )  # fmt: skip
    return JsonResponse(queries.describe_objection(objection), status=201)


@json_view(methods=("GET",))
def practice_objections(request: JsonRequest, practice_id: str) -> Any:
    found = objections.objections_for_manager(request.person_id, practice_id)
    return _list([queries.describe_objection(one) for one in found])


@json_view()
def answer_objection(request: JsonRequest, objection_id: str) -> Any:
    answered = objections.answer_objection(request.person_id, objection_id, request.data.get("answer"))
    return queries.describe_objection(answered)


@json_view(methods=("GET",))
def returning(request: JsonRequest, practice_id: str) -> Any:
    return {"returning": list_returning(request.person_id, practice_id)}


def _list(rows: list[dict[str, Any]]) -> HttpResponse:
    return JsonResponse(rows, safe=False)
