"""Manifests: what a compartment holds, signed by whoever wrote last (docs/spec/envelope.md, "Manifests").

A server that drops, swaps, replays or rolls back an item is caught by root, size and counter. The highest
counter seen so far is the caller's to keep; it is passed in as a value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from colloque.envelope import wire
from colloque.envelope.errors import Forked, ItemsMissing, ItemsSwapped, RolledBack, UnknownAuthor, WrongPlace
from colloque.envelope.item import Author, AuthorKey
from colloque.envelope.keys import DeviceKey, Place
from colloque.envelope.statement import as_device, check_device, read, sign
from colloque.kernel.encoding import b64u_encode

KIND = "manifest"


@dataclass(frozen=True)
class Manifest:
    place: Place
    counter: int
    size: int
    root: bytes
    author: Author
    at: str


def tree_root(hashes: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1 tree hash."""
    if not hashes:
        return sha256().digest()
    if len(hashes) == 1:
        return sha256(b"\0" + hashes[0]).digest()
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\1" + tree_root(hashes[:split]) + tree_root(hashes[split:])).digest()


def sign_manifest(
    place: Place, hashes: Sequence[bytes], *, counter: int, author: Author, device_key: DeviceKey, at: str
) -> dict[str, Any]:
    """Sign what the compartment holds now: the hash of each item's current version, oldest item first."""
    body = {
        "record": place.record,
        "compartment": place.compartment,
        "epoch": place.epoch,
        "counter": counter,
        "size": len(hashes),
        "root": b64u_encode(tree_root(hashes)),
        "person": author.person,
        "device": author.device,
        "at": at,
    }
    return sign(KIND, body, as_device(author.device, device_key))


def read_manifest(envelope: Mapping[str, Any]) -> Manifest:
    """Read a manifest without checking it."""
    body = read(envelope, kind=KIND).body
    return Manifest(
        Place(wire.text(body, "record"), wire.text(body, "compartment"), wire.number(body, "epoch")),
        wire.number(body, "counter"),
        wire.number(body, "size"),
        wire.binary(body, "root", length=32),
        Author(wire.text(body, "person"), wire.text(body, "device")),
        wire.text(body, "at"),
    )


def check_manifest(
    envelope: Mapping[str, Any],
    *,
    place: Place,
    hashes: Sequence[bytes],
    author_key: AuthorKey,
    remembered: Manifest | None = None,
) -> Manifest:
    """Check a manifest against the items that came with it, and against the newest one seen before.

    Raises WrongPlace, UnknownAuthor, BadSignature, RolledBack, Forked, ItemsMissing or ItemsSwapped. The
    caller remembers the result for the next time.
    """
    manifest = read_manifest(envelope)
    if manifest.place != place:
        raise WrongPlace("this manifest is of another record, compartment or epoch")
    public_key = author_key(manifest.author)
    if public_key is None:
        raise UnknownAuthor("the directory does not know this author's device")
    check_device(read(envelope, kind=KIND), device=manifest.author.device, public_key=public_key)
    _check_against_memory(manifest, remembered)
    if manifest.size != len(hashes):
        raise ItemsMissing(f"the manifest counts {manifest.size} items, {len(hashes)} came")
    if manifest.root != tree_root(hashes):
        raise ItemsSwapped("the items are not those of the manifest, or not in its order")
    return manifest


def _check_against_memory(manifest: Manifest, remembered: Manifest | None) -> None:
    if remembered is None:
        return
    if manifest.counter < remembered.counter:
        raise RolledBack(f"counter {manifest.counter} came after {remembered.counter} was seen")
    if manifest.counter == remembered.counter and manifest.root != remembered.root:
        raise Forked(f"two manifests have counter {manifest.counter}")
