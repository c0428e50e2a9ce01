"""Tiles out of the database: leaves and complete subtrees lie there already, a tile is a row of them."""

from typing import Any

from colloque.ledger.append import Cursor
from colloque.ledger.tiles import HASH_BYTES, Tile


def query(tile: Tile) -> tuple[str, tuple[Any, ...]]:
    """SQL that gives the tile's hashes in order, and its arguments."""
    level, first = tile.places[0]
    if tile.level == 0:
        return "SELECT leaf FROM ledger_line WHERE seq >= %s AND seq < %s ORDER BY seq", (
            first,
            first + tile.width,
        )
    return (
        "SELECT hash FROM ledger_node WHERE level = %s AND index >= %s AND index < %s ORDER BY index",
        (level, first, first + tile.width),
    )


async def read_tile(cursor: Cursor, tile: Tile) -> bytes | None:
    """The tile's bytes; None unless all its hashes are there, for a tile never changes once it was served."""
    sql, arguments = query(tile)
    await cursor.execute(sql.encode(), arguments)
    data = b"".join(digest for (digest,) in await cursor.fetchall())
    return data if len(data) == tile.width * HASH_BYTES else None
