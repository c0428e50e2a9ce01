"""The running vault: its keys, its database, its desk, and who it takes a statement from."""

import asyncio
import contextlib
import logging
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import PoolTimeout

from colloque.kernel import clock
from colloque.vault import agreement, store
from colloque.vault.acts import act, answer_again
from colloque.vault.batch import Batches, Outcome
from colloque.vault.data_keys import DataKeys
from colloque.vault.desk import Desk
from colloque.vault.errors import BadSignature, ClockOff, Malformed, UnknownDevice
from colloque.vault.keeper import KeeperAway, KeeperRefuses
from colloque.vault.ladder import AT_ONCE
from colloque.vault.pseudonyms import Pseudonyms
from colloque.vault.settings import UnsafeSetting, VaultSettings
from colloque.vault.statements import (
    BY_IDENTITY,
    BY_SHEET,
    Said,
    check_device,
    check_identity,
    check_signers,
    other_devices,
    read,
    take_bytes,
)
from colloque.vault.witnesses import Witnesses

logger = logging.getLogger(__name__)


class Vault:
    keys: store.Keys
    kek: DataKeys
    pseudonyms: Pseudonyms
    # Kinds of person that may register here besides the usual: `service` only beside the database, never over HTTP.
    local_kinds: frozenset[str] = frozenset()
    # Whether a practice's sheet may speak alone: beside the database, never over HTTP.
    is_beside: bool = False

    def __init__(self, settings: VaultSettings) -> None:
        self.settings = settings
        self.pool = store.make_pool(settings.database_url)
        batches = Batches(self, self.pool, act, answer_again)
        self.desk = Desk(batches, size=settings.batch_size, first=AT_ONCE, heartbeat=settings.heartbeat)
        self.witnesses = Witnesses(self.pool, settings.witnessing, clock_window=settings.clock_window)
        # A device's person and key never change once enrolled; revocation is read in each transaction.
        self._devices: dict[str, tuple[str, bytes]] = {}

    async def start(self) -> None:
        store.migrate(self.settings.database_url)
        await self.pool.open()
        async with self.pool.connection() as connection:
            self.kek = await store.open_data_keys(connection, self.settings)
            self.keys = await store.open_keys(connection, self.kek, self.settings.origin)
        self.pseudonyms = Pseudonyms(self.keys.pseudonyms)
        await self.witnesses.start(self.keys.signer)
        self.desk.start()
        self._stopping = asyncio.Event()
        self._keeping = asyncio.create_task(self._keep_keys())

    async def stop(self) -> None:
        self._stopping.set()
        await (
            self._keeping
        )  # not cancelled: a question to the keeper is answered in a thread, which would go on
        self.kek.close()
        await self.witnesses.stop()
        await self.desk.stop()
        await self.pool.close()

    async def _keep_keys(self) -> None:
        """Ask the keeper again and again: for generations that are new, and whether this vault is still trusted."""
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self.settings.kek_refresh)
                return
            try:
                async with self.pool.connection() as connection:
                    rows = await store.read_data_keys(connection)
                await asyncio.to_thread(self.kek.read, rows)
            except KeeperRefuses as error:
                logger.error("The keeper of the vault's keys refuses: nothing is released. %s", error)  # noqa: TRY400
            except (KeeperAway, UnsafeSetting, psycopg.Error, PoolTimeout) as error:
                left = self.kek.seconds_left()
                logger.warning("The vault's keys could not be read again (%s); releases go on for %s.", error,
                               "ever" if left is None else f"{left:.0f} s")  # fmt: skip

    def read(self, envelope: object, network: str) -> Said:
        return read(envelope, network=network, digest_key=self.keys.verifier)

    async def authenticate(self, said: Said) -> None:
        """Check signature, then clock: only who proved to be the device is told the vault's time."""
        check_signers(said)
        if said.kind == "person":
            check_identity(said, take_bytes(said.body, "identity_key", 32))
        elif said.kind == "device":
            check_device(said, take_bytes(said.body, "public_key", 65))
            check_identity(said, await self._identity_key(said.person))
            if said.device != said.body.get("new_device"):
                raise Malformed("device")
        elif not said.device and said.kind in BY_SHEET:
            if not self.is_beside:  # whose sheet it is, the transaction checks
                raise BadSignature
        elif not said.device:
            if said.kind not in BY_IDENTITY:
                raise BadSignature
            check_identity(said, await self._identity_key(said.person))
        else:
            person, public_key = await self._device(said.device)
            if person != said.person:
                raise BadSignature
            check_device(said, public_key)
            for other in other_devices(said):
                agreement.check_device(said, other, (await self._device(other))[1])
        agreement.check_time(said, now=clock.now(), window=self.settings.clock_window)

    async def say(self, said: Said) -> Outcome:
        """Take a statement of fact: authenticated, written down, then answered."""
        try:
            await self.authenticate(said)
        except ClockOff:
            # What is written down stays so: the web may ask hours later how a fact went whose answer it lost.
            if said.is_secret or not await self._is_written(said):
                raise
        outcome = await self.desk.submit(said)
        if outcome.error:
            raise outcome.error
        return outcome

    async def _is_written(self, said: Said) -> bool:
        row = await self._one("SELECT digest FROM ledger_statement WHERE id = %s", said.id)
        return row is not None and bytes(row[0]) == said.digest

    async def _identity_key(self, person: str) -> bytes:
        row = await self._one("SELECT identity_key FROM person WHERE id = %s", person)
        if row is None:
            raise UnknownDevice
        return bytes(row[0])

    async def _device(self, device: str) -> tuple[str, bytes]:
        if device not in self._devices:
            row = await self._one("SELECT person, public_key FROM device WHERE id = %s", device)
            if row is None:
                raise UnknownDevice
            self._devices[device] = (row[0], bytes(row[1]))
        return self._devices[device]

    async def _one(self, sql: str, *args: Any) -> tuple[Any, ...] | None:
        connection: AsyncConnection[tuple[Any, ...]]
        async with self.pool.connection() as connection:
            cursor = await connection.execute(sql.encode(), args)
            return await cursor.fetchone()
