"""What `colloque archive` calls beside the databases: ask, open. Each returns its exit code and says what it did."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from colloque.archive import opening, parts
from colloque.archive.ceremony import Kept, Sheet, beginning
from colloque.envelope.errors import EnvelopeError
from colloque.envelope.item import Author
from colloque.envelope.keys import Place
from colloque.kernel.errors import ColloqueError
from colloque.vault.settings import VaultSettings

type Say = Callable[[str], None]


@dataclass(frozen=True)
class Given:
    """What the vault knows of a practice's records, and its turns for them."""

    records: Sequence[Kept]
    devices: Mapping[Author, bytes] = field(repr=False)
    turns: Mapping[Place, bytes] = field(repr=False)


def ask(settings: VaultSettings, practice: str, typed: Sequence[str], say: Say) -> int:
    async def begin(sheet: Sheet) -> None:
        async with beginning(settings, sheet) as ceremony:
            at = await ceremony.ask()
        say(f"Asked, and written into the ledger. It opens from {at:%d %B %Y %H:%M} UTC on, unless a manager or "
            "practitioner of the practice says no until then.")  # fmt: skip

    return _refused(lambda: asyncio.run(begin(Sheet(practice, parts.combine(typed)))), say)


def open_records(
    settings: VaultSettings,
    practice: str,
    typed: Sequence[str],
    folder: Path,
    *,
    wanted: Sequence[str],
    say: Say,
) -> int:
    """Open some records of the practice, or all of them, into a folder."""

    def begin() -> None:
        sheet = Sheet(practice, parts.combine(typed))
        seeds = opening.seeds_of(practice, sheet.code)
        given = asyncio.run(_ask_turns(settings, sheet, opening.key_of(seeds), wanted))
        for record in given.records:
            found = opening.open_record(record, practice, seeds, given.turns, given.devices)
            for trouble in opening.write(found, folder):
                say(f"{record.kind} {record.id}: {trouble}")
        say(f"{len(given.records)} records opened into {folder}, each with its lines in the ledger.")

    return _refused(begin, say)


async def _ask_turns(settings: VaultSettings, sheet: Sheet, key: bytes, wanted: Sequence[str]) -> Given:
    async with beginning(settings, sheet) as ceremony:
        # Before any turn is asked for: a sheet that was replaced opens nothing, and need leave no lines.
        if await ceremony.newest_key() != key:
            raise opening.NotThisSheet
        records = [one for one in await ceremony.records() if not wanted or one.id in wanted]
        turns = await ceremony.turns([place for record in records for place in record.places()])
        return Given(records, await ceremony.devices(), turns)


def _refused(begin: Callable[[], None], say: Say) -> int:
    try:
        begin()
    except parts.WrongParts as error:
        say(str(error))
    except (opening.NotThisSheet, EnvelopeError):
        say(
            "These parts make a sheet that was replaced, or another practice's: it does not open the practice's key."
        )
    except ColloqueError as error:
        when = f" Not before {error.retry_at:%d %B %Y %H:%M} UTC." if error.retry_at else ""
        say(f"Nothing was opened: {error.public}{when}")
    else:
        return 0
    return 1
