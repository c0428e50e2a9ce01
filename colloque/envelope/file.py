"""Files, sealed in chunks (docs/spec/envelope.md, "Files").

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015), laid out as in age v1: each chunk's
nonce is its number and whether it is the last, so that none can be dropped, moved or added. The file is
padded first.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from colloque.envelope import wire
from colloque.envelope.errors import BadFile, BadTag, Truncated
from colloque.envelope.keys import ContentKey, hkdf
from colloque.envelope.padding import padme
from colloque.kernel.encoding import b64u_encode, label

CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
SALT_BYTES = 16


@dataclass(frozen=True)
class Description:
    """The plaintext of a `document` item."""

    name: str
    type: str
    size: int
    blob: str
    chunks: int
    salt: bytes
    sha256: bytes

    @classmethod
    def from_json(cls, value: object) -> "Description":
        source = wire.fields(value)
        return cls(
            wire.text(source, "name"),
            wire.text(source, "type"),
            wire.number(source, "size"),
            wire.text(source, "blob"),
            wire.number(source, "chunks"),
            wire.binary(source, "salt", length=SALT_BYTES),
            wire.binary(source, "sha256", length=32),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "size": self.size,
            "blob": self.blob,
            "chunks": self.chunks,
            "salt": b64u_encode(self.salt),
            "sha256": b64u_encode(self.sha256),
        }


def chunk_count(size: int) -> int:
    """How many chunks a file of this true length has; an empty one has a single empty chunk."""
    return max(1, -(-padme(size) // CHUNK_BYTES))


def sealed_size(size: int) -> int:
    """How many bytes of ciphertext a file of this true length has."""
    return padme(size) + TAG_BYTES * chunk_count(size)


class FileSealer:
    """Seals one file. Iterate over `chunks()` to the end, then ask for the `description`.

    The file key is unique by `salt`: give one only to seal the very same bytes again, for a resumed upload.
    """

    def __init__(self, data: bytes, key: ContentKey, *, item: str, salt: bytes | None = None) -> None:
        self._data = data
        self._salt = salt or secrets.token_bytes(SALT_BYTES)
        self._cipher = _file_cipher(key, item, self._salt)
        self._digest = sha256()
        self._done = False

    def chunks(self) -> Iterator[bytes]:
        count = chunk_count(len(self._data))
        padded = padme(len(self._data))
        for number in range(count):
            start, end = number * CHUNK_BYTES, min((number + 1) * CHUNK_BYTES, padded)
            chunk = self._data[start:end].ljust(end - start, b"\0")
            sealed = self._cipher.encrypt(_nonce(number, number == count - 1), chunk, None)
            self._digest.update(sealed)
            yield sealed
        self._done = True

    def description(self, *, name: str, type: str, blob: str) -> Description:  # noqa: A002 – the field's name
        """Describe the file, once all its chunks are sealed."""
        if not self._done:
            raise BadFile("the file is not sealed to its end yet")
        size = len(self._data)
        return Description(name, type, size, blob, chunk_count(size), self._salt, self._digest.digest())


def open_file(
    pieces: Iterable[bytes], key: ContentKey, description: Description, *, item: str
) -> Iterator[bytes]:
    """Open a file from its ciphertext in pieces of any length; use nothing before the iterator has ended.

    Raises Truncated when the last chunk is missing, BadTag for an altered or moved chunk, BadFile for one
    that is longer than described or has another digest.
    """
    size, count = description.size, description.chunks
    if count != chunk_count(size):
        raise BadFile("the number of chunks is not the one of this size")
    cipher = _file_cipher(key, item, description.salt)
    digest, number = sha256(), 0
    for number, sealed in enumerate(_rechunk(pieces, sealed_size(size)), start=1):
        digest.update(sealed)
        last = number == count
        if last and digest.digest() != description.sha256:
            raise BadFile("the ciphertext is not the one described")
        chunk = _open_chunk(cipher, sealed, number - 1, last)
        yield _strip(chunk, size - (number - 1) * CHUNK_BYTES)
    if number != count:
        raise Truncated("the file ends without its last chunk")


def _strip(chunk: bytes, remaining: int) -> bytes:
    """Cut the padding off; a chunk may be padding only."""
    kept = max(0, min(remaining, len(chunk)))
    if any(chunk[kept:]):
        raise BadFile("the padding is not zeros")
    return chunk[:kept]


def _open_chunk(cipher: AESGCM, sealed: bytes, number: int, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last), sealed, None)
    except (InvalidTag, ValueError) as error:
        raise BadTag(f"chunk {number} was altered or moved") from error


def _rechunk(pieces: Iterable[bytes], expected: int) -> Iterator[bytes]:
    """Cut any pieces into sealed chunks; `expected` bytes in all, no more and no fewer."""
    held, seen = bytearray(), 0
    for piece in pieces:
        held += piece
        seen += len(piece)
        if seen > expected:
            raise BadFile("the file goes on after its last chunk")
        while len(held) >= SEALED_CHUNK_BYTES:
            yield bytes(held[:SEALED_CHUNK_BYTES])
            del held[:SEALED_CHUNK_BYTES]
    if seen < expected:
        raise Truncated("the file ends before its last chunk")
    if held:
        yield bytes(held)


def _file_cipher(key: ContentKey, item: str, salt: bytes) -> AESGCM:
    return AESGCM(hkdf(key.key, label("colloque/v1/file", key.place.record, item), salt=salt))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
