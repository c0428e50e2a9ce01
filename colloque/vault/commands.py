"""What the command line calls: init, migrate, export, erase. Each returns the sentence to print."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from colloque.ledger.export import export
from colloque.vault import kek, rewrap, store
from colloque.vault.client import VaultClient, load
from colloque.vault.errors import VaultError
from colloque.vault.settings import UnsafeSetting, VaultSettings


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
    count = export(settings.database_url, folder, store.read_vkey(settings))
    return f"{count} lines written to {folder}. Check them with: python -m colloque.ledger.verify {folder}"


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
