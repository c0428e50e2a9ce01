"""What letters say, and above all what they do not."""

from itertools import product

import pytest

from colloque.consultations.announce import TO_PATIENT
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


def test_french_is_the_source_and_english_is_complete() -> None:
    for letter in LETTERS:
        french, english = (
            write(letter, language=code, origin=ORIGIN, name="Colloque") for code in ("fr", "en")
        )
        assert french.subject.startswith(LETTERS[letter][0])
        assert english.subject != french.subject
        assert not set(english.body.splitlines()) & set(french.body.splitlines()) - {
            "",
            f"{ORIGIN}/",
            "Colloque",
        }


def test_every_letter_that_other_rooms_ask_for_exists() -> None:
    asked = {
        *TO_PATIENT.values(),
        "request",
        "message",
        "break-glass",
        "objection",
        "objection-answered",
        "grant",
    }
    assert asked == set(LETTERS)
