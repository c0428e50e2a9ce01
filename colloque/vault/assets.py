"""Which code is served: each release's asset manifest is published as a line, before a watcher or a browser asks for it."""

import re

from colloque.vault.batch import Outcome, Transaction
from colloque.vault.errors import Malformed
from colloque.vault.persons import check_service
from colloque.vault.statements import Said, take_number, take_text

_HASH = re.compile(r"[0-9a-f]{64}")


async def publish_assets(tx: Transaction, said: Said) -> Outcome:
    """Write the manifest's hash; nothing where the newest line says it already, so that every start may tell it again."""
    await check_service(tx, said, "web")
    manifest = take_text(said.body, "manifest", most=64)
    if not _HASH.fullmatch(manifest):
        raise Malformed("manifest")
    detail = {
        "manifest": manifest,
        "version": take_text(said.body, "version", most=40),
        "files": take_number(said.body, "files"),
    }
    newest = await tx.one("SELECT hash FROM asset_manifest ORDER BY seq DESC LIMIT 1")
    if newest is not None and bytes(newest[0]).hex() == manifest:
        return Outcome()
    line = tx.line(said, "assets-published", detail=detail)
    await tx.run("INSERT INTO asset_manifest (seq, hash) VALUES (%s, %s)", line.seq, bytes.fromhex(manifest))
    return Outcome([line])
