"""Public keys of devices, from the vault's directory, remembered: a device's key never changes once
enrolled."""

from functools import lru_cache

from colloque.accounts.models import Device
from colloque.accounts.vault_door import vault
from colloque.kernel.dsse import parse
from colloque.kernel.encoding import b64u_decode
from colloque.records.errors import NotYours
from colloque.records.sealed_items import Author


def author_of(person: str, device: str | None) -> Author:
    """Return who writes from this session; NotYours when its device is not enrolled, is another's, or is
    revoked."""
    if device is None or not Device.objects.filter(id=device, account__id=person, revoked_at=None).exists():
        raise NotYours("device")
    return Author(person, device, public_key(person, device))


@lru_cache(maxsize=20_000)
def public_key(person: str, device: str) -> bytes:
    """Look a device's P-256 key up; NotYours when the directory does not know it. Failures are not
    remembered."""
    answer = vault().person(person)
    if device not in answer["revoked"]:
        for entry in answer["statements"]:
            statement = parse(entry["envelope"])
            if statement.kind == "device" and statement.body.get("new_device") == device:
                return b64u_decode(statement.body["public_key"], length=65)
    raise NotYours("device is not in the directory")
