"""Someone who reads every letter that we send: the relay that carries them, the mailbox that was left open."""

from itertools import product

import pytest

from colloque.notifications.letters import LETTERS, write

ORIGIN = "https://rdv.example.fr"


@pytest.mark.parametrize(("letter", "language"), list(product(LETTERS, ("fr", "en"))))
def test_every_letter_leads_to_the_front_door_and_names_nobody(letter: str, language: str) -> None:
    text = write(letter, language=language, origin=ORIGIN, name="Colloque")
    assert f"\n{ORIGIN}/\n" in text.body
    assert "\n" not in text.subject
    assert text.body.count("http") == 1
    for word in ("dr ", "docteur", "doctor", "cabinet des", "motif :", "spécialité"):
        assert word not in (text.subject + text.body).lower()
