"""Data keys: what wraps the secrets of the vault's database, in the clear in memory alone, and only while the keeper agrees.

    wrapped = 0x01 ‖ generation (u32) ‖ nonce (12) ‖ AES-256-GCM(data key of the generation, secret, aad = context)

What was wrapped before there were generations has no such head, and opens with the key file itself.
"""

import logging
import secrets
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from colloque.kernel import clock
from colloque.vault.errors import KeysAway
from colloque.vault.keeper import Keeper, KeeperAway, KeeperRefuses
from colloque.vault.kek import FileKek, WrongKek

logger = logging.getLogger(__name__)

KEY_BYTES = 32
_NONCE_BYTES = 12
_HEAD = struct.Struct(">BI")
_FORMAT = 1


@dataclass(frozen=True)
class DataKey:
    """One row: a data key as the database has it."""

    generation: int
    keeper: str
    wrapped: bytes
    used_from: datetime


def head_of(generation: int) -> bytes:
    """The bytes that everything wrapped by this generation begins with."""
    return _HEAD.pack(_FORMAT, generation)


class DataKeys:
    """The Kek of a running vault. Raises KeysAway while the keeper has been out of reach for longer than the lease."""

    def __init__(
        self,
        keeper: Keeper,
        *,
        lease: float,
        legacy: FileKek | None = None,
        other_keeper: Callable[[str], Keeper] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.keeper, self._lease, self._legacy = keeper, lease, legacy
        self._other_keeper, self._monotonic = other_keeper, monotonic
        self._others: dict[str, Keeper] = {}
        self._keys: Mapping[int, AESGCM] = {}
        self._used_from: Mapping[int, datetime] = {}
        self._proved_at = monotonic()

    def read(self, rows: Sequence[DataKey]) -> None:
        """Unwrap every generation anew: this is also how the keeper is asked whether it still agrees.

        Raises KeeperAway (what is in memory stays, until the lease ends) or KeeperRefuses (it is wiped at once).
        """
        try:
            keys = {
                row.generation: AESGCM(self.keeper_of(row).unwrap(row.wrapped, row.generation))
                for row in rows
            }
        except KeeperRefuses:
            self.wipe()
            raise
        self._keys, self._used_from = keys, {row.generation: row.used_from for row in rows}
        self._proved_at = self._monotonic()

    def wipe(self) -> None:
        self._keys = {}

    def close(self) -> None:
        self.wipe()
        for keeper in (self.keeper, *self._others.values()):
            keeper.close()

    def seconds_left(self) -> float | None:
        """How long what is in memory may still be used without the keeper; None when there is no end to it."""
        if not self._keys:
            return 0
        if not self.keeper.can_leave:
            return None
        return max(0.0, self._proved_at + self._lease - self._monotonic())

    def wrap(self, secret: bytes, context: bytes) -> bytes:
        self._check()
        generation = self.newest()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return head_of(generation) + nonce + self._keys[generation].encrypt(nonce, secret, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        self._check()
        version, generation = _HEAD.unpack_from(wrapped) if len(wrapped) > _HEAD.size else (0, 0)
        key = self._keys.get(generation) if version == _FORMAT else None
        try:
            if key is not None:
                rest = wrapped[_HEAD.size :]
                return key.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], context)
        except InvalidTag:
            pass  # an old value whose nonce happens to begin like a head, or one that was altered
        try:
            return self._by_the_file_itself(wrapped, context)
        except WrongKek:
            if version == _FORMAT and generation == max(self._keys) + 1:
                raise KeysAway from None  # made a moment ago: this process will have read it in a few seconds
            raise

    def _by_the_file_itself(self, wrapped: bytes, context: bytes) -> bytes:
        if self._legacy is None:
            raise WrongKek
        return self._legacy.unwrap(wrapped, context)

    def newest(self) -> int:
        """The generation that wraps now: the newest whose time has come in every process."""
        now = clock.now()
        return max(generation for generation, used_from in self._used_from.items() if used_from <= now)

    def _check(self) -> None:
        left = self.seconds_left()
        if left is not None and left <= 0:
            self.wipe()
            raise KeysAway

    def keeper_for(self, keeper: Keeper) -> Keeper:
        """Take charge of a keeper that was opened for a move: closed with the rest."""
        return self._others.setdefault(keeper.name, keeper)

    def keeper_of(self, row: DataKey) -> Keeper:
        if row.keeper == self.keeper.name:
            return self.keeper
        if self._other_keeper is None:
            raise KeeperAway(f"generation {row.generation} is kept by {row.keeper}")
        if row.keeper not in self._others:
            self._others[row.keeper] = self._other_keeper(row.keeper)
        return self._others[row.keeper]


def new_data_key(keeper: Keeper, generation: int, used_from: datetime) -> DataKey:
    return DataKey(
        generation, keeper.name, keeper.wrap(secrets.token_bytes(KEY_BYTES), generation), used_from
    )
