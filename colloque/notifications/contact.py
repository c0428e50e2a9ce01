"""Open a person's address to write to them: the one thing that a process of the server can open.

The mailer is a service person with a device key of its own. It signs a release for `contact`, under its own
budget and with a line for each opening, and keeps the address for as long as it takes to hand the letter
over.
"""

import re
from functools import cache

from django.conf import settings

from colloque.envelope.errors import EnvelopeError
from colloque.envelope.item import Author, open_item
from colloque.envelope.keys import Place, content_key
from colloque.kernel.errors import NotFound
from colloque.records.device_keys import public_key
from colloque.records.errors import NotYours
from colloque.records.models import Item, Record
from colloque.records.sealed_items import to_json
from colloque.vault.client import VaultClient, load
from colloque.vault.errors import Unavailable
from colloque.vault.settings import UnsafeSetting

_ADDRESS = re.compile(r"[^\s@<>,;:\"\\]+@[^\s@<>,;:\"\\]+\.[^\s@<>,;:\"\\]+")
MOST_ADDRESS = 320


class NoContact(NotFound):
    """There is nobody to write to, now or later."""

    word = "no-contact"


@cache
def mailer() -> VaultClient:
    """Return the mailer's client; raise Unavailable while its key file is not there."""
    try:
        return VaultClient(settings.COLLOQUE_VAULT_URL, load(settings.COLLOQUE_MAILER_KEY))
    except UnsafeSetting as error:
        raise Unavailable("the mailer's key file") from error


def open_address(person: str) -> str:
    """Return a person's e-mail address. Raises NoContact, or a VaultError when the vault does not release it
    now."""
    record = Record.objects.filter(subject__id=person, kind="person", erased_at=None).first()
    held = Item.objects.filter(compartment__record=record, kind="contact").order_by("-written_at").first()
    if record is None or held is None:
        raise NoContact
    place = Place(str(record.id), "contact", held.compartment.epoch)
    opening = {"record": place.record, "compartment": place.compartment, "epoch": place.epoch}
    (released,) = mailer().release([opening], purpose="notify")
    key = content_key(place, care_key=b"", turn=released["turn"])
    sealed = to_json(held.header, bytes(held.ciphertext), bytes(held.signature))
    try:
        opened = open_item(sealed, key, lambda author: _key_of(author, person)).json()
    except EnvelopeError as error:
        # Altered, or written by someone else: a letter to that address would go to whoever put it there.
        raise NoContact(type(error).__name__) from error
    address = opened.get("email") if isinstance(opened, dict) else None
    if not isinstance(address, str) or len(address) > MOST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise NoContact("no address")
    return address


def _key_of(author: Author, person: str) -> bytes | None:
    if author.person != person:
        return None
    try:
        return public_key(author.person, author.device)
    except NotYours:
        return None
