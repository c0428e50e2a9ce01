"""Tiles: their names, what is in them, and that only those are believed that a signed root vouches for."""

import hashlib
from functools import cache

import pytest
from aics_tlog.tiles import materialise_tiles, parse_tile_path, tile_path
from hypothesis import given, settings
from hypothesis import strategies as st

from colloque.ledger import line, merkle
from colloque.ledger.tiles import WIDTH, Tile, Trusted, parse, split, tiles_of
from tests.examples import examples

SIZES = (0, 1, 255, 256, 257, 700, 65_536, 66_000)
BODIES = [str(n).encode() for n in range(max(SIZES))]
LEAVES = [line.leaf_hash(body) for body in BODIES]


def made(size: int) -> dict[str, bytes]:
    """All tiles of the first lines, from complete subtrees as the database has them."""
    _, nodes = merkle.grow(merkle.Tree(), LEAVES[:size])
    hashes = {(0, n): leaf for n, leaf in enumerate(LEAVES[:size])} | {
        (n.level, n.index): n.hash for n in nodes
    }
    return {tile.path: b"".join(hashes[place] for place in tile.places) for tile in tiles_of(size)}


@cache
def tree(size: int) -> tuple[dict[str, bytes], bytes]:
    """Its tiles and its root: made where they are asked for, as every worker of a run loads this file."""
    return made(size), merkle.root_of(LEAVES[:size])


@pytest.mark.parametrize("size", SIZES)
def test_the_tiles_of_a_tree_are_those_another_implementation_makes(size: int) -> None:
    theirs = {path: data for path, data in materialise_tiles(BODIES[:size]).items() if "entries" not in path}
    assert {f"tile/{path}": data for path, data in made(size).items()} == theirs


@given(st.integers(0, 5), st.integers(0, 10**10), st.integers(1, WIDTH))
def test_a_path_is_spelled_as_the_specification_spells_it(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    theirs = tile_path(level, index, width if width < WIDTH else None)
    assert f"tile/{tile.path}" == theirs
    assert parse(tile.path) == tile
    assert parse_tile_path(theirs) == (level, index, width if width < WIDTH else None)


@pytest.mark.parametrize(
    "path",
    ["", "0", "0/1", "0/0001", "00/001", "0/x000/001", "0/001.p/0", "0/001.p/256", "0/001.p/01", "0/001.p", "6/000",
     "0/001/", "/0/001", "0/../001", "0/001\n", "entries/000", "0/x1/001", "-1/000", "0/\u0661\u0661\u0661"],
)  # fmt: skip
def test_no_other_spelling_names_a_tile(path: str) -> None:
    assert parse(path) is None


@pytest.mark.parametrize("size", [size for size in SIZES if size])
def test_a_tile_is_believed_when_the_root_vouches_for_it(size: int) -> None:
    tiles = made(size)
    trusted = Trusted(tiles.get, size, merkle.root_of(LEAVES[:size]))
    for seq in {0, size // 2, size - 1}:
        hashes = trusted.hashes(0, seq // WIDTH)
        assert hashes and hashes[seq % WIDTH] == LEAVES[seq]


@settings(max_examples=examples(25))
@given(st.sampled_from([700, 66_000]), st.data())
def test_a_changed_tile_is_not_believed_nor_what_it_alone_vouches_for(size: int, data: st.DataObject) -> None:
    known_tiles, root = tree(size)
    tiles = dict(known_tiles)
    path = data.draw(st.sampled_from(sorted(tiles)))
    at = data.draw(st.integers(0, len(tiles[path]) - 1))
    tiles[path] = tiles[path][:at] + bytes([tiles[path][at] ^ 1]) + tiles[path][at + 1 :]
    trusted = Trusted(tiles.get, size, root)
    changed = parse(path)
    assert changed
    assert trusted.hashes(changed.level, changed.index) is None
    for index in data.draw(st.lists(st.integers(0, size // WIDTH), max_size=5)):
        known = trusted.hashes(0, index)
        assert known is None or list(known) == LEAVES[index * WIDTH : (index + 1) * WIDTH][: len(known)]


def test_without_tiles_nothing_is_believed() -> None:
    assert Trusted({}.get, 700, hashlib.sha256(b"root").digest()).hashes(0, 0) is None
    assert split(b"") == []
