"""A consultation's acts, each signed."""

from typing import Any

from colloque.client.person import Person


def act(person: Person, what: str, consultation: str, **fields: Any) -> dict[str, Any]:
    """request, cancel, take, refuse, transfer, close."""
    said = person.say(what, record=consultation, **fields)
    answer: dict[str, Any] = person.browser.post(
        f"/api/consultations/{consultation}/{what}", {"statement": said}
    )
    return answer


def get(person: Person, consultation: str) -> dict[str, Any]:
    told: dict[str, Any] = person.browser.get(f"/api/consultations/{consultation}")
    return told


def mark_read(person: Person, consultation: str, position: int) -> None:
    person.browser.post(f"/api/consultations/{consultation}/read", {"position": position})
