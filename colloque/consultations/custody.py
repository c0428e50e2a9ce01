"""Consultations whose record was handed on are the new practice's; an appointment with the one before is nobody's now."""

from colloque.consultations import announce
from colloque.consultations.doors import subject_writes
from colloque.consultations.models import Consultation
from colloque.records.actions import let_subject_write
from colloque.records.models import Record


def follow(record: Record) -> None:
    """In the transaction that moved the record. What waited or was open did not move with it (the vault sees to that)."""
    held = Consultation.objects.select_for_update().filter(record=record).first()
    if held is None or record.practice_id is None:
        return
    held.practice_id = record.practice_id
    if held.state in ("draft", "booked"):
        held.wished = None  # someone of the practice before
    if held.state == "booked":
        held.state = "cancelled"
        let_subject_write(record, subject_writes("cancelled"))
        announce.send_letter(held, str(held.patient_id), "appointment-cancelled")
    held.save(update_fields=["practice_id", "wished_id", "state"])
    announce.changed(held)
