"""What a stranger is told when asking for the salt of an address: as believable as the truth, always the same.

The answers are derived from the address's index under the web's secret. They are worked out for everyone, so that
having an account saves no work.
"""

import uuid
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from colloque.kernel.encoding import b64u_encode

ARGON2 = {"m": 65536, "t": 3, "p": 1}


@dataclass(frozen=True)
class Stranger:
    person: str
    method: str
    salt: str


def stranger_for(index: str) -> Stranger:
    return Stranger(
        person=_id("person", index), method=_id("method", index), salt=b64u_encode(_bytes("salt", index))
    )


def _id(what: str, index: str) -> str:
    return str(uuid.UUID(bytes=_bytes(what, index), version=4))


def _bytes(what: str, index: str) -> bytes:
    return salted_hmac(f"colloque.accounts.strangers.{what}", index, algorithm="sha256").digest()[:16]
