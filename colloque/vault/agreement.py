"""What takes two people: one statement that a device of each has signed (docs/spec/key-release.md, "Two people").

The first signs and hands the envelope on; the second reads the same bytes, adds a signature of their own and says it.
Nothing waits in the vault meanwhile: half an agreement is worth nothing to whoever finds it, and it ends by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from colloque.vault import statements
from colloque.vault.batch import Transaction
from colloque.vault.errors import BadSignature, DeviceRevoked, Expired, Frozen, NeedsSecond, UnknownDevice
from colloque.vault.statements import LASTS, Said, other_devices, take_time


@dataclass(frozen=True)
class Signer:
    """One who signed, as they stand in this transaction."""

    person: str
    device: str
    is_revoked: bool = False
    is_frozen: bool = False


def check_time(said: Said, *, now: datetime, window: timedelta) -> None:
    """Refuse one who is alone outside the clock's window, and two once their agreement has ended.

    `until` is signed by both: who keeps the envelope back can't make it last.
    """
    if not other_devices(said):
        statements.check_clock(said, now=now, window=window)
        return
    until = take_time(said.body, "until")
    if not (said.at - window <= now <= until <= said.at + LASTS):
        raise Expired(now=now)


def check_signers(signers: Sequence[Signer]) -> None:
    """Refuse a statement of which one signer may say nothing now: an agreement is as good as the worse of the two."""
    if any(signer.is_revoked for signer in signers):
        raise DeviceRevoked
    if any(signer.is_frozen for signer in signers):
        raise Frozen


def check_two(signers: Sequence[Signer]) -> None:
    """Refuse one person alone, with however many devices."""
    if len({signer.person for signer in signers}) < 2:
        raise NeedsSecond


def check_device(said: Said, device: str, public_key: bytes) -> None:
    if not said.statement.is_signed_by_device(device, public_key):
        raise BadSignature


async def load_signers(tx: Transaction, said: Said) -> list[Signer]:
    """Everyone who signed, the author first; raises what check_signers refuses. Whether it takes two, the act says."""
    devices = [said.device, *other_devices(said)]
    rows = await tx.all(
        "SELECT d.id, d.person, d.revoked_at IS NOT NULL, EXISTS (SELECT FROM frozen f WHERE "
        "(f.scope, f.target) IN (('device', d.id), ('person', d.person))) FROM device d WHERE d.id = ANY(%s::uuid[])",
        devices,
    )
    found = {device: Signer(person, device, revoked, frozen) for device, person, revoked, frozen in rows}
    if len(found) < len(devices):
        raise UnknownDevice
    signers = [found[device] for device in devices]
    check_signers(signers)
    return signers


def second_of(signers: Sequence[Signer]) -> str | None:
    """The other person, as the line's detail names them (`agreed`): the verifier looks for their signature by it."""
    return next((signer.person for signer in signers if signer.person != signers[0].person), None)
