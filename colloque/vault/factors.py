"""Second half of a passphrase: the verifier, the one-time codes, and the share that unlocks with it.

Nothing here can be tried offline from a dump: the verifier is keyed, the rest is wrapped.
"""

import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from colloque.kernel import clock
from colloque.kernel.encoding import b64u_encode, label
from colloque.ledger.append import Written
from colloque.vault import blind_index, totp
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Exists, Frozen, Malformed, NotFound, TooManyTries, WrongSecret
from colloque.vault.persons import check_service
from colloque.vault.statements import Said, take_bytes, take_id, take_text, take_word

KINDS = frozenset({"passphrase", "recovery"})
TRIES_PER_HOUR = 10
HOUR = timedelta(hours=1)


async def set_factors(tx: Transaction, said: Said) -> Outcome:
    await check_service(tx, said, "web")
    subject, method = take_id(said.body, "subject"), take_id(said.body, "method")
    kind = take_word(said.body, "kind", KINDS)
    code_secret = take_bytes(said.body, "totp_secret") if said.body.get("totp_secret") else None
    if code_secret is not None and not 16 <= len(code_secret) <= 64:
        raise Malformed("totp_secret")
    verifier = _verifier(tx, said)
    if not await tx.one("SELECT 1 FROM person WHERE id = %s", subject):
        raise NotFound
    if await tx.one("SELECT 1 FROM factor WHERE subject = %s AND method = %s", subject, method):
        raise Exists
    share = secrets.token_bytes(32)
    line = tx.line(said, "factors", subject=subject, target=method, detail={"kind": kind})
    await tx.run(
        "INSERT INTO factor (subject, method, kind, verifier, totp, share) VALUES (%s, %s, %s, %s, %s, %s)",
        subject, method, kind, verifier,
        tx.vault.kek.wrap(code_secret, factor_context("totp", subject, method)) if code_secret else None,
        tx.vault.kek.wrap(share, factor_context("share", subject, method)),
    )  # fmt: skip
    return Outcome([line], {"share": b64u_encode(share)})


async def unlock(tx: Transaction, said: Said) -> Outcome:
    """Hand out the share to who knows the sign-in secret and the code; each failure has its line."""
    await check_service(tx, said, "web")
    subject, method = take_id(said.body, "subject"), take_id(said.body, "method")
    verifier = _verifier(tx, said)
    network = take_text(said.body, "network", usual="", most=50)
    if await tx.one("SELECT 1 FROM frozen WHERE scope = 'person' AND target = %s", subject):
        raise Frozen
    failures = await tx.all(
        "SELECT at FROM unlock_failure WHERE subject = %s AND at > %s ORDER BY at", subject, tx.now - HOUR
    )
    fields: dict[str, Any] = {"target": method, "network": network}
    if await tx.one("SELECT 1 FROM person WHERE id = %s", subject):
        fields["subject"] = subject
    if len(failures) >= TRIES_PER_HOUR:
        error = TooManyTries(retry_at=failures[-TRIES_PER_HOUR][0] + HOUR)
        return Outcome([tx.line(said, "unlock-refused", outcome=error.word, **fields)], error=error)
    row = await tx.one(
        "SELECT verifier, totp, last_step, share FROM factor WHERE subject = %s AND method = %s",
        subject,
        method,
    )
    step = _check(tx, said, row, verifier)
    if row is None or step is None:
        await tx.run("INSERT INTO unlock_failure VALUES (%s, %s)", subject, tx.now)
        line = tx.line(said, "unlock-refused", outcome=WrongSecret.word, **fields)
        return Outcome([line], error=WrongSecret())
    await tx.run("UPDATE factor SET last_step = %s WHERE subject = %s AND method = %s", step, subject, method)
    line = tx.line(said, "unlock", outcome="allowed", **fields)
    return Outcome([line], {"share": _share(tx, subject, method, row[3])})


async def end_factors(tx: Transaction, said: Said) -> Outcome:
    await check_service(tx, said, "web")
    subject, method = take_id(said.body, "subject"), take_id(said.body, "method")
    if not await tx.one("SELECT 1 FROM factor WHERE subject = %s AND method = %s", subject, method):
        raise NotFound
    line = tx.line(said, "factors-ended", subject=subject, target=method)
    await tx.run("DELETE FROM factor WHERE subject = %s AND method = %s", subject, method)
    return Outcome([line])


async def look_up(tx: Transaction, said: Said) -> Outcome:
    """Give the blind index of an address, so many times an hour for one network."""
    await check_service(tx, said, "web")
    address = take_text(said.body, "address", most=320)
    network = take_text(said.body, "network", usual="", most=50)
    hour = tx.now.replace(minute=0, second=0, microsecond=0)
    row = await tx.one("SELECT count FROM lookup_count WHERE network = %s AND hour = %s", network, hour)
    if row and row[0] >= tx.vault.settings.lookups_per_hour:
        raise TooManyTries(retry_at=hour + HOUR)
    await tx.run("DELETE FROM lookup_count WHERE hour < %s", hour)
    await tx.run(
        "INSERT INTO lookup_count VALUES (%s, %s, 1) "
        "ON CONFLICT (network, hour) DO UPDATE SET count = lookup_count.count + 1",
        network, hour,
    )  # fmt: skip
    return Outcome([tx.line(said, "lookup", network=network)], {"index": _index(tx, address)})


async def answer_again(tx: Transaction, said: Said, lines: Sequence[Written]) -> Outcome:
    """Answer a retry of a statement with a secret; the keyed digest has shown that it is the same."""
    if said.kind == "blind-index":
        return Outcome(list(lines), {"index": _index(tx, take_text(said.body, "address", most=320))})
    word = lines[0].fields.get("outcome", "allowed")
    if word != "allowed":
        return Outcome(list(lines), error=TooManyTries() if word == TooManyTries.word else WrongSecret())
    subject, method = take_id(said.body, "subject"), take_id(said.body, "method")
    row = await tx.one("SELECT share FROM factor WHERE subject = %s AND method = %s", subject, method)
    if row is None:
        return Outcome(list(lines), error=NotFound())
    return Outcome(list(lines), {"share": _share(tx, subject, method, row[0])})


def _check(tx: Transaction, said: Said, row: tuple[Any, ...] | None, verifier: bytes) -> int | None:
    """Return the step to remember as used, or None when anything is wrong."""
    code = take_text(said.body, "totp", usual="", most=10).replace(" ", "")
    if row is None or not hmac.compare_digest(row[0], verifier):
        return None
    if row[1] is None:
        return int(row[2])
    secret = tx.vault.kek.unwrap(row[1], factor_context("totp", said.body["subject"], said.body["method"]))
    # The clock as it is (RFC 6238), not the log's time: that never goes back, and may be ahead after a clock was wrong.
    return totp.match_step(secret, code, now=clock.now(), last_step=row[2])


def _verifier(tx: Transaction, said: Said) -> bytes:
    secret = take_bytes(said.body, "sign_in_secret", 32)
    text = label("colloque/v1/factor", said.body["subject"], said.body["method"], secret)
    return hmac.digest(tx.vault.keys.verifier, text, "sha256")


def _share(tx: Transaction, subject: str, method: str, wrapped: bytes) -> str:
    return b64u_encode(tx.vault.kek.unwrap(wrapped, factor_context("share", subject, method)))


def _index(tx: Transaction, address: str) -> str:
    return blind_index.index_of(tx.vault.keys.blind_index, address).hex()


def factor_context(what: str, subject: str, method: str) -> bytes:
    return label("colloque/v1/kek", what, subject, method)
