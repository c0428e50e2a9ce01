"""Consultations over HTTP (docs/spec/web-api.md, "Consultations")."""

from typing import Any

from django.http import JsonResponse

from colloque.accounts.queries import language_of
from colloque.consultations import actions, queries, questionnaires
from colloque.consultations.access import find, get_consultation_for
from colloque.consultations.state import ACTS, Act
from colloque.kernel.errors import NotFound
from colloque.kernel.http import JsonRequest, json_view
from colloque.kernel.ids import is_id
from colloque.records.asking import asker_of


@json_view(methods=("GET", "POST"))
def consultations(request: JsonRequest) -> Any:
    if request.method == "GET":
        practice = request.GET.get("practice", "")
        if practice and not is_id(practice):
            raise NotFound
        return JsonResponse(queries.list_for(request.person_id, practice), safe=False)
    data = request.data
    made = actions.create_consultation(
        asker_of(request), data.get("statement"), data.get("sealed_keys"), data.get("practitioner")
    )
    return JsonResponse(_described(str(made.id)), status=201)


@json_view(methods=("GET",))
def consultation(request: JsonRequest, consultation_id: str) -> Any:
    return queries.describe(get_consultation_for(request.person_id, consultation_id))


@json_view()
def act(request: JsonRequest, consultation_id: str, what: str) -> Any:
    actions.act(asker_of(request), consultation_id, _act_named(what), request.data.get("statement"))
    return _described(consultation_id)


@json_view(methods=("GET",))
def questionnaire(request: JsonRequest, practice_id: str) -> Any:
    return questionnaires.questionnaire_of(practice_id, language=language_of(request.person_id))


def _act_named(text: str) -> Act:
    found = next((name for name in ACTS if name == text), None)
    if found is None:
        raise NotFound
    return found


def _described(consultation_id: str) -> dict[str, Any]:
    """Describe what was just done: whoever transferred it may not look again, and is told how it went."""
    consultation = find(consultation_id)
    if consultation is None:
        raise NotFound
    return queries.describe(consultation)
