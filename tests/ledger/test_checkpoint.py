"""Signed notes: the format, and that nothing in one may be changed."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from colloque.ledger import checkpoint

SIGNER = checkpoint.Signer("example.org/log", Ed25519PrivateKey.from_private_bytes(b"k" * 32))
ROOT = b"r" * 32
NOTE = SIGNER.sign(size=7, root=ROOT)


def test_a_note_reads_back_under_its_key() -> None:
    verifier = checkpoint.parse_vkey(SIGNER.verifier().to_vkey())
    assert checkpoint.read(NOTE, verifier) == checkpoint.Checkpoint("example.org/log", 7, ROOT)


def test_a_vkey_of_the_signed_note_specification_is_read() -> None:
    # Published with golang.org/x/mod/sumdb/note: the key's hash covers name, newline, algorithm and key.
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert checkpoint.parse_vkey(vkey).name == "PeterNeumann"
    assert checkpoint.parse_vkey(vkey).to_vkey() == vkey


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n7\n", "\n8\n"), ("example.org/log\n7", "example.com/log\n7"), ("— ", "- "), ("\n\n", "\n")],
)
def test_a_changed_note_does_not_hold(old: str, new: str) -> None:
    assert old in NOTE
    with pytest.raises(checkpoint.MalformedCheckpoint):
        checkpoint.read(NOTE.replace(old, new, 1), SIGNER.verifier())


def test_another_key_of_the_same_name_does_not_hold() -> None:
    other = checkpoint.Signer(SIGNER.name, Ed25519PrivateKey.from_private_bytes(b"x" * 32))
    with pytest.raises(checkpoint.MalformedCheckpoint):
        checkpoint.read(NOTE, other.verifier())


@pytest.mark.parametrize("text", ["", "a", "a+b", "a+00000000+AAAA", "a+b+c+d", " +00000000+"])
def test_what_is_not_a_vkey_is_refused(text: str) -> None:
    with pytest.raises(checkpoint.MalformedCheckpoint):
        checkpoint.parse_vkey(text)
