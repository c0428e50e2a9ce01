"""Who is told of a change: open sockets at once, and by letter those who are not there."""

from colloque.consultations.models import Consultation, Seen
from colloque.consultations.presence import Seen as SeenAt
from colloque.consultations.presence import state_of
from colloque.consultations.state import Act, Role
from colloque.kernel.clock import now
from colloque.kernel.jobs import defer
from colloque.records.news import tell

LETTER_JOB = "notifications.notify"
TO_PATIENT: dict[Act, str] = {
    "take": "taken",
    "refuse": "refused",
    "transfer": "transferred",
    "close": "closed",
}


def group_of(consultation: object) -> str:
    return f"consultation.{consultation}"


def queue_group_of(practice: object) -> str:
    return f"queue.{practice}"


def changed(consultation: Consultation) -> None:
    """Tell the consultation's sockets, and those of its practice's queue: everyone's place may have moved."""
    tell(group_of(consultation.id), {"type": "consultation.changed"})
    tell(queue_group_of(consultation.practice_id), {"type": "queue.changed"})


def write_letters(consultation: Consultation, what: Act, *, by: str) -> None:
    """Write to a patient who is not at the page, and to a practitioner whom a request or a transfer names; of an
    appointment, to the side that did not act."""
    if what == "appointment" or (what == "cancel" and consultation.starts_at is not None):
        _write_of_appointment(consultation, what, by)
    if what in TO_PATIENT and (what == "close" or not is_here(consultation, "patient")):
        send_letter(consultation, str(consultation.patient_id), TO_PATIENT[what])
    if what in ("request", "transfer") and consultation.wished_id is not None:
        send_letter(consultation, str(consultation.wished_id), "request")


def _write_of_appointment(consultation: Consultation, what: Act, by: str) -> None:
    if by != str(consultation.patient_id):
        send_letter(consultation, str(consultation.patient_id), "appointment-cancelled")
    if consultation.wished_id is not None and str(consultation.wished_id) != by:
        send_letter(consultation, str(consultation.wished_id), "agenda")


def send_letter(consultation: Consultation, person: str, letter: str) -> None:
    defer(LETTER_JOB, person=person, letter=letter, consultation=str(consultation.id))


def is_here(consultation: Consultation, role: Role) -> bool:
    row = Seen.objects.filter(consultation=consultation, role=role).first()
    seen = SeenAt(row.here_since, row.seen_at) if row else None
    return state_of(seen, now()) == "here"
