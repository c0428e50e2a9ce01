"""The ledger's pure half reads the vectors that the browser's half reads."""

import pytest

from colloque.ledger import checkpoint, line, merkle
from tests.envelope.vectors import read

TREE = read("merkle.json")
LEAVES = [line.leaf_hash(bytes.fromhex(entry)) for entry in TREE["entries"]]
ROOTS = [bytes.fromhex(root) for root in TREE["roots"]]
NOTE = read("checkpoint.json")
LINES = read("line.json")


def _hashes(proof: list[str]) -> list[bytes]:
    return [bytes.fromhex(hash_) for hash_ in proof]


def test_roots_are_those_of_the_vectors() -> None:
    assert [leaf.hex() for leaf in LEAVES] == TREE["leaves"]
    assert [merkle.root_of(LEAVES[:size]) for size in range(len(ROOTS))] == ROOTS


def test_every_inclusion_proof_holds() -> None:
    for case in TREE["inclusion"]:
        index, size, proof = case["index"], case["size"], _hashes(case["proof"])
        assert merkle.is_included(LEAVES[index], index=index, size=size, proof=proof, root=ROOTS[size])


def test_every_consistency_proof_holds() -> None:
    for case in TREE["consistency"]:
        old, new, proof = case["from"], case["to"], _hashes(case["proof"])
        assert merkle.is_consistent(old=old, old_root=ROOTS[old], new=new, new_root=ROOTS[new], proof=proof)


def test_the_note_is_signed_by_the_key_of_the_vectors() -> None:
    read_note = checkpoint.read(NOTE["note"], checkpoint.parse_vkey(NOTE["vkey"]))
    assert (read_note.origin, read_note.size, read_note.root.hex()) == (
        NOTE["origin"],
        NOTE["size"],
        NOTE["root"],
    )


@pytest.mark.parametrize("case", LINES["lines"])
def test_a_line_is_read_and_hashed_alike(case: dict[str, str]) -> None:
    data = case["text"].encode()
    assert line.to_bytes(line.from_bytes(data)) == data
    assert line.leaf_hash(data).hex() == case["leaf"]


@pytest.mark.parametrize("text", LINES["not_canonical"])
def test_other_ways_to_write_a_line_are_refused(text: str) -> None:
    with pytest.raises(line.MalformedLine):
        line.from_bytes(text.encode())
