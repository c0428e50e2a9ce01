"""What other rooms add to the description of a consultation: the place in the queue, how far each has read.

Those rooms stand above this one and know it; this one does not know them. They add their part when they are
loaded.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from colloque.consultations.models import Consultation

Part = Callable[[Consultation, datetime], Mapping[str, Any]]

_parts: dict[str, Part] = {}


def add_part(name: str, part: Part) -> None:
    _parts[name] = part


def describe_parts(consultation: Consultation, now: datetime) -> dict[str, Any]:
    return {key: value for part in _parts.values() for key, value in part(consultation, now).items()}
