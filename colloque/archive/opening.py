"""Open a practice's records from rows of the web's database, with the sheet's seed and the vault's turns.

Everything is checked as a browser checks it: commitment, the author's device, signature, manifest. What does not hold is
named and left out, never repaired.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from colloque.accounts.models import Practice, SealedSeed
from colloque.archive.ceremony import Kept
from colloque.documents.chunks import open_chunk
from colloque.envelope import hpke, unlock
from colloque.envelope.errors import EnvelopeError
from colloque.envelope.file import Description, open_file
from colloque.envelope.item import Author, OpenedItem, open_item
from colloque.envelope.keys import ContentKey, Place, content_key, practice_kem_seed
from colloque.envelope.manifest import check_manifest
from colloque.envelope.sealed_key import open_key
from colloque.kernel.encoding import b64u_encode
from colloque.records.models import Compartment, SealedKey
from colloque.records.sealed_items import to_json
from colloque.records.sealed_keys import SUITE


class NotThisSheet(Exception):
    """The sheet opens another key than the one that the ledger publishes."""


@dataclass(frozen=True)
class Opened:
    """A record's items by compartment, and what did not hold."""

    record: Kept
    items: Mapping[str, Sequence[OpenedItem]]
    keys: Mapping[str, ContentKey] = field(repr=False)
    troubles: Sequence[str] = ()


def seeds_of(practice: str, code: bytes) -> dict[int, bytes]:
    """Every generation of the practice's seed: the newest from its sheet, the others down the chain."""
    held = Practice.objects.get(id=practice)
    sheet = unlock.Method.from_json(held.recovery)
    seed = unlock.open_method(sheet, unlock.by_recovery(code), owner=practice, purpose="practice-recovery")
    found = {sheet.sealed_root.generation: seed}
    past = SealedSeed.objects.filter(practice=held, purpose="past-practice-seed").order_by("-generation")
    for one in past:
        if newer := found.get(one.generation):
            how: dict[str, Any] = {"purpose": "past-practice-seed", "about": practice, "recipient": practice}
            found[one.generation - 1] = open_key(one.wire, practice_kem_seed(newer), **how)
    return found


def key_of(seeds: Mapping[int, bytes]) -> bytes:
    """The public key of the newest, which must be the one that the ledger publishes."""
    return hpke.public_key(practice_kem_seed(seeds[max(seeds)]))


def open_record(
    record: Kept,
    practice: str,
    seeds: Mapping[int, bytes],
    turns: Mapping[Place, bytes],
    devices: Mapping[Author, bytes],
) -> Opened:
    care_key = _care_key(record.id, practice, seeds)
    items: dict[str, Sequence[OpenedItem]] = {}
    keys: dict[str, ContentKey] = {}
    troubles: list[str] = []
    for place in record.places():
        if care_key is None or place not in turns:
            troubles.append(f"{place.compartment}: no key of the practice, or no turn of the vault")
            continue
        key = content_key(place, care_key=care_key, turn=turns[place])
        keys[place.compartment] = key
        items[place.compartment], odd = _open_compartment(key, devices)
        troubles += [f"{place.compartment}: {one}" for one in odd]
    return Opened(record, items, keys, troubles)


def write(opened: Opened, folder: Path) -> Sequence[str]:
    """One folder for a record: `record.json` with every item, and its files beside it, for its owner alone.

    Return what did not hold.
    """
    place = folder / opened.record.id
    place.mkdir(mode=0o700, parents=True)
    troubles = list(opened.troubles)
    for item in opened.items.get("documents", ()):
        troubles += _write_file(item, opened.keys["documents"], place)
    told = {
        "record": opened.record.id,
        "kind": opened.record.kind,
        "subject": opened.record.subject,
        "troubles": troubles,
        "items": {
            name: [
                {"kind": one.header.kind, "at": one.header.at, "author": one.header.author.person, "content": one.json()}
                for one in listed
            ]
            for name, listed in opened.items.items()
        },
    }  # fmt: skip
    file = place / "record.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return troubles


def _care_key(record: str, practice: str, seeds: Mapping[int, bytes]) -> bytes | None:
    for row in SealedKey.objects.filter(record__id=record, recipient=practice).order_by("-generation"):
        sealed = {
            "suite": SUITE, "purpose": "care-key", "about": record, "recipient": practice,
            "key_id": row.key_id, "generation": row.generation, "sealed": b64u_encode(bytes(row.sealed)),
        }  # fmt: skip
        if row.generation in seeds:
            seed = practice_kem_seed(seeds[row.generation])
            return open_key(sealed, seed, purpose="care-key", about=record, recipient=practice)
    return None


def _open_compartment(key: ContentKey, devices: Mapping[Author, bytes]) -> tuple[list[OpenedItem], list[str]]:
    row = Compartment.objects.filter(record__id=key.place.record, name=key.place.compartment).first()
    if row is None:
        return [], []
    opened, troubles = [], []
    for held in row.items.order_by("position"):
        sealed = to_json(held.header, bytes(held.ciphertext), bytes(held.signature))
        try:
            opened.append(open_item(sealed, key, devices.get))
        except EnvelopeError as error:
            troubles.append(f"item {held.item} does not hold ({type(error).__name__})")
    if row.manifest is not None and not troubles:
        try:
            check_manifest(
                row.manifest, place=key.place, hashes=[one.hash for one in opened], author_key=devices.get
            )
        except EnvelopeError as error:
            troubles.append(f"the signed list does not hold ({type(error).__name__})")
    return opened, troubles


def _write_file(item: OpenedItem, key: ContentKey, place: Path) -> list[str]:
    about = item.json()
    if "blob" not in about:
        return []  # taken back by its author
    # The name is a person's: it is in record.json, and never a path.
    target = place / f"{item.header.item}.bin"
    try:
        described = Description.from_json(about)
        target.touch(mode=0o600)
        with target.open("wb") as file:
            for piece in open_file(_chunks(described), key, described, item=item.header.item):
                file.write(piece)
    except (EnvelopeError, OSError) as error:
        target.unlink(missing_ok=True)
        return [f"documents: the file of item {item.header.item} does not hold ({type(error).__name__})"]
    return []


def _chunks(described: Description) -> Iterator[bytes]:
    for number in range(described.chunks):
        with open_chunk(described.blob, number) as chunk:
            yield chunk.read()
