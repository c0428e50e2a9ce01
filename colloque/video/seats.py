"""Who may take a seat in a call: asks the consultation's gate, decides by `signalling.find_seat`."""

from colloque.consultations.access import get_consultation_for, role_of
from colloque.video.signalling import Seat, find_seat


def get_seat_for(person: str, consultation_id: str) -> Seat | None:
    """Return the seat, or None when this person has no call now; NotFound when it is not theirs to know."""
    consultation = get_consultation_for(person, consultation_id)
    return find_seat(
        consultation=consultation_id,
        person=person,
        role=role_of(person, consultation),
        state=consultation.state,
    )


def may_ask_for_relay(person: str, consultation_id: str) -> bool:
    """Tell whether a call is to come: from the draft on, as a patient tries the equipment before asking."""
    consultation = get_consultation_for(person, consultation_id)
    return role_of(person, consultation) is not None and consultation.state in (
        "draft",
        "booked",
        "waiting",
        "taken",
    )
