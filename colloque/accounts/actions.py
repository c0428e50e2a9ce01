"""What other rooms and the command line may do to accounts."""

from colloque.accounts.invitations import invite_first_manager
from colloque.accounts.practices import set_duty

__all__ = ["invite_first_manager", "set_duty"]
