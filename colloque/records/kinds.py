"""Which kinds of item live in which compartment, and who may write them. Pure (docs/spec/envelope.md,
"Items")."""

from collections.abc import Mapping

COMPARTMENTS: Mapping[str, tuple[str, ...]] = {
    "person": ("contact",),
    "file": ("identity", "nir", "background"),
    "consultation": ("request", "exchange", "documents", "care"),
}
COMPARTMENT_OF: Mapping[str, str] = {
    "contact": "contact",
    "identity": "identity",
    "nir": "nir",
    "background": "background",
    "motive": "request",
    "questionnaire-response": "request",
    "consent": "request",
    "refusal": "request",
    "transfer": "request",
    "message": "exchange",
    "document": "documents",
    "note": "care",
    "summary": "care",
}
# What several people keep together; every other item is its author's to change.
SHARED: frozenset[str] = frozenset({"identity", "nir", "background"})

OF_PERSON: frozenset[str] = frozenset({"contact"})
OF_FILE: frozenset[str] = frozenset({"identity", "nir", "background"})
OF_REQUEST: frozenset[str] = frozenset({"motive", "questionnaire-response", "consent"})
OF_TALK: frozenset[str] = frozenset({"message", "document"})
OF_CARE: frozenset[str] = frozenset({"note", "summary"})


def usual_writes(record_kind: str) -> frozenset[str]:
    """What the subject may write into a record from its first moment."""
    return {"person": OF_PERSON, "file": OF_FILE}.get(record_kind, OF_REQUEST | OF_TALK)
