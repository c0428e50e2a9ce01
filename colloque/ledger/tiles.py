"""The tree in tiles (C2SP tlog-tiles): their paths, what is in each, and which of them a signed root vouches for. Pure.

tile/<L>/<N>         256 hashes; at level 0 leaf hashes, at level L the roots of the full tiles below
tile/<L>/<N>.p/<W>   the rightmost tile of its level, W < 256 hashes
<N>                  three digits at a time, all groups but the last behind an `x`: 1234067 is x001/x234/067

Hash i of tile (L, N) is the complete subtree (8·L, 256·N + i) of `merkle`: tiles are another way to read what is stored.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from colloque.ledger import merkle

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH_BYTES = 32
MOST_LEVEL = 5  # 2^48 lines; a tile above holds nothing that any log of ours will have
_PATH = re.compile(r"([0-9])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")

type Read = Callable[[str], bytes | None]


@dataclass(frozen=True)
class Tile:
    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it is served, below `tile/`."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        index = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        return f"{self.level}/{index}" + (f".p/{self.width}" if self.width < WIDTH else "")

    @property
    def places(self) -> list[merkle.Place]:
        first = self.index * WIDTH
        return [(self.level * HEIGHT, first + i) for i in range(self.width)]


def parse(path: str) -> Tile | None:
    """Read a path below `tile/`; None for any other spelling of it, so that each tile has one address."""
    matched = _PATH.fullmatch(path)
    if matched is None:
        return None
    level, index = int(matched[1]), int(matched[2].replace("x", "").replace("/", ""))
    tile = Tile(level, index, int(matched[3]) if matched[3] else WIDTH)
    return tile if level <= MOST_LEVEL and tile.path == path else None


def tiles_of(size: int) -> Iterator[Tile]:
    """Name the tiles of a tree: full ones, and at each level the partial one at its right edge."""
    for level in range(MOST_LEVEL + 1):
        hashes = size >> (level * HEIGHT)
        yield from (Tile(level, index) for index in range(hashes // WIDTH))
        if hashes % WIDTH:
            yield Tile(level, hashes // WIDTH, hashes % WIDTH)


def split(data: bytes) -> list[bytes]:
    return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]


class Trusted:
    """Tiles from anywhere, of which only those are believed that a signed root vouches for."""

    def __init__(self, read: Read, size: int, root: bytes) -> None:
        self._read, self.size = read, size
        self._held: dict[tuple[int, int], list[bytes] | None] = {}
        self._edge = self._read_edge(root)

    def hashes(self, level: int, index: int) -> Sequence[bytes] | None:
        """The tile's hashes as the root vouches for them; None where no tile, or a wrong one, was there."""
        full = self.size >> (HEIGHT * (level + 1))
        if index >= full:
            return self._edge.get(level) if index == full else None
        if (level, index) not in self._held:
            self._held[level, index] = self._read_full(level, index)
        return self._held[level, index]

    def root_of(self, level: int, index: int) -> bytes | None:
        """The root of a full tile, as the tile above has it."""
        above = self.hashes(level + 1, index // WIDTH)
        return above[index % WIDTH] if above and index % WIDTH < len(above) else None

    def forget(self, level: int, index: int) -> None:
        self._held.pop((level, index), None)

    def _read_full(self, level: int, index: int) -> list[bytes] | None:
        expected = self.root_of(level, index)
        data = self._read(Tile(level, index).path) if expected else None
        if data is None or len(data) != WIDTH * HASH_BYTES:
            return None
        hashes = split(data)
        return hashes if merkle.root_of(hashes) == expected else None

    def _read_edge(self, root: bytes) -> dict[int, list[bytes]]:
        edge: dict[int, list[bytes]] = {}
        peaks: list[bytes] = []
        for level in range(MOST_LEVEL, -1, -1):
            hashes = self.size >> (level * HEIGHT)
            if not (width := hashes % WIDTH):
                continue
            data = self._read(Tile(level, hashes // WIDTH, width).path)
            if data is None or len(data) != width * HASH_BYTES:
                return {}
            edge[level] = split(data)
            peaks += merkle.grow(merkle.Tree(), edge[level])[0].peaks
        return edge if peaks and merkle.fold(peaks) == root else {}
