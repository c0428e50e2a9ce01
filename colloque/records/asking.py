"""Who asks: the person signed in, the device of their session, and the pseudonyms that lines carry."""

from dataclasses import dataclass

from colloque.accounts.models import Session
from colloque.accounts.network import network_of
from colloque.kernel.http import JsonRequest


@dataclass(frozen=True)
class Asker:
    person: str
    device: str | None = None
    session: str = ""
    network: str = ""


def asker_of(request: JsonRequest) -> Asker:
    """Read the asker from the session; `device` is None until this browser is enrolled."""
    network = network_of(request)
    held = Session.objects.filter(key=request.session.session_key, account__id=request.person_id).first()
    if held is None:
        return Asker(request.person_id, network=network)
    device = None if held.device_id is None else str(held.device_id)
    return Asker(request.person_id, device, str(held.id), network)
