"""Browsers of a person: enrolled by the person's identity key, listed, renamed, revoked."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from colloque.accounts import reading, sessions
from colloque.accounts.errors import WrongPerson
from colloque.accounts.models import Account, Device
from colloque.accounts.network import network_of
from colloque.accounts.sign_up import create_device
from colloque.accounts.vault_door import vault
from colloque.kernel.clock import now, to_wire
from colloque.kernel.errors import NotFound


def enrol(request: HttpRequest, account: Account, data: Mapping[str, Any]) -> Device:
    """Enrol this browser. The vault accepts its key only under the person's identity signature."""
    statement, says = reading.statement_of(data, "device_statement", "device")
    if says.get("person") != str(account.id):
        raise WrongPerson
    with transaction.atomic():
        label = reading.text_of(data, "label", most=80, usual="")
        device = create_device(account, reading.id_of(says, "new_device"), label)
        vault().state(statement, network=network_of(request))
    sessions.bind_device(request, device)
    return device


def use(request: HttpRequest, account: Account, device_id: str) -> Device:
    """Bind this session to a browser enrolled before, whose keys are still there."""
    device = account.devices.filter(id=device_id, revoked_at=None).first()
    if device is None:
        raise NotFound("device")
    sessions.bind_device(request, device)
    return device


def revoke(request: HttpRequest, account: Account, data: Mapping[str, Any]) -> None:
    """Revoke a browser: its signatures count no more, and its sessions end."""
    statement, says = reading.statement_of(data, "statement", "device-revoke")
    with transaction.atomic():
        device = account.devices.select_for_update().filter(id=reading.id_of(says, "target")).first()
        if device is None or says.get("person") != str(account.id):
            raise NotFound("device")
        device.revoked_at = device.revoked_at or now()
        device.save(update_fields=["revoked_at"])
        vault().state(statement, network=network_of(request))
        sessions.end_sessions(device.sessions.all())


def rename(account: Account, device_id: str, label: str) -> None:
    if not account.devices.filter(id=device_id).update(label=label):
        raise NotFound("device")


def list_devices(request: HttpRequest, account: Account) -> dict[str, Any]:
    current = sessions.session_id(request)
    held = list(account.sessions.select_related("device").order_by("-last_seen_at"))
    mine = next((str(one.device_id) for one in held if str(one.id) == current and one.device_id), None)
    return {
        "devices": [
            {
                "id": str(one.id),
                "label": one.label,
                "created_at": to_wire(one.created_at),
                "last_seen_at": to_wire(one.last_seen_at),
                "revoked": one.revoked_at is not None,
                "current": str(one.id) == mine,
            }
            for one in account.devices.order_by("-last_seen_at")
        ],
        "sessions": [
            {
                "id": str(one.id),
                "device": str(one.device_id) if one.device_id else None,
                "means": one.means,
                "began_at": to_wire(one.began_at),
                "last_seen_at": to_wire(one.last_seen_at),
                "current": str(one.id) == current,
            }
            for one in held
        ],
    }
