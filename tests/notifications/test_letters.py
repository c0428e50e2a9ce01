"""What letters say, and above all what they do not."""

from colloque.consultations.announce import TO_PATIENT
from colloque.notifications.letters import LETTERS, write

ORIGIN = "https://rdv.example.fr"


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
        "reopening",
        "archive-asked",
        "erase-wished",
        "erase-asked",
        "erase-withdrawn",
        "erased",
        "agreement",
        "agenda",
        "offer",
        "custody-proposed",
        "custody-asked",
        "custody-of-practice",
        "custody-cancelled",
        "custody-moved",
        "appointment-cancelled",
    }
    assert asked == set(LETTERS)
