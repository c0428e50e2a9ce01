"""Unlock methods: how a person gets at their root (docs/spec/envelope.md, "Unlock methods").

Each method has an X-Wing pair of its own. Its seed is wrapped under what the person holds; the root is sealed
to its public key, so that a new root needs no touch of the authenticator.
"""

import secrets
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Literal, cast, get_args

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from colloque.envelope import hpke, wire
from colloque.envelope.errors import Malformed, WeakStretching, WrongUnlock
from colloque.envelope.keys import KEY_BYTES, hkdf
from colloque.envelope.recovery_code import CODE_BYTES
from colloque.envelope.sealed_key import Purpose, Recipient, SealedKey, open_key, seal_key
from colloque.kernel.encoding import b64u_encode, label

Kind = Literal["passkey", "passphrase", "recovery"]
NONCE_BYTES = 12
SALT_BYTES = 16
PRF_SALT = sha256(label("colloque/v1/prf")).digest()


@dataclass(frozen=True)
class Argon2:
    """Argon2id parameters: memory in KiB, passes, lanes."""

    m: int = 65_536
    t: int = 3
    p: int = 1

    @classmethod
    def from_json(cls, value: object) -> "Argon2":
        source = wire.fields(value)
        return cls(wire.number(source, "m"), wire.number(source, "t"), wire.number(source, "p"))

    def check(self) -> None:
        """Refuse what is under the floor, and what only a hostile server would ask for."""
        if not (65_536 <= self.m <= 1_048_576 and 3 <= self.t <= 16 and 1 <= self.p <= 4):
            raise WeakStretching(f"m={self.m} t={self.t} p={self.p} is outside what is accepted")

    def to_json(self) -> dict[str, int]:
        return {"m": self.m, "t": self.t, "p": self.p}


FLOOR = Argon2()


@dataclass(frozen=True)
class StretchedPassphrase:
    """`sign_in_secret` goes to the server; `unlock_secret` never leaves the device."""

    sign_in_secret: bytes = field(repr=False)
    unlock_secret: bytes = field(repr=False)


def stretch(passphrase: str, salt: bytes, parameters: Argon2 = FLOOR) -> StretchedPassphrase:
    """Stretch a passphrase. Raises WeakStretching, or Malformed for a salt not of 16 bytes."""
    parameters.check()
    if len(salt) != SALT_BYTES:
        raise Malformed("the salt has 16 bytes")
    stretched = hash_secret_raw(
        unicodedata.normalize("NFKC", passphrase).encode(),
        salt,
        time_cost=parameters.t,
        memory_cost=parameters.m,
        parallelism=parameters.p,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
    return StretchedPassphrase(
        sign_in_secret=hkdf(stretched, label("colloque/v1/passphrase/sign-in")),
        unlock_secret=hkdf(stretched, label("colloque/v1/passphrase/unlock")),
    )


@dataclass(frozen=True)
class Unlocker:
    """What a person brings to a method. Made by one of the three functions below."""

    kind: Kind
    ikm: bytes = field(repr=False)


def by_passkey(prf_output: bytes) -> Unlocker:
    return _unlocker("passkey", prf_output, KEY_BYTES)


def by_passphrase(unlock_secret: bytes, unlock_share: bytes) -> Unlocker:
    if len(unlock_secret) != KEY_BYTES:
        raise Malformed("the unlock secret has 32 bytes")
    return _unlocker("passphrase", unlock_secret + unlock_share, 2 * KEY_BYTES)


def by_recovery(code: bytes) -> Unlocker:
    return _unlocker("recovery", code, CODE_BYTES)


@dataclass(frozen=True)
class Method:
    """An unlock method as it is stored. `owner` is the person; the practice, for its recovery sheet."""

    id: str
    kind: Kind
    public_key: bytes
    wrapped_seed: bytes
    sealed_root: SealedKey
    salt: bytes | None = None
    argon2: Argon2 | None = None

    @classmethod
    def from_json(cls, value: object) -> "Method":
        source = wire.fields(value)
        kind = wire.text(source, "kind")
        if kind not in get_args(Kind):
            raise Malformed("this unlock method is of an unknown kind")
        return cls(
            wire.text(source, "id"),
            cast("Kind", kind),
            wire.binary(source, "public_key", length=hpke.PUBLIC_KEY_BYTES),
            wire.binary(source, "wrapped_seed"),
            SealedKey.from_json(source.get("sealed_root")),
            wire.binary(source, "salt", length=SALT_BYTES) if "salt" in source else None,
            Argon2.from_json(source["argon2"]) if "argon2" in source else None,
        )

    def to_json(self) -> dict[str, Any]:
        value: dict[str, Any] = {
            "id": self.id,
            "kind": self.kind,
            "public_key": b64u_encode(self.public_key),
            "wrapped_seed": b64u_encode(self.wrapped_seed),
            "sealed_root": self.sealed_root.to_json(),
        }
        if self.salt is not None:
            value["salt"] = b64u_encode(self.salt)
        if self.argon2 is not None:
            value["argon2"] = self.argon2.to_json()
        return value


def make_method(
    root: bytes,
    unlocker: Unlocker,
    *,
    owner: str,
    method_id: str | None = None,
    salt: bytes | None = None,
    argon2: Argon2 | None = None,
    purpose: Purpose = "person-root",
) -> Method:
    """Make a method that opens `root` (a practice seed, for `practice-recovery`)."""
    method = method_id or str(uuid.uuid4())
    seed = secrets.token_bytes(hpke.SEED_BYTES)
    public = hpke.public_key(seed)
    nonce = secrets.token_bytes(NONCE_BYTES)
    wrapping = AESGCM(_wrapping_key(unlocker, owner, method))
    wrapped = nonce + wrapping.encrypt(nonce, seed, _aad(unlocker.kind, owner, method))
    sealed = seal_key(root, purpose=purpose, about=owner, to=Recipient(method, public))
    return Method(method, unlocker.kind, public, wrapped, sealed, salt, argon2)


def open_method(
    method: Method | Mapping[str, Any], unlocker: Unlocker, *, owner: str, purpose: Purpose = "person-root"
) -> bytes:
    """Give the root back. Raises WrongUnlock for a wrong secret, NotSealedForThis for a swapped root."""
    method = method if isinstance(method, Method) else Method.from_json(method)
    seed = _unwrap(method, unlocker, owner)
    return open_key(method.sealed_root, seed, purpose=purpose, about=owner, recipient=method.id)


def reseal_root(
    method: Method, root: bytes, *, owner: str, generation: int = 0, purpose: Purpose = "person-root"
) -> Method:
    """Seal a new root to a method without its secret."""
    to = Recipient(method.id, method.public_key, generation)
    return replace(method, sealed_root=seal_key(root, purpose=purpose, about=owner, to=to))


def _unwrap(method: Method, unlocker: Unlocker, owner: str) -> bytes:
    if unlocker.kind != method.kind:
        raise WrongUnlock("this method is of another kind")
    nonce, ciphertext = method.wrapped_seed[:NONCE_BYTES], method.wrapped_seed[NONCE_BYTES:]
    wrapping = AESGCM(_wrapping_key(unlocker, owner, method.id))
    try:
        seed = wrapping.decrypt(nonce, ciphertext, _aad(method.kind, owner, method.id))
    except (InvalidTag, ValueError) as error:
        raise WrongUnlock("this does not unlock the method") from error
    if hpke.public_key(seed) != method.public_key:
        raise WrongUnlock("the method's public key is not the one of its seed")
    return seed


def _unlocker(kind: Kind, ikm: bytes, length: int) -> Unlocker:
    if len(ikm) != length:
        raise Malformed(f"{kind} gives {length} bytes")
    return Unlocker(kind, ikm)


def _wrapping_key(unlocker: Unlocker, owner: str, method: str) -> bytes:
    return hkdf(unlocker.ikm, label(f"colloque/v1/unlock/{unlocker.kind}", owner, method))


def _aad(kind: str, owner: str, method: str) -> bytes:
    return label("colloque/v1/unlock", owner, method, kind)
