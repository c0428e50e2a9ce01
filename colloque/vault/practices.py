"""Practices, their key generations, their members and their recovery sheets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from colloque.kernel.encoding import b64u_encode, key_id
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import (
    Conflict,
    Exists,
    Frozen,
    LastManager,
    Malformed,
    NotAllowed,
    NotFound,
    OldGeneration,
)
from colloque.vault.officers import has_office
from colloque.vault.persons import KEM_BYTES
from colloque.vault.statements import Said, take_bytes, take_id, take_number, take_text

SIGNING_BYTES = 32
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
    sheet = _take_sheet(said.body) if "sheet" in said.body else None
    detail = {"generation": 0, "kem_key": b64u_encode(kem), "roles": "manager"} | (
        sheet.detail if sheet else {}
    )
    line = tx.line(said, "practice-created", practice=practice, target=said.person, detail=detail)
    await tx.run("INSERT INTO practice VALUES (%s, 0, %s)", practice, line.seq)
    await tx.run("INSERT INTO practice_generation VALUES (%s, 0, %s, %s)", practice, kem, line.seq)
    await tx.run(
        "INSERT INTO membership VALUES (%s, %s, %s, %s)", practice, said.person, ["manager"], line.seq
    )
    if sheet:
        await _keep_sheet(tx, practice, sheet, line.seq)
    return Outcome([line])


async def change_sheet(tx: Transaction, said: Said) -> Outcome:
    """Another recovery sheet in place of the one before, which opens nothing that is sealed from now on."""
    practice, sheet = take_id(said.body, "practice"), _take_sheet(said.body)
    await check_role(tx, practice, said.person, "manager")
    line = tx.line(said, "practice-sheet", practice=practice, detail=sheet.detail)
    await _keep_sheet(tx, practice, sheet, line.seq)
    return Outcome([line])


async def add_generation(tx: Transaction, said: Said) -> Outcome:
    """Take the next key of a practice, if its seed was sealed to who is a member now, and to nobody else.

    A web server shows the browser whom to seal to: one that hides a departure, adds a reader or keeps an old sheet gets
    no generation, and nobody seals anything to what it was shown.
    """
    practice, kem = take_id(said.body, "practice"), take_bytes(said.body, "kem_key", KEM_BYTES)
    generation = take_number(said.body, "generation", most=2**31 - 1)
    await check_role(tx, practice, said.person, "manager", "practitioner")
    row = await tx.one("SELECT generation FROM practice WHERE id = %s", practice)
    if row is None or generation != row[0] + 1:
        raise Conflict
    await _check_sealed_to(tx, said.body, practice)
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


async def check_newest(tx: Transaction, practice: str, sealed_to: str) -> None:
    """Refuse what was sealed to a key of the practice that is not its newest: one who left may hold that one."""
    row = await tx.one(
        "SELECT g.kem_key FROM practice p JOIN practice_generation g ON g.practice = p.id AND g.generation = p.generation "
        "WHERE p.id = %s",
        practice,
    )
    if row is None or key_id(row[0]) != sealed_to:
        raise OldGeneration


async def _check_sealed_to(tx: Transaction, body: Mapping[str, Any], practice: str) -> None:
    listed = body.get("members")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Malformed("members")
    named = [(take_id(one, "id"), take_text(one, "key_id")) for one in listed]
    members = await tx.all(
        "SELECT p.id, p.kem_key FROM membership m JOIN person p ON p.id = m.person "
        "WHERE m.practice = %s AND m.ended_at IS NULL",
        practice,
    )
    sheet = await newest_sheet(tx, practice)
    is_same = sorted(named) == sorted((person, key_id(kem)) for person, kem in members)
    if not is_same or body.get("sheet_key_id") != (sheet.kem_key_id if sheet else None):
        raise Conflict


@dataclass(frozen=True)
class Sheet:
    kem_key_id: str
    signing_key: bytes

    @property
    def detail(self) -> dict[str, str]:
        return {"sheet": self.kem_key_id, "sheet_key": b64u_encode(self.signing_key)}


def _take_sheet(body: Mapping[str, Any]) -> Sheet:
    told = body.get("sheet")
    if not isinstance(told, dict):
        raise Malformed("sheet")
    kem_key_id = take_text(told, "kem_key_id", most=32)
    if not re.fullmatch(r"[0-9a-f]{32}", kem_key_id):
        raise Malformed("kem_key_id")
    return Sheet(kem_key_id, take_bytes(told, "signing_key", SIGNING_BYTES))


async def newest_sheet(tx: Transaction, practice: str) -> Sheet | None:
    row = await tx.one(
        "SELECT kem_key_id, signing_key FROM practice_sheet WHERE practice = %s ORDER BY seq DESC LIMIT 1",
        practice,
    )
    return Sheet(row[0], bytes(row[1])) if row else None


async def _keep_sheet(tx: Transaction, practice: str, sheet: Sheet, seq: int) -> None:
    await tx.run(
        "INSERT INTO practice_sheet VALUES (%s, %s, %s, %s)",
        practice, sheet.kem_key_id, sheet.signing_key, seq,
    )  # fmt: skip


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
