"""The queue over HTTP. Coming on duty is in `accounts`, as it is a fact of the membership."""

from typing import Any

from django.http import JsonResponse

from colloque.accounts.access import get_membership
from colloque.kernel.clock import now
from colloque.kernel.errors import NotFound
from colloque.kernel.http import JsonRequest, json_view
from colloque.kernel.ids import is_id
from colloque.scheduling.queries import queue_for


@json_view(methods=("GET",))
def queue(request: JsonRequest) -> Any:
    practice = request.GET.get("practice", "")
    if not is_id(practice):
        raise NotFound
    get_membership(practice, request.person_id, "practitioner")
    return JsonResponse(queue_for(request.person_id, practice, now()), safe=False)
