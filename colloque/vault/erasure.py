"""Lines past their time lose their bodies: the operator's act, in a line of its own."""

from colloque.kernel.clock import to_wire
from colloque.ledger.erasure import KEPT, WHYS
from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Conflict, LinesKept, Malformed
from colloque.vault.persons import check_service
from colloque.vault.statements import Said, take_number, take_word

MOST_LINES = 10_000  # at once: the log stands still meanwhile
MOST_OF_ONE = 500  # lines of one statement


async def erase_lines(tx: Transaction, said: Said) -> Outcome:
    """Take the bodies of lines `first` to `last`, and what was said of which no line is left.

    Lines must be older than the vault keeps them: a thief with the operator's key can't wipe what they did.
    """
    await check_service(tx, said, "operator")
    first, last = (take_number(said.body, name, most=2**53 - 1) for name in ("first", "last"))
    why = take_word(said.body, "why", WHYS)
    if not first <= last < tx.log.size or last - first >= MOST_LINES:
        raise Malformed("last")
    if (youngest := await _youngest(tx, first, last)) is None:
        raise Conflict
    if youngest > to_wire(tx.now - tx.vault.settings.lines_kept):
        raise LinesKept
    line = tx.line(said, "lines-erased", detail={"first": first, "last": last, "why": why})
    await tx.run("INSERT INTO ledger_erasure (seq, first, last) VALUES (%s, %s, %s)", line.seq, first, last)
    await tx.run(
        "UPDATE ledger_line SET body = NULL, record = NULL, subject = NULL "
        "WHERE seq BETWEEN %s AND %s AND body IS NOT NULL AND body::json->>'kind' <> ALL(%s)",
        first, last, list(KEPT),
    )  # fmt: skip
    await tx.run(
        "UPDATE ledger_statement s SET payload = NULL WHERE payload IS NOT NULL AND lines > 0 "
        "AND first_seq <= %s AND first_seq >= %s AND NOT EXISTS (SELECT FROM ledger_line l WHERE l.body IS NOT NULL "
        "AND l.seq >= s.first_seq AND l.seq < s.first_seq + s.lines)",
        last, first - MOST_OF_ONE,
    )  # fmt: skip
    return Outcome([line])


async def _youngest(tx: Transaction, first: int, last: int) -> str | None:
    """The time of the last line there that can be erased."""
    row = await tx.one(
        "SELECT body::json->>'time' FROM ledger_line WHERE seq BETWEEN %s AND %s AND body IS NOT NULL "
        "AND body::json->>'kind' <> ALL(%s) ORDER BY seq DESC LIMIT 1",
        first, last, list(KEPT),
    )  # fmt: skip
    return row[0] if row else None
