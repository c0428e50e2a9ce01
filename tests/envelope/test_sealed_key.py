from dataclasses import replace
from typing import Any

import pytest

from colloque.envelope import errors, hpke
from colloque.envelope.sealed_key import Recipient, SealedKey, open_key, open_note, seal_key, seal_note

SEED = bytes(range(32))
ALICE = Recipient("alice", hpke.public_key(SEED), 2)
SECRET = b"R" * 32


def sealed() -> SealedKey:
    return seal_key(SECRET, purpose="care-key", about="record", to=ALICE)


def open_care_key(key: object, seed: bytes = SEED, about: str = "record", recipient: str = "alice") -> bytes:
    return open_key(key, seed, purpose="care-key", about=about, recipient=recipient)  # type: ignore[arg-type]


def test_what_is_sealed_opens() -> None:
    assert open_care_key(sealed()) == SECRET
    assert open_care_key(sealed().to_json()) == SECRET


def test_it_refuses_another_purpose_subject_recipient_or_key() -> None:
    with pytest.raises(errors.NotSealedForThis):
        open_key(sealed(), SEED, purpose="practice-seed", about="record", recipient="alice")
    with pytest.raises(errors.NotSealedForThis):
        open_care_key(sealed(), about="other")
    with pytest.raises(errors.NotSealedForThis):
        open_care_key(sealed(), recipient="chen")
    with pytest.raises(errors.NotSealedForThis):
        open_care_key(sealed(), seed=bytes(32))


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "person-root"},
        {"about": "other"},
        {"recipient": "chen"},
        {"generation": 3},
        {"key_id": "0" * 32},
    ],
)
def test_a_relabelled_sealed_key_does_not_open(change: dict[str, Any]) -> None:
    moved = replace(sealed(), **change)
    with pytest.raises(errors.NotSealedForThis):
        open_key(moved, SEED, purpose=moved.purpose, about=moved.about, recipient=moved.recipient)


def test_another_suite_is_refused() -> None:
    with pytest.raises(errors.WrongSuite):
        open_care_key(sealed().to_json() | {"suite": "colloque/v2"})


@pytest.mark.parametrize(
    "change", [{"purpose": "other"}, {"sealed": "=="}, {"generation": "1"}, {"about": ""}]
)
def test_an_odd_field_is_malformed(change: dict[str, Any]) -> None:
    with pytest.raises(errors.Malformed):
        open_care_key(sealed().to_json() | change)


def test_a_secret_has_32_bytes() -> None:
    with pytest.raises(errors.Malformed):
        seal_key(b"short", purpose="care-key", about="record", to=ALICE)


def test_a_note_reaches_the_practice_padded() -> None:
    practice = Recipient("practice", ALICE.public_key)
    short, long = seal_note("é", practice=practice), seal_note("é" * 120, practice=practice)
    assert open_note(short.to_json(), SEED, practice="practice") == "é"
    assert len(short.sealed) == len(long.sealed)
    with pytest.raises(errors.NotSealedForThis):
        open_note(short, SEED, practice="other")
    with pytest.raises(errors.Malformed):
        seal_note("x" * 2_001, practice=practice)
