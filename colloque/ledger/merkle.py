"""The Merkle tree of RFC 6962 section 2.1: roots, growth, inclusion and consistency proofs. Pure.

Only complete subtrees are ever stored, each named by (level, index): level 0 are the leaves, and node
(l, i) covers leaves i·2^l up to (i+1)·2^l. They never change, so proofs against any size can be made
later from them. A tree that grows is its size and its peaks: the roots of its complete subtrees.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

type Place = tuple[int, int]
type Span = tuple[int, int]

EMPTY_ROOT = hashlib.sha256(b"").digest()


@dataclass(frozen=True)
class Node:
    level: int
    index: int
    hash: bytes


@dataclass(frozen=True)
class Tree:
    """Size and peaks, from the largest complete subtree to the smallest."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def root(self) -> bytes:
        return fold(self.peaks) if self.peaks else EMPTY_ROOT

    def peak_places(self) -> list[Place]:
        return cover(0, self.size)


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Join complete subtrees, largest first, into the root over them all."""
    joined = hashes[-1]
    for left in reversed(hashes[:-1]):
        joined = node_hash(left, joined)
    return joined


def grow(tree: Tree, leaves: Iterable[bytes]) -> tuple[Tree, list[Node]]:
    """Append leaf hashes; return the new tree and the inner nodes that became complete."""
    size, peaks, nodes = tree.size, list(tree.peaks), []
    for leaf in leaves:
        level, joined = 0, leaf
        while size >> level & 1:
            joined = node_hash(peaks.pop(), joined)
            level += 1
            nodes.append(Node(level, size >> level, joined))
        peaks.append(joined)
        size += 1
    return Tree(size, tuple(peaks)), nodes


class Growing:
    """A tree of which only the head is wanted: what `grow` does, without naming the nodes."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        # Joined as a binary number counts: written out, for this is what an auditor's hour is made of.
        sha256, peaks, size = hashlib.sha256, self._peaks, self.size
        for leaf in leaves:
            joined, carry = leaf, size
            while carry & 1:
                joined = sha256(b"\x01" + peaks.pop() + joined).digest()
                carry >>= 1
            peaks.append(joined)
            size += 1
        self.size = size

    def root(self) -> bytes:
        return fold(self._peaks) if self._peaks else EMPTY_ROOT


def root_of(leaves: Iterable[bytes]) -> bytes:
    tree = Growing()
    tree.extend(leaves)
    return tree.root()


def cover(start: int, end: int) -> list[Place]:
    """Name the complete subtrees that make up leaves [start, end), largest first; `start` is aligned."""
    places = []
    while start < end:
        level = (end - start).bit_length() - 1
        places.append((level, start >> level))
        start += 1 << level
    return places


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Name the subtrees whose hashes prove that leaf `index` is in the tree of `size`, leaf to root.

    Inside the complete subtree that holds the leaf these are the neighbours on the way up; then what is to its right,
    as one; then the larger subtrees to its left. Index and size first differ in the bit of that subtree's level.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    height = (index ^ size).bit_length() - 1
    spans = [((n := (index >> level) ^ 1) << level, n + 1 << level) for level in range(height)]
    start = size >> height + 1 << height + 1
    end = start + (1 << height)
    if end < size:
        spans.append((end, size))
    while start:
        level = (start & -start).bit_length() - 1
        spans.append((start - (1 << level), start))
        start -= 1 << level
    return spans


def consistency_spans(old: int, new: int) -> list[Span]:
    """Name the subtrees that prove that the tree of `new` extends the tree of `old`."""
    if not 0 <= old <= new:
        raise ValueError("a tree only grows")
    if old in (0, new):
        return []
    spans: list[Span] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, whole = middle, False
    if not whole:
        spans.append((start, end))
    spans.reverse()
    return spans


def prove(spans: Iterable[Span], hash_at: Callable[[Place], bytes]) -> list[bytes]:
    """Turn spans into a proof, given the hash of each complete subtree that they are made of."""
    return [fold([hash_at(place) for place in cover(start, end)]) for start, end in spans]


def is_included(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Check an inclusion proof (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, joined = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            joined = node_hash(sibling, joined)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            joined = node_hash(joined, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and joined == root


def is_consistent(*, old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Check a consistency proof (RFC 9162 section 2.1.4.2). An empty old tree needs none."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and older == old_root and newer == new_root


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1
