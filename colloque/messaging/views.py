"""Read state over HTTP."""

from typing import Any

from colloque.kernel.http import JsonRequest, json_view
from colloque.messaging.actions import mark_read


@json_view()
def read(request: JsonRequest, consultation_id: str) -> Any:
    return {"position": mark_read(request.person_id, consultation_id, request.data.get("position"))}
