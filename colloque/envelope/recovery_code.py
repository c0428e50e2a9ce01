"""Recovery codes: 128 bits that a person writes down (docs/spec/envelope.md, "Recovery code").

Crockford base32, 26 characters and 2 check characters, in 7 groups of 4. Reading forgives case, hyphens,
blanks and the letters that look like digits; the check characters find a mistyped code before it is sent.
"""

import secrets
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from colloque.envelope.errors import WrongRecoveryCode
from colloque.envelope.keys import hkdf
from colloque.kernel.encoding import label

CODE_BYTES = 16
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})
_DATA_CHARACTERS, _CHECK_CHARACTERS = 26, 2


def new_code() -> bytes:
    return secrets.token_bytes(CODE_BYTES)


def encode(code: bytes) -> str:
    """Write 16 bytes as `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`."""
    if len(code) != CODE_BYTES:
        raise WrongRecoveryCode("a recovery code has 16 bytes")
    # 26 characters carry 130 bits: the last two are zero.
    written = _characters(int.from_bytes(code, "big") << 2, _DATA_CHARACTERS) + _check(code)
    return "-".join(written[at : at + 4] for at in range(0, len(written), 4))


def decode(typed: str) -> bytes:
    """Read a code as a person types it; raise WrongRecoveryCode when it cannot be one."""
    written = "".join(typed.split()).upper().translate(_LOOKALIKES)
    if len(written) != _DATA_CHARACTERS + _CHECK_CHARACTERS or any(c not in _ALPHABET for c in written):
        raise WrongRecoveryCode("a recovery code has 28 letters and digits")
    number = 0
    for character in written[:_DATA_CHARACTERS]:
        number = number << 5 | _ALPHABET.index(character)
    code = (number >> 2).to_bytes(CODE_BYTES, "big")
    if number & 3 or _check(code) != written[_DATA_CHARACTERS:]:
        raise WrongRecoveryCode("the check characters do not fit: look for a mistyped letter")
    return code


def sign_in_secret(code: bytes) -> bytes:
    """What a recovery code sends to sign in; it does not open anything."""
    return hkdf(code, label("colloque/v1/recovery/sign-in"))


@dataclass(frozen=True)
class SheetKey:
    """What a practice's sheet signs with; its public half is a line of the ledger since the sheet was made."""

    seed: bytes = field(repr=False)

    @classmethod
    def from_code(cls, code: bytes) -> "SheetKey":
        return cls(hkdf(code, label("colloque/v1/practice-sheet/identity")))

    @property
    def public_key(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def _check(code: bytes) -> str:
    return _characters(int.from_bytes(sha256(code).digest()[:2], "big") >> 6, _CHECK_CHARACTERS)


def _characters(number: int, count: int) -> str:
    return "".join(_ALPHABET[number >> 5 * at & 31] for at in reversed(range(count)))
