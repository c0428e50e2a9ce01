"""Our trees, notes and cosignatures against `aics-tlog`, which others wrote from the same specifications."""

import hashlib

import aics_tlog
from aics_tlog.checkpoint import Checkpoint as TheirCheckpoint
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from colloque.ledger import checkpoint, line, merkle
from colloque.ledger.cosignature import WitnessKey, cosign, parse_witness_vkey, seen_at

ENTRIES = st.lists(st.binary(max_size=40), max_size=300)
SIGNER = checkpoint.Signer("example.org/log", Ed25519PrivateKey.from_private_bytes(b"k" * 32))


class Both:
    """One list of entries in both trees."""

    def __init__(self, entries: list[bytes]) -> None:
        self.theirs = aics_tlog.MerkleTree(entries)
        self.leaves = [line.leaf_hash(entry) for entry in entries]
        self.tree, nodes = merkle.grow(merkle.Tree(), self.leaves)
        self.hashes = {(0, i): leaf for i, leaf in enumerate(self.leaves)}
        self.hashes |= {(n.level, n.index): n.hash for n in nodes}

    def prove(self, spans: list[merkle.Span]) -> list[bytes]:
        return merkle.prove(spans, self.hashes.__getitem__)


@given(ENTRIES)
def test_both_give_the_same_root(entries: list[bytes]) -> None:
    both = Both(entries)
    assert both.tree.root() == both.theirs.root()
    assert merkle.root_of(both.leaves) == both.theirs.root()


@given(ENTRIES.filter(len), st.data())
def test_both_prove_a_leaf_by_the_same_hashes(entries: list[bytes], data: st.DataObject) -> None:
    both = Both(entries)
    size = data.draw(st.integers(1, len(entries)))
    index = data.draw(st.integers(0, size - 1))
    proof = both.prove(merkle.inclusion_spans(index, size))
    assert proof == both.theirs.inclusion_proof(index, size)
    root = both.theirs.root(size)
    assert aics_tlog.verify_inclusion(both.leaves[index], index, size, proof, root)
    assert merkle.is_included(both.leaves[index], index=index, size=size, proof=proof, root=root)


@given(ENTRIES, st.data())
def test_both_prove_growth_by_the_same_hashes(entries: list[bytes], data: st.DataObject) -> None:
    both = Both(entries)
    new = data.draw(st.integers(0, len(entries)))
    old = data.draw(st.integers(0, new))
    proof = both.prove(merkle.consistency_spans(old, new))
    assert proof == both.theirs.consistency_proof(old, new)
    roots = both.theirs.root(old), both.theirs.root(new)
    assert aics_tlog.verify_consistency(old, new, *roots, proof)
    assert merkle.is_consistent(old=old, old_root=roots[0], new=new, new_root=roots[1], proof=proof)


@given(st.integers(0, 40), st.integers(0, 40), st.lists(st.integers(0, 3), max_size=7), st.data())
def test_both_judge_a_made_up_proof_alike(
    index: int, size: int, picked: list[int], data: st.DataObject
) -> None:
    """Hashes that are nearly right: of the same tree, but another place, too many or too few."""
    both = Both([bytes([n]) for n in range(40)])
    nearly = [both.tree.root(), *both.prove(merkle.inclusion_spans(min(index, 39), 40))]
    proof = [nearly[n % len(nearly)] for n in picked]
    proof = data.draw(st.sampled_from([proof, nearly[1:], nearly[:-1], nearly]))
    root = both.theirs.root(size)
    leaf = both.leaves[min(index, 39)]
    assert merkle.is_included(leaf, index=index, size=size, proof=proof, root=root) == (
        aics_tlog.verify_inclusion(leaf, index, size, proof, root)
    )
    old, new = index, size
    roots = both.theirs.root(old), both.theirs.root(new)
    assert merkle.is_consistent(old=old, old_root=roots[0], new=new, new_root=roots[1], proof=proof) == (
        aics_tlog.verify_consistency(old, new, *roots, proof)
    )


@given(st.integers(0, 2**53), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_of_ours_holds_for_them_and_theirs_for_us(size: int, root: bytes) -> None:
    theirs = aics_tlog.parse_vkey(SIGNER.verifier().to_vkey())
    note = SIGNER.sign(size=size, root=root)
    held = aics_tlog.verify_checkpoint(aics_tlog.parse_note(note), theirs, expected_origin=SIGNER.name)
    assert (held.ok, held.error) == (True, None)
    made = aics_tlog.sign_checkpoint(TheirCheckpoint(SIGNER.name, size, root), SIGNER.key, SIGNER.name)
    assert made.serialise() == note
    assert checkpoint.read(made.serialise(), SIGNER.verifier()).root == root


def test_a_cosignature_of_ours_holds_for_them_and_theirs_for_us() -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    witness = WitnessKey("witness.example", key.public_key().public_bytes_raw())
    theirs = aics_tlog.cosignature_vkey(witness.name, key.public_key())
    assert aics_tlog.format_vkey(theirs) == witness.to_vkey()
    assert parse_witness_vkey(aics_tlog.format_vkey(theirs)) == witness
    root = hashlib.sha256(b"root").digest()
    note = SIGNER.sign(size=7, root=root)
    ours = cosign(note, witness.name, key, at=1_795_000_000)
    log = aics_tlog.parse_vkey(SIGNER.verifier().to_vkey())
    held = aics_tlog.verify_checkpoint(aics_tlog.parse_note(note + ours), log, [theirs], 1)
    assert (held.ok, held.error) == (True, None)
    _, line_of_theirs = aics_tlog.sign_cosignature(key, witness.name, 1_795_000_001, SIGNER.name, 7, root)
    cosigned = aics_tlog.Note(
        aics_tlog.parse_note(note).text, (*aics_tlog.parse_note(note).signatures, line_of_theirs)
    )
    assert seen_at(cosigned.serialise(), witness) == 1_795_000_001
