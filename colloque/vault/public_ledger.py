"""The ledger as C2SP tlog-tiles serves one, for anyone: the checkpoint and the hashes. Entries are not public (ADR 0013)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from colloque.ledger import tiles
from colloque.ledger.append import read_head
from colloque.ledger.stored import read_tile
from colloque.vault.errors import NotFound
from colloque.vault.vault import Vault
from colloque.vault.views import answering, reading
from colloque.vault.witnesses import read_witnessed

FULL = "public, max-age=31536000, immutable"
PARTIAL = "public, max-age=3600"  # it never changes either, but is asked for once, until the next


@answering
async def checkpoint(request: Request, vault: Vault) -> Any:
    """What enough witnesses cosigned: whoever mirrors the tiles is shown no head that they have not seen."""
    note = await read_witnessed(vault.pool) if vault.settings.witnessing.witnesses else None
    if note is None:
        async with reading(vault) as cursor:
            note = (await read_head(cursor)).note
    return PlainTextResponse(note, headers={"Cache-Control": "no-cache"})


@answering
async def tile(request: Request, vault: Vault) -> Any:
    asked = tiles.parse(request.path_params["path"])
    if asked is None:
        raise NotFound
    async with reading(vault) as cursor:
        data = await read_tile(cursor, asked)
    if data is None:
        raise NotFound
    cached = FULL if asked.width == tiles.WIDTH else PARTIAL
    return Response(data, media_type="application/octet-stream", headers={"Cache-Control": cached})
