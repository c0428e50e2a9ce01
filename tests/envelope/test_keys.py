from typing import Any

import pytest

from colloque.envelope import hpke, keys
from colloque.envelope.errors import Malformed, NotSealedForThis
from colloque.envelope.unlock import PRF_SALT
from colloque.kernel.encoding import b64u_encode
from tests.envelope.vectors import LANGUAGES, read
from tests.vectors import golden
from tests.vectors.people import secret

VECTORS = read("keys.json")


@pytest.mark.parametrize("case", read("published/rfc5869.json"))
def test_hkdf_is_the_one_of_rfc_5869(case: dict[str, Any]) -> None:
    ikm, salt, info = (bytes.fromhex(case[name]) for name in ("ikm", "salt", "info"))
    assert keys.hkdf(ikm, info, salt=salt, length=case["length"]).hex() == case["okm"]


@pytest.mark.parametrize("case", VECTORS["content_keys"])
def test_content_key_and_commitment_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    place = keys.Place(case["record"], case["compartment"], case["epoch"])
    turn = keys.vault_turn(secret("record secret"), compartment=place.compartment, epoch=place.epoch)
    key = keys.content_key(place, care_key=bytes.fromhex(case["care_key"]), turn=turn)
    assert turn.hex() == case["turn"]
    assert key.key.hex() == case["content_key"]
    assert key.commitment.hex() == case["commitment"]


def test_an_empty_care_key_is_refused_outside_contact() -> None:
    with pytest.raises(Malformed):
        keys.content_key(keys.Place("r", "exchange"), care_key=b"", turn=bytes(32))


def test_a_care_key_is_refused_for_contact() -> None:
    with pytest.raises(Malformed):
        keys.content_key(keys.Place("r", "contact"), care_key=bytes(32), turn=bytes(32))


def test_a_missing_turn_is_refused() -> None:
    with pytest.raises(Malformed):
        keys.content_key(keys.Place("r", "exchange"), care_key=bytes(32), turn=b"")


def test_a_root_expands_to_the_keys_of_the_vectors() -> None:
    person = keys.PersonKeys.from_root(bytes.fromhex(VECTORS["person"]["root"]))
    assert person.kem_seed.hex() == VECTORS["person"]["kem_seed"]
    assert person.identity_seed.hex() == VECTORS["person"]["identity_seed"]
    assert person.identity_key.hex() == VECTORS["person"]["identity_key"]


@pytest.mark.parametrize("name", LANGUAGES)
def test_both_languages_make_the_same_kem_key(name: str) -> None:
    assert b64u_encode(golden.PERSON.kem_key) == read(name)["kem_key"]


def test_practice_seed_and_prf_salt_are_those_of_the_vectors() -> None:
    assert (
        keys.practice_kem_seed(bytes.fromhex(VECTORS["practice"]["seed"])).hex()
        == VECTORS["practice"]["kem_seed"]
    )
    assert PRF_SALT.hex() == VECTORS["prf_salt"]


def test_secrets_are_not_in_a_repr() -> None:
    person = keys.PersonKeys.from_root(bytes(32))
    assert person.kem_seed.hex() not in repr(person)
    assert "kem_seed" not in repr(person)
    assert "scalar" not in repr(keys.DeviceKey.generate())


def test_a_root_of_another_length_is_refused() -> None:
    with pytest.raises(Malformed):
        keys.PersonKeys.from_root(bytes(31))
    with pytest.raises(Malformed):
        keys.practice_kem_seed(bytes(33))
    with pytest.raises(NotSealedForThis):
        hpke.public_key(bytes(31))
