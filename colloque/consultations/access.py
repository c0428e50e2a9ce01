"""The gate to a consultation. Everything of a consultation, in any room, is asked for here."""

from colloque.accounts.rota import standing_of
from colloque.consultations.models import Consultation
from colloque.consultations.state import Role
from colloque.kernel.errors import NotFound
from colloque.kernel.ids import is_id
from colloque.records.access import is_subject, roles_in


def get_consultation_for(person: str, consultation_id: str) -> Consultation:
    """Return the consultation; NotFound unless this person is of it.

    Its patient, always. A practitioner of the practice while it waits for anyone or for them, and one who
    took it. Nobody else: not another practitioner of the same practice once it is taken, not the secretary,
    not the manager.
    """
    found = find(consultation_id)
    if found is None or not (_is_patient(person, found) or _is_practitioners(person, found)):
        raise NotFound
    return found


def find(consultation_id: str) -> Consultation | None:
    if not is_id(consultation_id):
        return None
    people = ("record", "practice", "practitioner__professional", "wished__professional")
    return Consultation.objects.select_related(*people).filter(id=consultation_id).first()


def role_of(person: str, consultation: Consultation) -> Role | None:
    """Return the side on which a person sits: the patient's, or that of the practitioner who has it."""
    if _is_patient(person, consultation):
        return "patient"
    if str(consultation.practitioner_id) == person and practises(person, consultation):
        return "practitioner"
    return None


def practises(person: str, consultation: Consultation) -> bool:
    return "practitioner" in roles_in(person, consultation.practice_id)


def _is_patient(person: str, consultation: Consultation) -> bool:
    return str(consultation.patient_id) == person or is_subject(person, consultation.record)


def _is_practitioners(person: str, consultation: Consultation) -> bool:
    if consultation.state in ("draft", "expired") or not practises(person, consultation):
        return False
    if consultation.state == "taken":
        return str(consultation.practitioner_id) == person
    standing = standing_of(consultation.practice_id, person)
    theirs = standing.answers_for(person)
    if consultation.state in ("booked", "waiting"):
        if consultation.wished_id is None:
            return not (standing.is_absent or standing.is_off_duty)
        return str(consultation.wished_id) in theirs
    return consultation.takings.filter(practitioner__id__in=theirs).exists()
