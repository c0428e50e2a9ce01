"""May this person? Each gate returns what was asked for, or raises: what is not yours does not exist."""

from uuid import UUID

from colloque.accounts.models import Account, Membership
from colloque.kernel.errors import NotFound


def get_account(person: str) -> Account:
    """Return an open account."""
    account = Account.objects.filter(id=person, closed_at=None).first()
    if account is None:
        raise NotFound("account")
    return account


def get_membership(practice: str | UUID, person: str, *roles: str) -> Membership:
    """Return the confirmed, current membership of a person who has one of the roles (any role when none is named)."""
    membership = (
        Membership.objects.select_related("practice")
        .filter(practice_id=practice, account_id=person, ended_at=None, account__closed_at=None)
        .exclude(confirmed_at=None)
        .first()
    )
    if membership is None or (roles and not set(roles) & set(membership.roles)):
        raise NotFound("membership")
    return membership


def has_role(practice: str | UUID, person: str, *roles: str) -> bool:
    try:
        get_membership(practice, person, *roles)
    except NotFound:
        return False
    return True
