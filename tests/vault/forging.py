"""What who holds the vault can do: sign any lines with the ledger's own key."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

from colloque.ledger.checkpoint import Signer
from colloque.ledger.line import leaf_hash
from colloque.ledger.merkle import root_of
from colloque.vault import store
from colloque.vault.settings import VaultSettings


def signer_of(settings: VaultSettings) -> Signer:
    async def read() -> Signer:
        async with await store.connect(settings) as connection:
            kek = await store.open_data_keys(connection, settings)
            return (await store.open_keys(connection, kek, settings.origin)).signer

    return asyncio.run(read())


def signed(settings: VaultSettings, lines: Sequence[str]) -> str:
    root = root_of([leaf_hash(line.removesuffix("\n").encode()) for line in lines])
    return signer_of(settings).sign(size=len(lines), root=root)


def read_lines(folder: Path) -> list[str]:
    return (folder / "lines.jsonl").read_text().splitlines(keepends=True)


def forge(settings: VaultSettings, folder: Path, lines: Sequence[str]) -> None:
    """Make the folder an export of these lines instead, that agrees with itself."""
    (folder / "lines.jsonl").write_text("".join(lines))
    (folder / "checkpoint").write_text(signed(settings, lines))
    shutil.rmtree(folder / "tile")
