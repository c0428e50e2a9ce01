"""Pre-consultation questionnaires: FHIR R4 Questionnaire resources, one file per language with the same
questions.

The answers are a QuestionnaireResponse, sealed in the browser: this process never sees one.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from colloque.accounts.models import Practice
from colloque.kernel.errors import NotFound
from colloque.kernel.ids import is_id

FORMS = Path(__file__).parent / "forms"
USUAL = "general"


@cache
def read_form(name: str, language: str) -> dict[str, Any]:
    form = json.loads((FORMS / f"{name}.{language}.json").read_text(encoding="utf-8"))
    if form.get("resourceType") != "Questionnaire":
        raise ValueError(f"{name}.{language}.json is not a FHIR Questionnaire")
    return dict(form)


def questionnaire_of(practice: str, *, language: str) -> dict[str, Any]:
    """Return the questionnaire of an open practice, in one of the languages there are."""
    if not is_id(practice) or not Practice.objects.filter(id=practice, opened_at__isnull=False).exists():
        raise NotFound
    return read_form(USUAL, language if language in ("fr", "en") else "fr")
