"""Labels, lengths, base64url and key ids: the byte layouts that every room agrees on.

docs/spec/envelope.md, "Notation". The web and vault processes need these without a cipher, so they
live here and not in `colloque.envelope`, which the server may not import.
"""

import base64
import binascii
import hashlib
import re

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_TO_URL = bytes.maketrans(b"+/", b"-_")
KEY_ID_BYTES = 16


class EncodingError(ValueError):
    """Bytes or text that do not have the layout of the specification."""


def lp(part: str | bytes) -> bytes:
    """Prefix a part with its length in two bytes, big endian; text is UTF-8."""
    data = part.encode() if isinstance(part, str) else bytes(part)
    if len(data) > 0xFFFF:
        raise EncodingError(f"A label part holds at most 65,535 bytes; this one has {len(data)}.")
    return len(data).to_bytes(2, "big") + data


def label(*parts: str | bytes) -> bytes:
    """Concatenate length-prefixed parts, so that no two lists of parts give the same bytes."""
    return b"".join(lp(part) for part in parts)


def u32(number: int) -> bytes:
    """Four bytes, big endian."""
    if not 0 <= number <= 0xFFFFFFFF:
        raise EncodingError(f"{number} does not fit four bytes.")
    return number.to_bytes(4, "big")


def b64u_encode(data: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    # What `urlsafe_b64encode` does, without its detours: every hash of every proof passes here.
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode()


def b64u_decode(text: object, *, length: int | None = None) -> bytes:
    """Decode base64url without padding; refuse padding, white space and non-canonical endings.

    Strictness matters: were two texts to decode to the same bytes, a hash over the text and one over
    the bytes would disagree about what is the same. `length` refuses any other number of bytes.
    """
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        raise EncodingError("This is not base64url without padding.")
    if len(text) % 4 == 1:
        raise EncodingError("This base64url text is cut short.")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u_encode(data) != text:
        raise EncodingError("This base64url text has stray bits at its end.")
    if length is not None and len(data) != length:
        raise EncodingError(f"{length} bytes are expected here; there are {len(data)}.")
    return data


def key_id(public_key: bytes) -> str:
    """Name a raw public key: the first 16 bytes of its SHA-256, in hex."""
    return hashlib.sha256(public_key).digest()[:KEY_ID_BYTES].hex()
