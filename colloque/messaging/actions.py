"""How far each side has read, and the letter to who has not."""

from django.db import transaction

from colloque.consultations.access import get_consultation_for, role_of
from colloque.consultations.announce import group_of, is_here, send_letter
from colloque.consultations.models import Consultation
from colloque.kernel.errors import Malformed, NotFound
from colloque.messaging.models import ReadMark
from colloque.records.models import Item
from colloque.records.news import tell

EXCHANGE = "exchange"


def mark_read(person: str, consultation_id: str, position: object) -> int:
    """Remember how far a person has read; the mark only moves forward. Returns where it stands."""
    consultation = get_consultation_for(person, consultation_id)
    if role_of(person, consultation) is None:
        raise NotFound
    if type(position) is not int or not 0 <= position < count_messages(consultation):
        raise Malformed("position")
    with transaction.atomic():
        first = ReadMark(consultation=consultation, person_id=person, position=position)
        ReadMark.objects.bulk_create([first], ignore_conflicts=True)
        mark = ReadMark.objects.select_for_update().get(consultation=consultation, person__id=person)
        if mark.position < position:
            mark.position = position
            mark.save(update_fields=["position"])
        tell(group_of(consultation.id), {"type": "consultation.changed"})
        return mark.position


def tell_of_writing(consultation_id: str, author: str) -> bool:
    """Write to the other side of a consultation when they have neither come nor read since; tell whether it
    did."""
    consultation = Consultation.objects.filter(id=consultation_id).first()
    if consultation is None or consultation.state not in ("taken", "closed"):
        return False
    is_patients = str(consultation.patient_id) == author
    other = consultation.practitioner_id if is_patients else consultation.patient_id
    if other is None or is_here(consultation, "practitioner" if is_patients else "patient"):
        return False
    mark = ReadMark.objects.filter(consultation=consultation, person=other).first()
    last = count_messages(consultation) - 1
    if last >= 0 and mark is not None and mark.position >= last:
        return False
    send_letter(consultation, str(other), "message")
    return True


def count_messages(consultation: Consultation) -> int:
    return Item.objects.filter(compartment__record=consultation.record_id, compartment__name=EXCHANGE).count()
