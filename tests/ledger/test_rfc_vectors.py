"""Published examples: the proofs drawn in RFC 6962 section 2.1.3 (RFC 9162 section 2.1.5), and the reference tree's."""

import pytest

from colloque.ledger import line, merkle

# The eight entries of certificate transparency's reference tests, as in `test_merkle.py`.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
LEAVES = [line.leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]
PAIR_01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
PAIR_23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
PAIR_45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
PAIR_67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
FIRST_4 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
LAST_4 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
LEAF_0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
LEAF_1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
LEAF_4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"


def _hash_at(place: merkle.Place) -> bytes:
    level, index = place
    return merkle.root_of(LEAVES[index << level : (index + 1) << level])


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (0, 1, []),
        (0, 8, [LEAF_1, PAIR_23, LAST_4]),
        (5, 8, [LEAF_4, PAIR_67, FIRST_4]),
        (2, 3, [PAIR_01]),
        (1, 5, [LEAF_0, PAIR_23, LEAF_4]),
    ],
)
def test_inclusion_is_proved_as_the_reference_does(index: int, size: int, proof: list[str]) -> None:
    made = merkle.prove(merkle.inclusion_spans(index, size), _hash_at)
    assert [one.hex() for one in made] == proof
    root = merkle.root_of(LEAVES[:size])
    assert merkle.is_included(LEAVES[index], index=index, size=size, proof=made, root=root)


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        (1, 1, []),
        (1, 8, [LEAF_1, PAIR_23, LAST_4]),
        (6, 8, [PAIR_45, PAIR_67, FIRST_4]),
        (2, 5, [PAIR_23, LEAF_4]),
    ],
)
def test_growth_is_proved_as_the_reference_does(old: int, new: int, proof: list[str]) -> None:
    made = merkle.prove(merkle.consistency_spans(old, new), _hash_at)
    assert [one.hex() for one in made] == proof
    roots = merkle.root_of(LEAVES[:old]), merkle.root_of(LEAVES[:new])
    assert merkle.is_consistent(old=old, old_root=roots[0], new=new, new_root=roots[1], proof=made)


# The binary tree of seven leaves that both RFCs draw: a to f and j are leaves, g h i pairs, k and l above them.
DRAWN = {
    "a": (0, 1), "b": (1, 2), "c": (2, 3), "d": (3, 4), "e": (4, 5), "f": (5, 6), "j": (6, 7),
    "g": (0, 2), "h": (2, 4), "i": (4, 6), "k": (0, 4), "l": (4, 7),
}  # fmt: skip


@pytest.mark.parametrize(("index", "proof"), [(0, "bhl"), (3, "cgl"), (4, "fjk"), (6, "ik")])
def test_the_audit_paths_are_those_the_rfc_lists(index: int, proof: str) -> None:
    assert merkle.inclusion_spans(index, 7) == [DRAWN[name] for name in proof]


@pytest.mark.parametrize(("old", "proof"), [(3, "cdgl"), (4, "l"), (6, "ijk")])
def test_the_consistency_proofs_are_those_the_rfc_lists(old: int, proof: str) -> None:
    assert merkle.consistency_spans(old, 7) == [DRAWN[name] for name in proof]
