"""The queue and duty over HTTP."""

from typing import Any

from django.http import JsonResponse

from colloque.accounts.access import get_membership
from colloque.kernel.clock import now
from colloque.kernel.errors import Malformed, NotFound
from colloque.kernel.http import JsonRequest, json_view
from colloque.kernel.ids import is_id
from colloque.scheduling.actions import set_duty
from colloque.scheduling.queries import queue_for


@json_view(methods=("GET",))
def queue(request: JsonRequest) -> Any:
    practice = request.GET.get("practice", "")
    if not is_id(practice):
        raise NotFound
    get_membership(practice, request.person_id, "practitioner")
    return JsonResponse(queue_for(request.person_id, practice, now()), safe=False)


@json_view()
def duty(request: JsonRequest) -> Any:
    practice, is_on = request.data.get("practice"), request.data.get("on")
    if not is_id(practice):
        raise NotFound
    if not isinstance(is_on, bool):
        raise Malformed("on")
    membership = set_duty(request.person_id, str(practice), is_on=is_on)
    return {"practice": practice, "on": membership.on_duty_since is not None}
