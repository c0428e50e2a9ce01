"""Why a person may open a compartment: a pure function of facts (docs/spec/key-release.md, "The release")."""

from colloque.vault.facts import COMPARTMENTS, Care

LINKED_DAYS = 30
REASON_CHARACTERS = 20
CARE_FILE = frozenset({"identity", "background", "nir"})


def find(care: Care, compartment: str, *, purpose: str, reason: str) -> str:
    """Return the nearest relation, or "none". The compartment is one of the record's kind."""
    if care.is_own:
        return "own"
    if care.service == "mailer" and (care.kind, compartment, purpose) == ("person", "contact", "notify"):
        return "service"
    # Everything below stands on a membership that has not ended.
    if "practitioner" in care.roles:
        return _of_practitioner(care, compartment, reason)
    if care.roles and care.kind == "file" and compartment == "identity" and care.is_current:
        return "reception"
    return "none"


def _of_practitioner(care: Care, compartment: str, reason: str) -> str:
    in_care = care.kind == "consultation" or compartment in CARE_FILE
    if care.is_assigned and in_care:
        return "assigned"
    if care.is_waiting and (care.kind, compartment) in {("consultation", "request"), ("file", "identity")}:
        return "queue"
    if care.is_linked and in_care:
        return "linked"
    is_reception = not care.roles.isdisjoint({"secretary", "manager"})
    if is_reception and care.is_current and (care.kind, compartment) == ("file", "identity"):
        return "reception"
    if care.kind in COMPARTMENTS and care.kind != "person" and len(reason.strip()) >= REASON_CHARACTERS:
        return "break-glass"
    return "none"
