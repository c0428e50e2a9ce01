"""A witness's word: it holds for one note, one time, one key."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from colloque.ledger.checkpoint import MalformedCheckpoint, Signer, read
from colloque.ledger.cosignature import WitnessKey, cosign, parse_witness_vkey, seen_at

LOG = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(b"l" * 32))
KEY = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
WITNESS = WitnessKey("witness", KEY.public_key().public_bytes_raw())
NOTE = LOG.sign(size=7, root=b"r" * 32)


@given(st.integers(0, 2**63), st.integers(0, 2**53))
def test_what_a_witness_signs_is_read_back_with_its_time(at: int, size: int) -> None:
    note = LOG.sign(size=size, root=b"r" * 32)
    cosigned = note + cosign(note, "witness", KEY, at=at)
    assert seen_at(cosigned, WITNESS) == at
    assert read(cosigned, LOG.verifier()).size == size


def test_it_holds_for_this_note_this_time_and_this_key_alone() -> None:
    line = cosign(NOTE, "witness", KEY, at=1_795_000_000)
    other = LOG.sign(size=8, root=b"r" * 32)
    another = WitnessKey("witness", Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    assert seen_at(NOTE + line, WITNESS) == 1_795_000_000
    assert seen_at(other + line, WITNESS) is None
    assert seen_at(NOTE + line, another) is None
    assert seen_at(NOTE, WITNESS) is None
    assert seen_at(NOTE + line.replace("witness", "someone"), WITNESS) is None


def test_the_key_reads_back_and_is_not_a_logs() -> None:
    assert parse_witness_vkey(WITNESS.to_vkey()) == WITNESS
    for wrong in (LOG.verifier().to_vkey(), WITNESS.to_vkey().replace("witness", "wetness"), "", "a+b+c"):
        with pytest.raises(MalformedCheckpoint):
            parse_witness_vkey(wrong)


def test_its_bytes_are_those_of_the_specification() -> None:

    import base64
    import hashlib

    line = cosign(NOTE, "witness", KEY, at=1_795_000_000)
    assert line.startswith("— witness ") and line.endswith("\n")
    data = base64.b64decode(line.split(" ")[2])
    assert len(data) == 76
    assert data[:4] == hashlib.sha256(b"witness\n\x04" + WITNESS.public_key).digest()[:4]
    assert int.from_bytes(data[4:12], "big") == 1_795_000_000
    text = NOTE.split("\n\n")[0] + "\n"
    KEY.public_key().verify(data[12:], b"cosignature/v1\ntime 1795000000\n" + text.encode())
