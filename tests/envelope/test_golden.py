"""Each language opens what the other sealed."""

import pytest

from colloque.envelope import unlock, words
from colloque.kernel.encoding import b64u_encode
from tests.envelope.vectors import LANGUAGES, read
from tests.vectors import golden, make
from tests.vectors.people import PASSPHRASE, content, inputs, secret


@pytest.mark.parametrize("name", LANGUAGES)
def test_it_opens_the_golden_envelopes(name: str) -> None:
    made = read(name)
    opened = golden.open_all(made)
    assert opened["message"] == inputs()["message"]
    assert opened["item_hash"] == made["item_hash"]
    assert opened["said"]["note"] == "é"
    assert opened["file"] == content(int(str(inputs()["file_size"])))
    assert opened["care_key"] == secret("care key")
    assert opened["note"] == inputs()["note"]
    assert opened["roots"] == [secret("person root")] * 3
    assert opened["reply"] == b'{"turns":[],"refused":[]}'


@pytest.mark.parametrize("name", LANGUAGES)
def test_both_languages_seal_the_same_long_file(name: str) -> None:
    assert b64u_encode(golden.long_file(secret("file salt", 16)).sha256) == read(name)["long_file_sha256"]


@pytest.mark.parametrize("name", LANGUAGES)
def test_both_languages_say_the_same_words(name: str) -> None:
    assert list(words.fingerprint(golden.PERSON.identity_key)) == read(name)["words"]
    assert len(words.french_words()) == 2048


@pytest.mark.parametrize("name", LANGUAGES)
def test_both_languages_stretch_a_passphrase_alike(name: str) -> None:
    made = read(name)["stretched"]
    stretched = unlock.stretch(PASSPHRASE, secret("argon2 salt", 16))
    assert stretched.sign_in_secret.hex() == made["sign_in_secret"]
    assert stretched.unlock_secret.hex() == made["unlock_secret"]


def test_making_the_vectors_again_changes_nothing() -> None:
    assert make.labels() == read("label.json")
    assert make.keys() == read("keys.json")
    assert make.recovery_codes() == read("recovery-code.json")
    assert make.checkpoint() == read("checkpoint.json")
    assert inputs() == read("inputs.json")
