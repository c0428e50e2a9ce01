"""Practices, their key generations and their members."""

from collections.abc import Mapping
from typing import Any

from colloque.kernel.encoding import b64u_encode, key_id
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Conflict, Exists, Frozen, LastManager, Malformed, NotAllowed, NotFound
from colloque.vault.officers import has_office
from colloque.vault.persons import KEM_BYTES
from colloque.vault.statements import Said, take_bytes, take_id, take_number, take_text

ROLES = frozenset({"practitioner", "secretary", "manager"})


async def roles_of(tx: Transaction, practice: str | None, person: str) -> frozenset[str]:
    """Return the roles that a person has now in a practice; none when the membership has ended."""
    row = await tx.one(
        "SELECT roles FROM membership WHERE practice = %s AND person = %s AND ended_at IS NULL",
        practice,
        person,
    )
    return frozenset(row[0]) if row else frozenset()


async def check_role(tx: Transaction, practice: str | None, person: str, *roles: str) -> None:
    """Refuse who has none of the roles, and everyone while the practice is frozen."""
    if (await roles_of(tx, practice, person)).isdisjoint(roles):
        raise NotAllowed
    if await tx.one("SELECT 1 FROM frozen WHERE scope = 'practice' AND target = %s", practice):
        raise Frozen


async def create_practice(tx: Transaction, said: Said) -> Outcome:
    practice, kem = take_id(said.body, "practice"), take_bytes(said.body, "kem_key", KEM_BYTES)
    if take_number(said.body, "generation") != 0:
        raise Malformed("generation")
    author = await tx.one("SELECT kind FROM person WHERE id = %s", said.person)
    if author is None or author[0] != "professional":
        raise NotAllowed
    if await tx.one("SELECT 1 FROM practice WHERE id = %s", practice):
        raise Exists
    detail: Mapping[str, Any] = {"generation": 0, "kem_key": b64u_encode(kem), "roles": "manager"}
    line = tx.line(said, "practice-created", practice=practice, target=said.person, detail=detail)
    await tx.run("INSERT INTO practice VALUES (%s, 0, %s)", practice, line.seq)
    await tx.run("INSERT INTO practice_generation VALUES (%s, 0, %s, %s)", practice, kem, line.seq)
    await tx.run(
        "INSERT INTO membership VALUES (%s, %s, %s, %s)", practice, said.person, ["manager"], line.seq
    )
    return Outcome([line])


async def add_generation(tx: Transaction, said: Said) -> Outcome:
    practice, kem = take_id(said.body, "practice"), take_bytes(said.body, "kem_key", KEM_BYTES)
    generation = take_number(said.body, "generation", most=2**31 - 1)
    await check_role(tx, practice, said.person, "manager", "practitioner")
    row = await tx.one("SELECT generation FROM practice WHERE id = %s", practice)
    if row is None or generation != row[0] + 1:
        raise Conflict
    detail = {"generation": generation, "kem_key": b64u_encode(kem)}
    line = tx.line(said, "practice-generation", practice=practice, detail=detail)
    await tx.run(
        "INSERT INTO practice_generation VALUES (%s, %s, %s, %s)", practice, generation, kem, line.seq
    )
    await tx.run("UPDATE practice SET generation = %s WHERE id = %s", generation, practice)
    return Outcome([line])


async def add_member(tx: Transaction, said: Said) -> Outcome:
    """Join a person, or change their roles."""
    practice, member = take_id(said.body, "practice"), take_id(said.body, "member")
    roles = _take_roles(said.body)
    await check_role(tx, practice, said.person, "manager")
    row = await tx.one("SELECT kind, kem_key FROM person WHERE id = %s", member)
    if row is None:
        raise NotFound
    if await has_office(tx, member):
        raise Conflict
    # The manager says which key they checked: a directory that shows them another one is caught here.
    if row[0] != "professional" or key_id(row[1]) != take_text(said.body, "kem_key_id"):
        raise Conflict
    if "manager" not in roles:
        await _check_not_last_manager(tx, practice, member)
    detail = {"roles": " ".join(roles), "kem_key_id": key_id(row[1])}
    line = tx.line(said, "member-joined", practice=practice, target=member, detail=detail)
    await tx.run(
        "INSERT INTO membership VALUES (%s, %s, %s, %s) ON CONFLICT (practice, person) "
        "DO UPDATE SET roles = excluded.roles, seq = excluded.seq, ended_at = NULL",
        practice, member, roles, line.seq,
    )  # fmt: skip
    return Outcome([line])


async def end_member(tx: Transaction, said: Said) -> Outcome:
    """End a membership: what the member could open by it is shut when this transaction commits."""
    practice, member = take_id(said.body, "practice"), take_id(said.body, "member")
    if member != said.person and "manager" not in await roles_of(tx, practice, said.person):
        raise NotAllowed
    if not await roles_of(tx, practice, member):
        raise NotFound
    await _check_not_last_manager(tx, practice, member)
    line = tx.line(said, "member-left", practice=practice, target=member)
    await tx.run(
        "UPDATE membership SET ended_at = %s WHERE practice = %s AND person = %s", tx.now, practice, member
    )
    await tx.run("DELETE FROM rota WHERE practice = %s AND person = %s", practice, member)
    await tx.run("DELETE FROM absence WHERE practice = %s AND %s IN (person, replacement)", practice, member)
    await tx.run(
        "UPDATE quota SET ends_at = least(ends_at, %s) WHERE practice = %s AND person = %s",
        tx.now, practice, member,
    )  # fmt: skip
    # One who is a member nowhere any more has no browser that counts: whoever holds one signs in anew, as anyone would.
    await tx.run(
        "UPDATE device SET revoked_at = coalesce(revoked_at, %s) WHERE person = %s AND NOT EXISTS "
        "(SELECT FROM membership m WHERE m.person = device.person AND m.ended_at IS NULL)",
        tx.now, member,
    )  # fmt: skip
    return Outcome([line])


async def _check_not_last_manager(tx: Transaction, practice: str, member: str) -> None:
    managers = await tx.all(
        "SELECT person FROM membership WHERE practice = %s AND ended_at IS NULL AND 'manager' = ANY(roles)",
        practice,
    )
    if managers == [(member,)]:
        raise LastManager


def _take_roles(body: Mapping[str, Any]) -> list[str]:
    roles = body.get("roles")
    if not isinstance(roles, list) or not roles or not all(isinstance(r, str) and r in ROLES for r in roles):
        raise Malformed("roles")
    return sorted(set(roles))
