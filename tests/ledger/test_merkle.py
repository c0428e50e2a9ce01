"""Growth and proofs against the definitions of RFC 6962, and against changes."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colloque.ledger import merkle
from tests.ledger.naive import naive_root

# The reference tree of certificate transparency's own tests: leaves, and the roots of sizes 1 to 8.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _hashes(leaves: list[bytes]) -> dict[merkle.Place, bytes]:
    _, nodes = merkle.grow(merkle.Tree(), leaves)
    return {(0, i): leaf for i, leaf in enumerate(leaves)} | {(n.level, n.index): n.hash for n in nodes}


def test_roots_are_those_of_the_reference_tree() -> None:
    leaves = [_leaf(bytes.fromhex(text)) for text in LEAVES]
    assert [merkle.root_of(leaves[: n + 1]).hex() for n in range(8)] == ROOTS


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_tree_grown_in_two_steps_is_the_tree_by_definition(first: int, then: int) -> None:
    leaves = [_leaf(i.to_bytes(2, "big")) for i in range(first + then)]
    tree, _ = merkle.grow(merkle.Tree(), leaves[:first])
    tree, _ = merkle.grow(tree, leaves[first:])
    assert tree.root() == naive_root(leaves)


@given(st.data())
def test_each_leaf_is_proved_and_no_other_is(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 120))
    index = data.draw(st.integers(0, size - 1))
    leaves = [_leaf(i.to_bytes(2, "big")) for i in range(size)]
    root = naive_root(leaves)
    proof = merkle.prove(merkle.inclusion_spans(index, size), _hashes(leaves).__getitem__)
    assert merkle.is_included(leaves[index], index=index, size=size, proof=proof, root=root)
    assert not merkle.is_included(_leaf(b"other"), index=index, size=size, proof=proof, root=root)
    assert not merkle.is_included(leaves[index], index=index, size=size, proof=[*proof, root], root=root)
    if proof:
        assert not merkle.is_included(leaves[index], index=index, size=size, proof=proof[:-1], root=root)
        assert not merkle.is_included(leaves[index], index=index ^ 1, size=size, proof=proof, root=root)


@given(st.data())
def test_a_longer_tree_is_proved_to_extend_a_shorter_one_and_not_another(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 120))
    old = data.draw(st.integers(0, new))
    leaves = [_leaf(i.to_bytes(2, "big")) for i in range(new)]
    proof = merkle.prove(merkle.consistency_spans(old, new), _hashes(leaves).__getitem__)
    roots = {"old_root": naive_root(leaves[:old]), "new_root": naive_root(leaves)}
    assert merkle.is_consistent(old=old, new=new, proof=proof, **roots)
    assert not merkle.is_consistent(old=old, new=new, proof=proof, **{**roots, "old_root": _leaf(b"fork")})
    if old not in (0, new):
        assert not merkle.is_consistent(
            old=old, new=new, proof=proof, **{**roots, "new_root": _leaf(b"fork")}
        )


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 2)])
def test_there_is_no_proof_of_a_leaf_that_is_not(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        merkle.inclusion_spans(index, size)
    assert not merkle.is_included(_leaf(b""), index=index, size=size, proof=[], root=_leaf(b""))
