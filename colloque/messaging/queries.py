"""How far each side has read, for the consultation's description."""

from datetime import datetime
from typing import Any

from colloque.consultations.models import Consultation
from colloque.messaging.models import ReadMark


def describe_read(consultation: Consultation, now: datetime) -> dict[str, Any]:
    marks = ReadMark.objects.filter(consultation=consultation)
    return {"read": {str(mark.person_id): mark.position for mark in marks}}
