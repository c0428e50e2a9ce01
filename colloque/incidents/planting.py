"""A backup that is none, left where a thief would look. Whoever tries what is in it touches the canary that it names.

Nothing in it is true: no name, no key, no address of a machine. Its passphrase never opened anything, and need not: the
refused sign-in is the touch.
"""

import secrets
from pathlib import Path

from colloque.kernel.clock import now
from colloque.kernel.errors import Malformed

DUMP_BYTES = 3_000_000
HEAD = b"PGDMP\x01\x10\x00\x04\x08\x01"  # as pg_dump's own format begins

ACCESS = """Sauvegarde du {day}, faite avant la migration. À SUPPRIMER ENSUITE.

Base web : colloque.dump          pg_restore -d colloque colloque.dump
Base du coffre : vault.dump       pg_restore -d colloque_vault vault.dump
Pièces jointes : blobs/ (non reprises ici)

Accès de secours, si le service est en ligne ({origin}/sign-in) :
    {address}
    {passphrase}
"""


def plant(folder: Path, address: str, origin: str) -> str:
    """Write the files into a folder that is new or empty; return where they are."""
    if "@" not in address or len(address.split()) != 1:
        raise Malformed("address")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Malformed(f"{folder} is not an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "day": f"{now():%d/%m/%Y}",
        "origin": origin,
        "address": address,
        "passphrase": secrets.token_urlsafe(12),
    }
    (folder / "LISEZMOI.txt").write_text(ACCESS.format(**told), encoding="utf-8")
    for name in ("colloque.dump", "vault.dump"):
        (folder / name).write_bytes(HEAD + secrets.token_bytes(DUMP_BYTES + secrets.randbelow(DUMP_BYTES)))
    return f"{folder}: a backup that is none. Leave it beside the true ones, and read nothing of it yourself."
