"""The archive ceremony beside the vault's database: a practice's sheet asks, waits, and is given the vault's turns.

No member signs and no process serves. What it takes is the vault's database, restored or live, with the keeper of its keys,
and the sheet: whoever runs the platform has the one, the practice keeps the other (docs/adr/0019-archive.md).
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from colloque.envelope import hpke, statement
from colloque.envelope.item import Author
from colloque.envelope.keys import Place
from colloque.envelope.recovery_code import SheetKey
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_decode, b64u_encode
from colloque.kernel.ids import new_id
from colloque.vault.facts import COMPARTMENTS
from colloque.vault.release import release
from colloque.vault.settings import VaultSettings, Witnessing
from colloque.vault.vault import Vault

MOST_AT_ONCE = 25
# What is asked for reaches the vault a moment later.
MARGIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Kept:
    """A record as the vault has it."""

    id: str
    kind: str
    subject: str

    def places(self) -> list[Place]:
        return [Place(self.id, compartment) for compartment in sorted(COMPARTMENTS[self.kind])]


@dataclass(frozen=True)
class Sheet:
    """A practice's sheet, whole again, which speaks for a practice that nobody else speaks for."""

    practice: str
    code: bytes = field(repr=False)

    def say(self, kind: str, **fields: Any) -> dict[str, Any]:
        # Nobody is there to be its author: the practice itself is named.
        body = {"id": new_id(), "at": clock.to_wire(clock.now()), "person": self.practice}
        signer = statement.as_sheet(SheetKey.from_code(self.code))
        return statement.sign(kind, {**body, "practice": self.practice, **fields}, signer)


class Ceremony:
    def __init__(self, vault: Vault, sheet: Sheet) -> None:
        self._vault, self._sheet = vault, sheet

    async def ask(self) -> datetime:
        """Leave the line that starts the wait; return from when on it opens."""
        not_before = clock.now() + self._vault.settings.archive_delay + MARGIN
        said = self._sheet.say("archive", step="ask", not_before=clock.to_wire(not_before))
        await self._vault.say(self._vault.read(said, ""))
        return not_before

    async def records(self) -> list[Kept]:
        """The practice's records that were not erased, files first."""
        rows = await self._all(
            "SELECT id, kind, subject FROM record WHERE practice = %s AND erased_at IS NULL ORDER BY kind DESC, seq",
            self._sheet.practice,
        )
        return [Kept(*row) for row in rows]

    async def turns(self, places: Sequence[Place]) -> dict[Place, bytes]:
        """The vault's turns, each with its line. Raises TooSoon before the wait is over, NotFound when nobody asked."""
        found: dict[Place, bytes] = {}
        for at in range(0, len(places), MOST_AT_ONCE):
            found |= await self._some(places[at : at + MOST_AT_ONCE])
        return found

    async def devices(self) -> Mapping[Author, bytes]:
        """Whose device is whose: what an item's signature is checked against."""
        rows = await self._all("SELECT person, id, public_key FROM device")
        return {Author(person, device): bytes(key) for person, device, key in rows}

    async def newest_key(self) -> bytes:
        """The practice's public key, which the seed on the sheet must be of."""
        ((key,),) = await self._all(
            "SELECT kem_key FROM practice_generation WHERE practice = %s ORDER BY generation DESC LIMIT 1",
            self._sheet.practice,
        )
        return bytes(key)

    async def _some(self, places: Sequence[Place]) -> dict[Place, bytes]:
        private, public = hpke.new_reply_key()
        openings = [
            {"record": one.record, "compartment": one.compartment, "epoch": one.epoch} for one in places
        ]
        said = self._sheet.say("release", openings=openings, purpose="archive", reply_key=b64u_encode(public))
        read = self._vault.read(said, "")
        told = await release(self._vault, read)
        reply = json.loads(hpke.open_reply(private, read.id, b64u_decode(told["sealed"])))
        return {
            Place(one["record"], one["compartment"], one["epoch"]): b64u_decode(one["turn"], length=32)
            for one in reply["turns"]
        }

    async def _all(self, sql: str, *args: Any) -> list[tuple[Any, ...]]:
        async with self._vault.pool.connection() as connection:
            return await (await connection.execute(sql.encode(), args)).fetchall()


@asynccontextmanager
async def beginning(settings: VaultSettings, sheet: Sheet) -> AsyncIterator[Ceremony]:
    """A vault that listens nowhere. Witnesses are not asked: of a restored database there are none, and its lines stand."""
    vault = Vault(replace(settings, witnessing=Witnessing()))
    vault.is_beside = True
    await vault.start()
    try:
        yield Ceremony(vault, sheet)
    finally:
        await vault.stop()
