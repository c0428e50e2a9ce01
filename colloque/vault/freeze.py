"""Freezes: they only deny, so they need little; to thaw needs someone else."""

from colloque.vault.agreement import check_two, load_signers, second_of
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Conflict, NotAllowed
from colloque.vault.practices import roles_of
from colloque.vault.statements import Said, take_id, take_word

SCOPES = frozenset({"device", "person", "practice"})


async def service_of(tx: Transaction, person: str) -> str | None:
    row = await tx.one("SELECT name FROM service WHERE person = %s", person)
    return row[0] if row else None


async def check_service(tx: Transaction, said: Said, name: str) -> None:
    if await service_of(tx, said.person) != name:
        raise NotAllowed


async def freeze(tx: Transaction, said: Said) -> Outcome:
    scope, target = take_word(said.body, "scope", SCOPES), take_id(said.body, "target")
    owner = await _owner(tx, scope, target)
    allowed = owner == said.person or await service_of(tx, said.person) in ("web", "operator")
    if not allowed and not await _manages(tx, said.person, scope, owner):
        raise NotAllowed
    line = tx.line(said, "freeze", **_named(scope, target, owner))
    await tx.run("INSERT INTO frozen VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", scope, target, tx.now)
    return Outcome([line])


async def unfreeze(tx: Transaction, said: Said) -> Outcome:
    scope, target = take_word(said.body, "scope", SCOPES), take_id(said.body, "target")
    owner = await _owner(tx, scope, target)
    signers = await load_signers(tx, said)
    if await service_of(tx, said.person) != "operator":
        for signer in signers:
            if owner == signer.person or not await _manages(tx, signer.person, scope, owner):
                raise NotAllowed
        if scope == "practice":
            check_two(signers)
    if not await tx.one("SELECT 1 FROM frozen WHERE scope = %s AND target = %s", scope, target):
        raise Conflict
    agreed = second_of(signers)
    named = _named(scope, target, owner)
    detail = {"scope": scope, **({"agreed": agreed} if agreed else {})}
    line = tx.line(said, "unfreeze", **{**named, "detail": detail})
    await tx.run("DELETE FROM frozen WHERE scope = %s AND target = %s", scope, target)
    return Outcome([line])


async def _owner(tx: Transaction, scope: str, target: str) -> str:
    """The person behind the target, or the practice itself. What nobody has is nobody's to freeze."""
    if scope == "device":
        row = await tx.one("SELECT person FROM device WHERE id = %s", target)
    else:
        row = await tx.one(f"SELECT id FROM {scope} WHERE id = %s", target)  # noqa: S608 – one of three words
    if row is None:
        raise NotAllowed
    return str(row[0])


async def _manages(tx: Transaction, person: str, scope: str, owner: str) -> bool:
    if scope == "practice":
        return "manager" in await roles_of(tx, owner, person)
    row = await tx.one(
        "SELECT 1 FROM membership mine JOIN membership theirs USING (practice) WHERE mine.person = %s "
        "AND 'manager' = ANY(mine.roles) AND mine.ended_at IS NULL "
        "AND theirs.person = %s AND theirs.ended_at IS NULL",
        person, owner,
    )  # fmt: skip
    return row is not None


def _named(scope: str, target: str, owner: str) -> dict[str, object]:
    about = {"practice": owner} if scope == "practice" else {"subject": owner}
    return {"target": target, "detail": {"scope": scope}, **about}
