"""Persons and their devices. No account can replace another's key: an id is registered once."""

from colloque.kernel.encoding import b64u_encode
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Exists, Frozen, Malformed, NotAllowed, NotFound
from colloque.vault.statements import Said, take_bytes, take_id, take_word

IDENTITY_BYTES, KEM_BYTES, DEVICE_BYTES = 32, 1216, 65


async def service_of(tx: Transaction, person: str) -> str | None:
    row = await tx.one("SELECT name FROM service WHERE person = %s", person)
    return row[0] if row else None


async def check_service(tx: Transaction, said: Said, name: str) -> None:
    if await service_of(tx, said.person) != name:
        raise NotAllowed


async def register_person(tx: Transaction, said: Said) -> Outcome:
    kind = take_word(said.body, "kind", frozenset({"patient", "professional"} | tx.vault.local_kinds))
    identity = take_bytes(said.body, "identity_key", IDENTITY_BYTES)
    kem = take_bytes(said.body, "kem_key", KEM_BYTES)
    if await tx.one("SELECT 1 FROM person WHERE id = %s", said.person):
        raise Exists
    detail = {"kind": kind, "identity_key": b64u_encode(identity), "kem_key": b64u_encode(kem)}
    line = tx.line(said, "person-registered", subject=said.person, detail=detail)
    await tx.run("INSERT INTO person VALUES (%s, %s, %s, %s, %s)", said.person, kind, identity, kem, line.seq)
    return Outcome([line])


async def enrol_device(tx: Transaction, said: Said) -> Outcome:
    device, key = take_id(said.body, "new_device"), take_bytes(said.body, "public_key", DEVICE_BYTES)
    if key[0] != 4:
        raise Malformed("public_key")
    if await tx.one("SELECT 1 FROM frozen WHERE scope = 'person' AND target = %s", said.person):
        raise Frozen
    if await tx.one("SELECT 1 FROM device WHERE id = %s", device):
        raise Exists
    detail = {"public_key": b64u_encode(key)}
    line = tx.line(said, "device-enrolled", subject=said.person, detail=detail)
    await tx.run(
        "INSERT INTO device (id, person, public_key, seq) VALUES (%s, %s, %s, %s)",
        device,
        said.person,
        key,
        line.seq,
    )
    return Outcome([line])


async def revoke_device(tx: Transaction, said: Said) -> Outcome:
    target = take_id(said.body, "target")
    row = await tx.one("SELECT person, revoked_at FROM device WHERE id = %s", target)
    if row is None:
        raise NotFound
    if row[0] != said.person:
        raise NotAllowed
    line = tx.line(said, "device-revoked", subject=said.person, target=target)
    await tx.run("UPDATE device SET revoked_at = coalesce(revoked_at, %s) WHERE id = %s", tx.now, target)
    return Outcome([line])
