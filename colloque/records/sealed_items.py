"""Items and manifests as far as one can check them without a key (docs/spec/envelope.md). Pure.

The server opens nothing, but what it can see it checks, so that garbage never lands among what people rely
on: the header's form, place and author, the sizes, the signatures, and that a manifest is the next one of
just these items.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from colloque.kernel.clock import from_wire
from colloque.kernel.dsse import (
    SIGNATURE_BYTES,
    MalformedStatement,
    Statement,
    pae,
    parse,
    verify_p256,
)
from colloque.kernel.encoding import EncodingError, b64u_decode, b64u_encode, label, lp
from colloque.kernel.ids import is_id
from colloque.ledger.merkle import root_of
from colloque.records.errors import NotYours, WrongItem, WrongManifest
from colloque.records.kinds import COMPARTMENT_OF

SUITE = "colloque/v1"
ITEM_TYPE = "application/vnd.colloque.item.v1"
MOST_HEADER = 1_024
MOST_CIPHERTEXT = 192 * 1_024
MOST_ITEMS = 20
LEAST_PADDED, TAG_BYTES = 256, 16
HEADER_FIELDS = frozenset(
    {
        "suite",
        "record",
        "compartment",
        "epoch",
        "item",
        "version",
        "kind",
        "author",
        "at",
        "nonce",
        "commitment",
    }
)
MANIFEST_FIELDS = frozenset(
    {"record", "compartment", "epoch", "counter", "size", "root", "person", "device", "at"}
)


@dataclass(frozen=True)
class Place:
    record: str
    compartment: str
    epoch: int


@dataclass(frozen=True)
class Author:
    """A person, the device they use now, and its public key from the directory."""

    person: str
    device: str
    public_key: bytes


@dataclass(frozen=True)
class SealedItem:
    item: str
    version: int
    kind: str
    header: str
    ciphertext: bytes
    signature: bytes
    hash: bytes


@dataclass(frozen=True)
class Manifest:
    counter: int
    size: int
    root: bytes


def read_item(source: object, *, place: Place, author: Author) -> SealedItem:
    """Check one item; raise WrongItem, or NotYours when the author or the signature is another's."""
    if not isinstance(source, Mapping) or source.keys() != {"header", "ciphertext", "signature"}:
        raise WrongItem("fields")
    text = source["header"]
    if not isinstance(text, str) or len(text.encode()) > MOST_HEADER:
        raise WrongItem("header")
    header = _read_header(text)
    if (header["record"], header["compartment"], header["epoch"]) != (
        place.record,
        place.compartment,
        place.epoch,
    ):
        raise WrongItem("place")
    if COMPARTMENT_OF.get(header["kind"]) != place.compartment:
        raise WrongItem("kind")
    if header["author"] != {"person": author.person, "device": author.device}:
        raise NotYours("author")
    ciphertext = _bytes(source, "ciphertext")
    _check_length(len(ciphertext))
    signature = _bytes(source, "signature", SIGNATURE_BYTES)
    digests = lp(sha256(text.encode()).digest()) + lp(sha256(ciphertext).digest())
    if not verify_p256(author.public_key, signature, pae(ITEM_TYPE, digests)):
        raise NotYours("item signature")
    hash_ = sha256(label("colloque/v1/item") + digests).digest()
    return SealedItem(header["item"], header["version"], header["kind"], text, ciphertext, signature, hash_)


def read_manifest(envelope: object, *, place: Place, author: Author) -> Manifest:
    """Check a manifest's form, place, author and signature; raise WrongManifest or NotYours."""
    try:
        statement: Statement = parse(envelope)
    except MalformedStatement as error:
        raise WrongManifest(str(error)) from error
    body = statement.body
    if statement.kind != "manifest" or body.keys() != MANIFEST_FIELDS or len(statement.signatures) != 1:
        raise WrongManifest("fields")
    if (body["record"], body["compartment"], body["epoch"]) != (place.record, place.compartment, place.epoch):
        raise WrongManifest("place")
    if (body["person"], body["device"]) != (author.person, author.device):
        raise NotYours("manifest author")
    if not statement.is_signed_by_device(author.device, author.public_key):
        raise NotYours("manifest signature")
    if not _is_time(body["at"]) or not _is_number(body["counter"]) or not _is_number(body["size"]):
        raise WrongManifest("numbers")
    try:
        return Manifest(body["counter"], body["size"], b64u_decode(body["root"], length=32))
    except EncodingError as error:
        raise WrongManifest("root") from error


def covers(manifest: Manifest, hashes: Sequence[bytes]) -> bool:
    """Tell whether a manifest is of just these items, in this order."""
    return manifest.size == len(hashes) and manifest.root == root_of(
        sha256(b"\0" + h).digest() for h in hashes
    )


def to_json(header: str, ciphertext: bytes, signature: bytes) -> dict[str, str]:
    """Write an item as it came."""
    return {"header": header, "ciphertext": b64u_encode(ciphertext), "signature": b64u_encode(signature)}


def _read_header(text: str) -> dict[str, Any]:
    try:
        header = json.loads(text, object_pairs_hook=_refuse_repeats)
    except (ValueError, RecursionError) as error:
        raise WrongItem("header is not JSON") from error
    # No further field: what stands in a header stands there in clear.
    if not isinstance(header, dict) or header.keys() != HEADER_FIELDS or header["suite"] != SUITE:
        raise WrongItem("header fields")
    if not (is_id(header["record"]) and is_id(header["item"]) and _is_time(header["at"])):
        raise WrongItem("ids or time")
    if not (
        isinstance(header["kind"], str) and _is_number(header["epoch"]) and _is_number(header["version"])
    ):
        raise WrongItem("numbers")
    if header["version"] < 1:
        raise WrongItem("version")
    _bytes(header, "nonce", 12)
    _bytes(header, "commitment", 32)
    return header


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name occurs twice")
    return dict(pairs)


def _check_length(sealed: int) -> None:
    """An item is padded to a Padmé length: any other betrays how long its content is."""
    padded = sealed - TAG_BYTES
    if not LEAST_PADDED <= padded <= MOST_CIPHERTEXT or padded != _padme(padded):
        raise WrongItem("length")


def _padme(length: int) -> int:
    exponent = length.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (length + mask) & ~mask


def _bytes(source: Mapping[str, Any], name: str, length: int | None = None) -> bytes:
    try:
        return b64u_decode(source[name], length=length)
    except EncodingError as error:
        raise WrongItem(name) from error


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**31


def _is_time(value: object) -> bool:
    try:
        from_wire(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return True
