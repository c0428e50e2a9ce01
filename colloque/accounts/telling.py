"""Letters to everyone in a practice, when somebody takes over what is theirs."""

from uuid import UUID

from colloque.accounts.models import Membership
from colloque.kernel.jobs import defer


def tell_members(practice: str | UUID, letter: str, *, leave_out: str = "") -> None:
    """Everyone: members who lost their way in still read their mail."""
    members = Membership.objects.filter(practice_id=practice, ended_at=None).exclude(confirmed_at=None)
    for person in members.values_list("account_id", flat=True):
        if str(person) != leave_out:
            defer("notifications.notify", person=str(person), letter=letter)
