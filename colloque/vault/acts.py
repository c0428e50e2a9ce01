"""Which function decides which kind of statement. Runs of releases are decided together, in bulk."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import groupby

from colloque.kernel.errors import ColloqueError
from colloque.ledger.append import Written
from colloque.vault import (
    allowances,
    archive,
    assets,
    consultations,
    custody,
    erasure,
    factors,
    freeze,
    grants,
    officers,
    openings,
    persons,
    practices,
    reopening,
    rota,
    service_lines,
    shredding,
    step_up,
)
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Malformed, Unwitnessed
from colloque.vault.ladder import DENYING
from colloque.vault.statements import Said

type Fact = Callable[[Transaction, Said], Awaitable[Outcome]]

FACTS: Mapping[str, Fact] = {
    "person": persons.register_person,
    "device": persons.enrol_device,
    "device-revoke": persons.revoke_device,
    "practice": practices.create_practice,
    "generation": practices.add_generation,
    "sheet": practices.change_sheet,
    "reopen": reopening.reopen_practice,
    "reopen-cancel": reopening.cancel_reopening,
    "member": practices.add_member,
    "member-end": practices.end_member,
    "record": consultations.create_record,
    "request": consultations.request_consultation,
    "take": consultations.take_consultation,
    "transfer": consultations.transfer_consultation,
    "refuse": consultations.refuse_consultation,
    "close": consultations.close_consultation,
    "cancel": consultations.cancel_consultation,
    "appointment": consultations.book_appointment,
    "message": consultations.write_message,
    "messages-read": consultations.read_messages,
    "rota": rota.put_on_rota,
    "absence": rota.note_absence,
    "rota-end": rota.end_entry,
    "capacity": allowances.change_capacity,
    "quota": allowances.approve_quota,
    "passkey": step_up.register_passkey,
    "step-up": step_up.step_up,
    "grant": grants.grant_record,
    "grant-cancel": grants.cancel_grant,
    "erase": shredding.erase_record,
    "erase-withdraw": shredding.withdraw_erasure,
    "custody": custody.hand_over,
    "custody-cancel": custody.cancel_custody,
    "custody-refuse": custody.refuse_custody,
    "archive": archive.ask_archive,
    "archive-cancel": archive.cancel_archive,
    "freeze": freeze.freeze,
    "unfreeze": freeze.unfreeze,
    "officer": officers.appoint,
    "sign-in": service_lines.sign_in,
    "item-lines": service_lines.item_lines,
    "erase-lines": erasure.erase_lines,
    "assets": assets.publish_assets,
    "blind-index": factors.look_up,
    "factors": factors.set_factors,
    "unlock": factors.unlock,
    "factors-end": factors.end_factors,
}


async def act(tx: Transaction, saids: Sequence[Said]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    # A release that no device signed is the archive's: it has no asker, no budget, and comes one at a time.
    for is_release, run in groupby(saids, key=lambda said: said.kind == "release" and said.device != ""):
        if is_release:
            outcomes += await _release_within_sight(tx, list(run))
        else:
            scopes = await freeze.platform_scopes(tx)
            outcomes += [await _act_on_fact(tx, said, scopes) for said in run]
    return outcomes


async def _release_within_sight(tx: Transaction, saids: Sequence[Said]) -> list[Outcome]:
    """Decide those releases whose lines the witnesses are close enough behind for. The others leave no line: asked again,
    the same request is decided then."""
    room, seen = tx.vault.witnesses.room(tx.log.size), []
    for said in saids:
        room -= len(said.body["openings"])  # a line each; its form was checked
        if room < 0:
            break
        seen.append(said)
    outcomes = await openings.decide_all(tx, seen) if seen else []
    return outcomes + [Outcome(error=Unwitnessed()) for _ in saids[len(seen) :]]


async def _act_on_fact(tx: Transaction, said: Said, scopes: frozenset[str]) -> Outcome:
    """Decide one fact. A refusal is raised before anything is written, so there is nothing to undo."""
    try:
        fact = archive.open_by_archive if said.kind == "release" else FACTS.get(said.kind)
        if fact is None:
            raise Malformed("kind")
        if said.device and said.kind != "device":
            await _check_asker(tx, said)
        await freeze.check_platform(tx, said, scopes)
        return await fact(tx, said)
    except ColloqueError as error:
        return Outcome(error=error)


async def _check_asker(tx: Transaction, said: Said) -> None:
    (asker,) = await openings.load_askers(tx, [said])
    error = openings.refusal_of_asker(asker)
    # What only denies stays possible for one who is frozen, so that a thief can't be shielded by the freeze.
    if error and not (said.kind in DENYING and error.word == "frozen"):
        raise error


async def answer_again(tx: Transaction, said: Said, lines: Sequence[Written]) -> Outcome:
    """Answer a retry: what was released is released again, a share is read again, a fact is a fact."""
    if said.kind == "release":
        if not tx.vault.witnesses.room(tx.log.size):
            return Outcome(error=Unwitnessed())
        return await openings.openings_again(tx, lines)
    if said.is_secret:
        return await factors.answer_again(tx, said, lines)
    return Outcome(lines=list(lines))
