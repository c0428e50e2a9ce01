"""The ledger's public half over HTTP: whoever rebuilds the tree from its tiles gets the root that is signed."""

import asyncio

import aics_tlog

from colloque.ledger import append, checkpoint, merkle
from colloque.ledger.tiles import Tile, split, tiles_of
from colloque.vault import store
from colloque.vault.settings import VaultSettings
from tests.vault.cast import Cast
from tests.vault.forging import signer_of


def write_lines(settings: VaultSettings, count: int) -> None:
    """Make the log longer than a tile, by a process beside the vault."""
    signer = signer_of(settings)

    async def run() -> None:
        async with (
            await store.connect(settings) as connection,
            connection.transaction(),
            connection.cursor() as cursor,
        ):
            log = await append.open_log(cursor, (await append.read_head(cursor)).at)
            for n in range(count):
                log.add({"kind": "lookup", "id": f"{n}"})
            await log.flush(cursor, signer)

    asyncio.run(run())


def test_a_client_that_rebuilds_the_tree_from_tiles_gets_the_signed_root(
    cast: Cast, settings: VaultSettings
) -> None:
    write_lines(settings, 700)
    log = checkpoint.parse_vkey(store.read_vkey(settings))
    answer = cast.http.get("/ledger/checkpoint")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (
        "text/plain; charset=utf-8",
        "no-cache",
    )
    head = checkpoint.read(answer.text, log)
    assert head.size > 700

    leaves: list[bytes] = []
    for tile in tiles_of(head.size):
        told = cast.http.get(f"/ledger/tile/{tile.path}")
        assert (told.status_code, told.headers["content-type"]) == (200, "application/octet-stream")
        assert ("immutable" in told.headers["cache-control"]) == (tile.width == 256)
        leaves += split(told.content) if tile.level == 0 else []
    assert merkle.root_of(leaves) == head.root

    # So does the other implementation, which checks every tile against the root.
    reader = aics_tlog.HttpTileReader([f"{cast.url}/ledger"])
    report = aics_tlog.audit_tiles(reader, head.size, head.root, entries=False)
    assert (report.size, report.tiles) == (head.size, len(list(tiles_of(head.size))))
    note = aics_tlog.parse_note(reader.read_checkpoint())
    assert aics_tlog.verify_checkpoint(note, aics_tlog.parse_vkey(log.to_vkey()), expected_origin=log.name).ok


def test_a_tile_is_the_same_for_ever_and_none_is_there_before_its_time(
    cast: Cast, settings: VaultSettings
) -> None:
    size = checkpoint.read(
        cast.http.get("/ledger/checkpoint").text, checkpoint.parse_vkey(store.read_vkey(settings))
    ).size
    partial, wider = Tile(0, 0, size), Tile(0, 0, size + 1)
    before = cast.http.get(f"/ledger/tile/{partial.path}").content
    for early in (wider, Tile(0, 0), Tile(1, 0, 1)):
        assert cast.http.get(f"/ledger/tile/{early.path}").status_code == 404
    write_lines(settings, 300)
    assert cast.http.get(f"/ledger/tile/{partial.path}").content == before
    assert cast.http.get(f"/ledger/tile/{Tile(0, 0).path}").content.startswith(before)
    assert cast.http.get(f"/ledger/tile/{Tile(1, 0, 1).path}").status_code == 200


def test_entries_are_not_public_and_nothing_else_is_there(cast: Cast) -> None:
    for path in ("tile/entries/000", "tile/entries/000.p/1", "tile/0/0", "tile/9/000", "lines", "tile/"):
        assert cast.http.get(f"/ledger/{path}").status_code == 404
    assert cast.http.post("/ledger/checkpoint").status_code == 405
