"""`GET /api/consultations/<id>/ice`: where a browser may ask for a relay, for an hour."""

import secrets
from typing import Any

from django.conf import settings

from colloque.kernel.clock import now, to_wire
from colloque.kernel.http import JsonRequest, json_view
from colloque.video.errors import NoCall
from colloque.video.seats import may_ask_for_relay
from colloque.video.turn import LIFETIME, make_credentials, read_urls


@json_view(methods=("GET",))
def ice(request: JsonRequest, consultation_id: str) -> dict[str, Any]:
    if not may_ask_for_relay(request.person_id, consultation_id):
        raise NoCall
    at = now()
    urls = read_urls(settings.COLLOQUE_TURN_URL)
    servers: list[dict[str, Any]] = []
    stun = [url for url in urls if url.startswith("stun")]
    turn = [url for url in urls if url.startswith("turn")]
    if stun:
        servers.append({"urls": stun})
    if turn and settings.COLLOQUE_TURN_SECRET:
        made = make_credentials(settings.COLLOQUE_TURN_SECRET, now=at, nonce=secrets.token_hex(8))
        servers.append({"urls": turn, "username": made.username, "credential": made.credential})
    return {"iceServers": servers, "expires_at": to_wire(at + LIFETIME)}
