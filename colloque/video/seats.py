"""Who may take a seat in a call: asks the consultation's gate, decides by `signalling.find_seat`."""

from colloque.consultations.access import get_consultation_for
from colloque.kernel.errors import NotFound
from colloque.kernel.ids import is_id
from colloque.video.signalling import Seat, find_seat


def get_seat_for(person: str, consultation_id: str) -> Seat | None:
    """Return the seat, or None when the consultation has no call now; NotFound when it is not this person's."""
    if not is_id(consultation_id):
        raise NotFound
    consultation = get_consultation_for(person, consultation_id)
    practitioner = consultation.practitioner_id
    return find_seat(
        consultation=consultation_id,
        person=person,
        patient=str(consultation.patient_id),
        practitioner=None if practitioner is None else str(practitioner),
        state=str(consultation.state),
    )


def may_ask_for_relay(person: str, consultation_id: str) -> bool:
    """Tell whether a call is to come: from the draft on, as a patient tries the equipment before asking."""
    if not is_id(consultation_id):
        raise NotFound
    return str(get_consultation_for(person, consultation_id).state) in ("draft", "waiting", "taken")
