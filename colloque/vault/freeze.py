"""Freezes: they only deny, so they need little; to lift one takes someone else, and above an account two."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from colloque.vault import ladder
from colloque.vault.agreement import Signer, check_two, load_signers, second_of
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Conflict, NotAllowed
from colloque.vault.ladder import OF_PLATFORM, OF_PRACTICE, PLATFORM, SCOPES, Lifter
from colloque.vault.officers import has_office, is_officer
from colloque.vault.persons import service_of
from colloque.vault.practices import roles_of
from colloque.vault.statements import Said, take_id, take_word


async def platform_scopes(tx: Transaction) -> frozenset[str]:
    return frozenset(s for (s,) in await tx.all("SELECT scope FROM frozen WHERE target = %s", PLATFORM))


async def check_platform(tx: Transaction, said: Said, scopes: AbstractSet[str]) -> None:
    if not scopes:
        return
    named = said.kind == "device" and await has_office(tx, said.person)
    if error := ladder.refuse_statement(scopes, said.kind, is_officer=named):
        raise error


async def freeze(tx: Transaction, said: Said) -> Outcome:
    scope, target = _take(said)
    owner = await _owner(tx, scope, target)
    is_manager = scope not in OF_PLATFORM and await _manages(tx, said.person, scope, owner)
    speaks_for_all = await service_of(tx, said.person) in ("web", "operator")
    if not (is_manager or owner == said.person or speaks_for_all or await has_office(tx, said.person)):
        raise NotAllowed
    line = tx.line(said, "freeze", **_named(scope, target, owner))
    # Frozen by its managers and then by an officer: lifting asks for the more.
    await tx.run(
        "INSERT INTO frozen (scope, target, at, needs_officer) VALUES (%s, %s, %s, %s) ON CONFLICT (scope, target) "
        "DO UPDATE SET needs_officer = frozen.needs_officer OR excluded.needs_officer",
        scope, target, tx.now, not is_manager,
    )  # fmt: skip
    return Outcome([line])


async def unfreeze(tx: Transaction, said: Said) -> Outcome:
    scope, target = _take(said)
    owner = await _owner(tx, scope, target)
    signers = await load_signers(tx, said)
    lifters = [await _lifter(tx, signer, scope, owner) for signer in signers]
    row = await tx.one("SELECT needs_officer FROM frozen WHERE scope = %s AND target = %s", scope, target)
    ladder.check_lifters(scope, lifters, needs_officer=row is None or row[0])
    if ladder.takes_two(scope, lifters):
        check_two(signers)
    if row is None:
        raise Conflict
    line = tx.line(said, "unfreeze", **_named(scope, target, owner, signers))
    await tx.run("DELETE FROM frozen WHERE scope = %s AND target = %s", scope, target)
    return Outcome([line])


def _take(said: Said) -> tuple[str, str]:
    scope = take_word(said.body, "scope", SCOPES)
    return scope, PLATFORM if scope in OF_PLATFORM else take_id(said.body, "target")


async def _owner(tx: Transaction, scope: str, target: str) -> str:
    """The person behind the target, or the practice itself. What nobody has is nobody's to freeze."""
    if scope in OF_PLATFORM:
        return PLATFORM
    table, column = {"device": ("device", "person"), "person": ("person", "id")}.get(
        scope, ("practice", "id")
    )
    row = await tx.one(f"SELECT {column} FROM {table} WHERE id = %s", target)  # noqa: S608 – words of ours
    if row is None:
        raise NotAllowed
    return str(row[0])


async def _lifter(tx: Transaction, signer: Signer, scope: str, owner: str) -> Lifter:
    return Lifter(
        is_officer=await is_officer(tx, signer.person),
        is_manager=scope not in OF_PLATFORM and await _manages(tx, signer.person, scope, owner),
        is_target=signer.person == owner,
    )


async def _manages(tx: Transaction, person: str, scope: str, owner: str) -> bool:
    if scope in OF_PRACTICE:
        return "manager" in await roles_of(tx, owner, person)
    row = await tx.one(
        "SELECT 1 FROM membership mine JOIN membership theirs USING (practice) WHERE mine.person = %s "
        "AND 'manager' = ANY(mine.roles) AND mine.ended_at IS NULL "
        "AND theirs.person = %s AND theirs.ended_at IS NULL",
        person, owner,
    )  # fmt: skip
    return row is not None


def _named(scope: str, target: str, owner: str, signers: Sequence[Signer] = ()) -> dict[str, Any]:
    about = (
        {"practice": owner} if scope in OF_PRACTICE else {"subject": owner} if scope in ladder.OF_ONE else {}
    )
    agreed = second_of(signers) if signers else None
    return {"target": target, "detail": {"scope": scope, **({"agreed": agreed} if agreed else {})}, **about}
