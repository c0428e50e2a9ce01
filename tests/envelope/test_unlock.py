from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colloque.envelope import errors, recovery_code, unlock
from tests.envelope.vectors import read

ROOT = b"r" * 32
PASSKEY = unlock.by_passkey(b"p" * 32)


def method() -> unlock.Method:
    return unlock.make_method(ROOT, PASSKEY, owner="alice")


def test_each_kind_gives_the_root_back() -> None:
    for by in (PASSKEY, unlock.by_passphrase(b"u" * 32, b"s" * 32), unlock.by_recovery(b"c" * 16)):
        made = unlock.make_method(ROOT, by, owner="alice")
        assert unlock.open_method(made.to_json(), by, owner="alice") == ROOT


def test_another_secret_or_share_is_refused() -> None:
    made = unlock.make_method(ROOT, unlock.by_passphrase(b"u" * 32, b"s" * 32), owner="alice")
    for by in (
        unlock.by_passphrase(b"x" * 32, b"s" * 32),
        unlock.by_passphrase(b"u" * 32, b"x" * 32),
        PASSKEY,
    ):
        with pytest.raises(errors.WrongUnlock):
            unlock.open_method(made, by, owner="alice")


def test_a_method_moved_to_another_person_or_id_is_refused() -> None:
    with pytest.raises(errors.WrongUnlock):
        unlock.open_method(method(), PASSKEY, owner="chen")
    with pytest.raises(errors.WrongUnlock):
        unlock.open_method(method().to_json() | {"id": "other"}, PASSKEY, owner="alice")


def test_a_swapped_public_key_is_refused() -> None:
    # Else the next root would be sealed to whoever swapped it.
    with pytest.raises(errors.WrongUnlock):
        unlock.open_method(
            method().to_json() | {"public_key": method().to_json()["public_key"]}, PASSKEY, owner="alice"
        )


def test_a_root_of_another_method_is_refused() -> None:
    with pytest.raises(errors.NotSealedForThis):
        unlock.open_method(
            method().to_json() | {"sealed_root": method().to_json()["sealed_root"]}, PASSKEY, owner="alice"
        )


def test_a_new_root_needs_no_secret() -> None:
    renewed = unlock.reseal_root(method(), b"n" * 32, owner="alice", generation=1)
    assert unlock.open_method(renewed, PASSKEY, owner="alice") == b"n" * 32


def test_a_recovery_sheet_opens_a_practice_seed_and_nothing_else() -> None:
    by = unlock.by_recovery(b"c" * 16)
    sheet = unlock.make_method(ROOT, by, owner="practice", purpose="practice-recovery")
    assert unlock.open_method(sheet, by, owner="practice", purpose="practice-recovery") == ROOT
    with pytest.raises(errors.NotSealedForThis):
        unlock.open_method(sheet, by, owner="practice")


@pytest.mark.parametrize(
    "weak",
    [
        unlock.Argon2(m=65_535),
        unlock.Argon2(t=2),
        unlock.Argon2(p=0),
        unlock.Argon2(m=2**22),
        unlock.Argon2(t=99),
    ],
)
def test_weak_or_absurd_stretching_is_refused(weak: unlock.Argon2) -> None:
    with pytest.raises(errors.WeakStretching):
        unlock.stretch("passphrase", bytes(16), weak)


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(errors.Malformed):
        unlock.stretch("passphrase", bytes(8))


def test_sign_in_and_unlock_secrets_differ() -> None:
    stretched = unlock.stretch("passphrase", bytes(16))
    assert stretched.sign_in_secret != stretched.unlock_secret
    assert recovery_code.sign_in_secret(b"c" * 16) != b"c" * 16


@pytest.mark.parametrize(
    "change", [{"kind": "magic"}, {"public_key": "AAAA"}, {"salt": "AAAA"}, {"argon2": 5}]
)
def test_an_odd_method_is_malformed(change: dict[str, Any]) -> None:
    with pytest.raises(errors.Malformed):
        unlock.open_method(method().to_json() | change, PASSKEY, owner="alice")


@pytest.mark.parametrize("case", read("recovery-code.json"))
def test_a_recovery_code_is_written_as_in_the_vectors(case: dict[str, Any]) -> None:
    code = bytes.fromhex(case["code"])
    assert recovery_code.encode(code) == case["text"]
    assert recovery_code.SheetKey.from_code(code).public_key.hex() == case["sheet_key"]
    assert recovery_code.decode(case["text"].lower().replace("-", " ").replace("0", "o")) == code
    assert recovery_code.sign_in_secret(code).hex() == case["sign_in_secret"]


@given(st.binary(min_size=16, max_size=16), st.integers(0, 27), st.integers(1, 31))
def test_a_mistyped_character_is_nearly_always_found(code: bytes, at: int, off: int) -> None:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    text = list(recovery_code.encode(code).replace("-", ""))
    text[at] = alphabet[(alphabet.index(text[at]) + off) % 32]
    with suppress(errors.WrongRecoveryCode):
        # One in 1,024 passes the check characters; it must then be another code, never this one.
        assert recovery_code.decode("".join(text)) != code


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 28, "0" * 29, "0" * 25 + "1" + "00"])
def test_what_is_no_recovery_code_is_refused(typed: str) -> None:
    with pytest.raises(errors.WrongRecoveryCode):
        recovery_code.decode(typed)
