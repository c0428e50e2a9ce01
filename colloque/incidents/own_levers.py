"""What anyone may stop with a session alone: their own account; a manager, the practice they manage and its members."""

from typing import Any

from django.utils.translation import gettext as _

from colloque.accounts.access import get_account
from colloque.accounts.queries import current_memberships, names_of
from colloque.incidents import pulling
from colloque.incidents.levers import Preview
from colloque.incidents.models import Pull
from colloque.kernel.errors import NotFound


def offered_to(person: str) -> list[dict[str, Any]]:
    """Places with their levers, each with what it costs: oneself, then the practices that one manages."""
    return [{"name": _("Votre compte"), "levers": [_lever("person", person, "", _own_preview())]}] + [
        {"name": membership.practice.name, "levers": _of_practice(str(membership.practice_id), person)}
        for membership in _managed(person)
    ]


def stop(person: str, lever: str, target: str) -> Pull:
    """Freeze. What is not offered to this person does not exist for them."""
    if (lever, target) not in _allowed(person):
        raise NotFound("lever")
    return pulling.pull(lever, target, by=get_account(person))


def _managed(person: str) -> Any:
    own = current_memberships().filter(account__id=person, roles__contains=["manager"])
    return own.select_related("practice").order_by("practice__name")


def _allowed(person: str) -> set[tuple[str, str]]:
    allowed = {("person", person)}
    for membership in _managed(person):
        practice = str(membership.practice_id)
        allowed |= {("history", practice), ("practice", practice)}
        allowed |= {("person", member) for member in _members(practice)}
    return allowed


def _members(practice: str) -> list[str]:
    return [str(one) for one in current_memberships(practice).values_list("account_id", flat=True)]


def _of_practice(practice: str, person: str) -> list[dict[str, Any]]:
    others = [member for member in _members(practice) if member != person]
    named = {one["person"]: f"{one['given']} {one['family']}" for one in names_of(others)}
    levers = [
        _lever(lever, practice, "", pulling.preview_of(lever, practice)) for lever in ("history", "practice")
    ]
    return levers + [
        _lever("person", member, named.get(member, member[:8]), pulling.preview_of("person", member))
        for member in others
    ]


def _lever(lever: str, target: str, whose: str, preview: Preview) -> dict[str, Any]:
    pulled = Pull.objects.filter(lever=lever, target=target, undone_at=None).first()
    return {"lever": lever, "target": target, "whose": whose, "preview": preview, "pull": pulled}


def _own_preview() -> Preview:
    return Preview(
        "person",
        _("Geler mon compte"),
        (_("Un appel en cours continue, et rien n’est perdu."),),
        (
            _("Plus rien ne s’ouvre avec ce compte, sur aucun appareil."),
            _(
                "Votre cabinet, ou deux officiers de sécurité, le lèvent quand ils savent que c’est bien vous."
            ),
        ),
    )
