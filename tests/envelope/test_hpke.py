"""Published vectors, run through our own functions.

Keys and nonces that RFC 9180 publishes let us make the ciphertext with the empty aad that we use; X-Wing's
shared secrets are put through RFC 9180's key schedule, written out here.
"""

import hashlib
import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from colloque.envelope import hpke
from colloque.envelope.errors import NotSealedForThis
from tests.envelope.vectors import read
from tests.examples import examples

RFC9180 = read("published/rfc9180-x25519-sha256-aes256gcm-base.json")
XWING = read("published/xwing.json")
SEED = bytes(range(32))
PUBLIC = hpke.public_key(SEED)


def _bytes(name: str) -> bytes:
    return bytes.fromhex(RFC9180[name])


def test_it_opens_what_rfc_9180_s_keys_sealed() -> None:
    key = X25519PrivateKey.from_private_bytes(_bytes("skRm"))
    plaintext = bytes.fromhex(RFC9180["encryptions"][0]["pt"])
    ciphertext = AESGCM(_bytes("key")).encrypt(_bytes("base_nonce"), plaintext, None)
    assert hpke._X25519.decrypt(_bytes("enc") + ciphertext, key, _bytes("info")) == plaintext


def test_the_key_schedule_below_is_rfc_9180_s() -> None:
    key, nonce = _key_schedule(0x0020, _bytes("shared_secret"), _bytes("info"))
    assert (key, nonce) == (_bytes("key"), _bytes("base_nonce"))
    first = RFC9180["encryptions"][0]
    opened = AESGCM(key).decrypt(nonce, bytes.fromhex(first["ct"]), bytes.fromhex(first["aad"]))
    assert opened.hex() == first["pt"]


@pytest.mark.parametrize("case", XWING)
def test_a_seed_expands_to_x_wing_s_published_key(case: dict[str, Any]) -> None:
    assert hpke.public_key(bytes.fromhex(case["seed"])).hex() == case["pk"]


@pytest.mark.parametrize("case", XWING)
def test_it_decapsulates_x_wing_s_published_ciphertext(case: dict[str, Any]) -> None:
    key, nonce = _key_schedule(0x647A, bytes.fromhex(case["ss"]), b"info")
    sealed = bytes.fromhex(case["ct"]) + AESGCM(key).encrypt(nonce, b"content", None)
    assert hpke.open_sealed(bytes.fromhex(case["seed"]), b"info", sealed) == b"content"


@given(st.binary(max_size=200), st.binary(max_size=80))
@settings(max_examples=examples(50), deadline=None)
def test_what_is_sealed_opens(plaintext: bytes, info: bytes) -> None:
    assert hpke.open_sealed(SEED, info, hpke.seal(PUBLIC, info, plaintext)) == plaintext


@given(st.integers(min_value=0, max_value=1120 + 16 + 6), st.integers(min_value=0, max_value=7))
@settings(max_examples=examples(100), deadline=None)
def test_a_flipped_bit_is_refused(at: int, bit: int) -> None:
    sealed = bytearray(hpke.seal(PUBLIC, b"info", b"content"))
    sealed[at] ^= 1 << bit
    # The top bit of an X25519 key is ignored by RFC 7748; the KEM hashes all of it, so it is refused too.
    with pytest.raises(NotSealedForThis):
        hpke.open_sealed(SEED, b"info", bytes(sealed))


def test_another_context_or_key_is_refused() -> None:
    sealed = hpke.seal(PUBLIC, b"info", b"content")
    with pytest.raises(NotSealedForThis):
        hpke.open_sealed(SEED, b"other", sealed)
    with pytest.raises(NotSealedForThis):
        hpke.open_sealed(bytes(32), b"info", sealed)
    with pytest.raises(NotSealedForThis):
        hpke.open_sealed(SEED, b"info", sealed[:40])


@pytest.mark.parametrize("key", [b"", bytes(1215), b"\xff" * 1216])
def test_a_public_key_that_is_none_is_refused(key: bytes) -> None:
    with pytest.raises(NotSealedForThis):
        hpke.seal(key, b"info", b"content")


def test_a_reply_answers_one_request_only() -> None:
    private, public = hpke.new_reply_key()
    sealed = hpke.seal_reply(public, "request 1", b"turns")
    assert hpke.open_reply(private, "request 1", sealed) == b"turns"
    with pytest.raises(NotSealedForThis):
        hpke.open_reply(private, "request 2", sealed)
    with pytest.raises(NotSealedForThis):
        hpke.open_reply(hpke.new_reply_key()[0], "request 1", sealed)
    with pytest.raises(NotSealedForThis):
        hpke.seal_reply(b"short", "request 1", b"turns")


def _key_schedule(kem: int, shared_secret: bytes, info: bytes) -> tuple[bytes, bytes]:
    """RFC 9180 section 5.1, base mode, HKDF-SHA256 and AES-256-GCM."""
    suite = b"HPKE" + kem.to_bytes(2, "big") + b"\0\1" + b"\0\2"
    context = b"\0" + _extract(suite, b"", b"psk_id_hash", b"") + _extract(suite, b"", b"info_hash", info)
    secret = _extract(suite, shared_secret, b"secret", b"")
    return _expand(suite, secret, b"key", context, 32), _expand(suite, secret, b"base_nonce", context, 12)


def _extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def _expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.new(prk, labelled + b"\1", hashlib.sha256).digest()[:length]
