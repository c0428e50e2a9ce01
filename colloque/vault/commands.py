"""What the command line calls: init, migrate, export, erase. Each returns the sentence to print."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from colloque.kernel.ids import is_id
from colloque.ledger.export import export, export_practice
from colloque.vault import kek, rewrap, store, suggestion
from colloque.vault.client import VaultClient, load
from colloque.vault.errors import VaultError
from colloque.vault.settings import DEFAULT_BUDGETS, UnsafeSetting, VaultSettings, from_env


def init(key_file: Path | None) -> str:
    """Make the key-encryption key; a key that is there stays."""
    if key_file is None:
        return "The vault's keys are kept by OpenBao: no key file is made."
    if kek.make_key_file(key_file):
        return f"Key made: {key_file}. Back it up apart from the database: without it no record opens again."
    kek.open_key_file(key_file)
    return f"There is a key already: {key_file}. It is left as it is."


def migrate(conninfo: str) -> str:
    done = store.migrate(conninfo)
    return "\n".join(f"Applied {name}" for name in done) or "The vault's database is up to date."


def rotate(settings: VaultSettings, say: Callable[[str], None]) -> None:
    asyncio.run(rewrap.rotate(settings, say))


def move_keys(settings: VaultSettings, to: str) -> str:
    moved, name = asyncio.run(rewrap.move(settings, to))
    if not moved:
        return f"All keys of the vault are kept by {name} already."
    return (f"{moved} keys of the vault are now kept by {name}. Start each vault with COLLOQUE_VAULT_KEK={to} before you "
            "take the other keeper's settings away.")  # fmt: skip


def ledger_export(settings: VaultSettings, folder: Path) -> str:
    count = export(settings.database_url, folder, *store.read_export_keys(settings))
    return f"{count} lines written to {folder}. Check them with: python -m colloque.ledger.verify {folder}"


def ledger_export_practice(settings: VaultSettings, folder: Path, practice: str) -> str:
    """Write one practice's lines; raise LookupError, and write nothing, for a practice that the vault does not know."""
    if not is_id(practice) or not _is_practice(settings, practice):
        raise LookupError(f"The vault knows no practice {practice}. Its id stands in the practice's address, "
                          "and on /officer/practices.")  # fmt: skip
    vkey = store.read_vkey(settings)
    count, size, left_out = export_practice(settings.database_url, folder, vkey, practice)
    told = f"{count} of the ledger's {size} lines written to {folder}: those of this practice. "
    if left_out:
        told += (f"{left_out} more are from before patients had names of their practice, and were left out: "
                 "they name patients as every practice's lines did. ")  # fmt: skip
    return told + f"Check them with: python -m colloque.ledger.verify {folder}"


def _is_practice(settings: VaultSettings, practice: str) -> bool:
    with psycopg.connect(settings.database_url) as connection:
        return bool(connection.execute("SELECT 1 FROM practice WHERE id = %s", (practice,)).fetchone())


def budget_suggest(folder: Path | None, practice: str | None) -> str:
    """Propose budgets from an export, or from the ledger of the vault that the settings name."""
    budgets = from_env().budgets if folder is None else DEFAULT_BUDGETS
    lines = _lines_of(folder) if folder else _lines_now(from_env())
    observed = suggestion.observe(lines, practice=practice)
    names = ("practitioner", "secretary", "manager", "practice", *(() if practice else ("platform",)))
    return "\n".join(
        line for name in names for line in suggestion.describe(name, observed.propose(name), budgets[name])
    )


def _lines_of(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / "lines.jsonl").open(encoding="utf-8") as file:
        for row in file:
            line = json.loads(row)
            if "kind" in line:  # what was erased says nothing
                yield line


def _lines_now(settings: VaultSettings) -> Iterator[dict[str, Any]]:
    with psycopg.connect(settings.database_url) as connection, connection.cursor("lines") as cursor:
        for (body,) in cursor.execute("SELECT body FROM ledger_line WHERE body IS NOT NULL ORDER BY seq"):
            yield json.loads(body)


def ledger_erase(
    vault_url: str, key: Path, first: int, last: int, why: str, *, say: Callable[[str], None]
) -> int:
    """Ask the vault, as the operator; return the exit code."""
    try:
        with closing(VaultClient(vault_url, load(key))) as vault:
            vault.erase_lines(first, last, why=why)
    except (VaultError, UnsafeSetting) as error:
        say(f"Nothing was erased: {getattr(error, 'public', None) or error}")
        return 1
    say(
        f"Lines {first} to {last} were erased, but those that publish keys or say what exists. "
        "Exports and backups made before still have them."
    )
    return 0
