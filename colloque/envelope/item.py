"""Items: one sealed thing, signed by its author's device (docs/spec/envelope.md, "Items").

    item = {"header": <JSON text, kept byte for byte>, "ciphertext": <b64url>, "signature": <b64url>}

The header is the AAD, and header and ciphertext are under the signature: nobody can read, move or forge one.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from colloque.envelope import wire
from colloque.envelope.errors import (
    BadSignature,
    BadTag,
    Malformed,
    UnknownAuthor,
    WrongCommitment,
    WrongItem,
    WrongPlace,
)
from colloque.envelope.keys import SUITE, ContentKey, DeviceKey, Place
from colloque.envelope.padding import pad, unpad
from colloque.kernel.dsse import SIGNATURE_BYTES, pae, verify_p256
from colloque.kernel.encoding import b64u_encode, label, lp

NONCE_BYTES = 12
_TYPE = "application/vnd.colloque.item.v1"


@dataclass(frozen=True)
class Author:
    person: str
    device: str


AuthorKey = Callable[[Author], bytes | None]
"""Finds a device in the directory: its P-256 public key, or None when not this person's or revoked."""


@dataclass(frozen=True)
class Header:
    place: Place
    item: str
    version: int
    kind: str
    author: Author
    at: str
    nonce: bytes
    commitment: bytes


@dataclass(frozen=True)
class OpenedItem:
    header: Header
    data: bytes
    hash: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.data.decode())
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise Malformed("the content is not JSON") from error


def seal_item(
    data: bytes,
    key: ContentKey,
    *,
    item: str,
    version: int,
    kind: str,
    author: Author,
    device_key: DeviceKey,
    at: str,
) -> dict[str, str]:
    """Seal bytes as one version of an item. `at` is `YYYY-MM-DDTHH:MM:SS.mmmZ`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    header = _write_header(Header(key.place, item, version, kind, author, at, nonce, key.commitment))
    ciphertext = AESGCM(key.key).encrypt(nonce, pad(data), header.encode())
    signature = device_key.sign(_signed_bytes(header.encode(), ciphertext))
    return {"header": header, "ciphertext": b64u_encode(ciphertext), "signature": b64u_encode(signature)}


def seal_json(value: object, key: ContentKey, **rest: Any) -> dict[str, str]:
    """`seal_item` for a JSON value."""
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return seal_item(data, key, **rest)


def open_item(
    sealed: Mapping[str, Any],
    key: ContentKey,
    author_key: AuthorKey,
    *,
    item: str | None = None,
    least_version: int = 0,
) -> OpenedItem:
    """Check and open an item, in the order of the specification; each check has its own error.

    WrongSuite, WrongPlace (then WrongItem when `item` or `least_version` is given), WrongCommitment,
    UnknownAuthor, BadSignature, BadTag, BadPadding; Malformed when it cannot be read at all.
    """
    source = wire.fields(sealed)
    header_bytes = wire.text(source, "header").encode()
    ciphertext = wire.binary(source, "ciphertext")
    header = read_header(source)
    if header.place != key.place:
        raise WrongPlace("this item is of another record, compartment or epoch")
    if (item is not None and header.item != item) or header.version < least_version:
        raise WrongItem("this is another item, or an older version of it")
    if not compare_digest(header.commitment, key.commitment):
        raise WrongCommitment("this item was sealed under another key")
    public_key = author_key(header.author)
    if public_key is None:
        raise UnknownAuthor("the directory does not know this author's device")
    signature = wire.binary(source, "signature", length=SIGNATURE_BYTES)
    if not verify_p256(public_key, signature, _signed_bytes(header_bytes, ciphertext)):
        raise BadSignature("the author's device did not sign this")
    try:
        padded = AESGCM(key.key).decrypt(header.nonce, ciphertext, header_bytes)
    except (InvalidTag, ValueError) as error:
        raise BadTag("the content was altered") from error
    return OpenedItem(header, unpad(padded), _hash(header_bytes, ciphertext))


def read_header(sealed: Mapping[str, Any]) -> Header:
    """Read a header without checking who wrote it. Raises WrongSuite first, then Malformed."""
    try:
        source = wire.fields(json.loads(wire.text(sealed, "header")))
    except (json.JSONDecodeError, RecursionError) as error:
        raise Malformed("the header is not JSON") from error
    wire.check_suite(source)
    author = wire.fields(source.get("author"))
    return Header(
        Place(wire.text(source, "record"), wire.text(source, "compartment"), wire.number(source, "epoch")),
        wire.text(source, "item"),
        wire.number(source, "version"),
        wire.text(source, "kind"),
        Author(wire.text(author, "person"), wire.text(author, "device")),
        wire.text(source, "at"),
        wire.binary(source, "nonce", length=NONCE_BYTES),
        wire.binary(source, "commitment", length=32),
    )


def item_hash(sealed: Mapping[str, Any]) -> bytes:
    """The hash that manifests are made of."""
    return _hash(wire.text(sealed, "header").encode(), wire.binary(sealed, "ciphertext"))


def _write_header(header: Header) -> str:
    return json.dumps(
        {
            "suite": SUITE,
            "record": header.place.record,
            "compartment": header.place.compartment,
            "epoch": header.place.epoch,
            "item": header.item,
            "version": header.version,
            "kind": header.kind,
            "author": {"person": header.author.person, "device": header.author.device},
            "at": header.at,
            "nonce": b64u_encode(header.nonce),
            "commitment": b64u_encode(header.commitment),
        },
        separators=(",", ":"),
    )


def _digests(header: bytes, ciphertext: bytes) -> bytes:
    return lp(sha256(header).digest()) + lp(sha256(ciphertext).digest())


def _signed_bytes(header: bytes, ciphertext: bytes) -> bytes:
    return pae(_TYPE, _digests(header, ciphertext))


def _hash(header: bytes, ciphertext: bytes) -> bytes:
    return sha256(label("colloque/v1/item") + _digests(header, ciphertext)).digest()
