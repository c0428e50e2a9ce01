"""The key-encryption key: what wraps record secrets and the vault's own keys at rest.

The key file is one of two keepers (keeper.py); what the vault wraps and unwraps with are data keys (data_keys.py).
"""

import os
import secrets
import stat
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from colloque.vault.settings import UnsafeSetting

KEY_BYTES = 32
_NONCE_BYTES = 12


class WrongKek(Exception):
    """The wrapped bytes are not of this key or of this context. Fatal: the vault must not go on."""


class Kek(Protocol):
    def wrap(self, secret: bytes, context: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes: ...


class FileKek:
    """AES-256-GCM under a key of 32 bytes, random nonces, the context as associated data."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def wrap(self, secret: bytes, context: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, secret, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        try:
            return self._aead.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], context)
        except InvalidTag as error:
            raise WrongKek from error


def make_key_file(path: Path) -> bool:
    """Make the key file, for its owner alone; False if there is one already, which stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return True


def open_key_file(path: Path) -> FileKek:
    """Read the key file; refuse one that others may read, or of another length."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        key = path.read_bytes()
    except OSError as error:
        raise UnsafeSetting(f"The vault's key file {path} can't be read ({error.strerror}). Make it with "
                            "`colloque vault init`, or restore it from its backup.") from error  # fmt: skip
    if mode & 0o077:
        raise UnsafeSetting(f"Others may read the vault's key file {path}. Run: chmod 600 {path}")
    if len(key) != KEY_BYTES:
        raise UnsafeSetting(f"The vault's key file {path} has {len(key)} bytes instead of {KEY_BYTES}.")
    return FileKek(key)
