"""The release: the one function that lets V out, in the order of docs/release-cycle.md."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from colloque.kernel.clock import to_wire
from colloque.kernel.encoding import b64u_encode
from colloque.vault import turn
from colloque.vault.batch import Outcome
from colloque.vault.errors import BudgetExhausted, Unwitnessed
from colloque.vault.openings import Opening, check_form
from colloque.vault.statements import Said, take_bytes

if TYPE_CHECKING:
    from colloque.vault.vault import Vault


# Rounds of witnesses that one request waits for, while they answer: each makes room for those before it in the queue.
MOST_ROUNDS = 50


async def release(vault: "Vault", said: Said) -> dict[str, Any]:
    """Answer a release: turns, sealed, and the receipt. Raises the refusal when every opening is refused."""
    # 1. Who asks: the device's signature over the exact bytes, the clock; freezes and revocations again in 2.
    await vault.authenticate(said)
    check_form(said)

    # 2. Relation, 3. budget, 4. line, tree head and budget in one transaction, shared by the batch.
    # A crash in here leaves nothing, or, if the commit was reached, a line nobody profited from.
    outcome = await _submit(vault, said)
    if outcome.error:
        raise outcome.error

    # 5. The lines are durable. Only now does a turn exist outside the key-encryption key's wrapping.
    reply = {"turns": _derive(vault, outcome.openings), "refused": _tell_refused(outcome.openings)}
    sealed = turn.seal_reply(reply, take_bytes(said.body, "reply_key", 32), said.id)
    # A freeze that the request brought about has its line after those of the openings, and is not what was asked for.
    lines = outcome.receipt["lines"][: len(outcome.openings)]
    return {"sealed": b64u_encode(sealed), "receipt": {**outcome.receipt, "lines": lines}}


async def _submit(vault: "Vault", said: Said) -> Outcome:
    """Submit, and wait for the witnesses where they are behind: an idle hour, or a full one, is no reason to refuse."""
    outcome = await vault.desk.submit(said)
    for _ in range(MOST_ROUNDS):
        if not isinstance(outcome.error, Unwitnessed) or not await vault.witnesses.catch_up():
            break
        outcome = await vault.desk.submit(said)
    return outcome


def _derive(vault: "Vault", openings: Sequence[Opening]) -> list[dict[str, Any]]:
    turns = []
    for opening in openings:
        if opening.error:
            continue
        w = opening.wanted
        secret = vault.kek.unwrap(opening.secret, turn.secret_context(w.record))
        value = turn.derive(secret, w.compartment, w.epoch)
        turns.append(
            {"record": w.record, "compartment": w.compartment, "epoch": w.epoch, "turn": b64u_encode(value)}
        )
    return turns


def _tell_refused(openings: Sequence[Opening]) -> list[dict[str, Any]]:
    told = []
    for opening in openings:
        if opening.error:
            entry = {"record": opening.wanted.record, "compartment": opening.wanted.compartment,
                     "error": opening.error.word, "message": opening.error.public}  # fmt: skip
            if opening.error.retry_at:
                entry["retry_at"] = to_wire(opening.error.retry_at)
            if isinstance(opening.error, BudgetExhausted) and opening.error.level:
                entry["level"] = opening.error.level
            told.append(entry)
    return told
