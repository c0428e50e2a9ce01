"""The six-digit code that shows that an address is one's own. Only its keyed hash is kept, in the session."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

LIFETIME = timedelta(minutes=15)
TRIES = 5


@dataclass(frozen=True)
class Pending:
    """A code that was sent: its hash is bound to the address's index, so that it is good for no other."""

    index: str
    digest: str
    expires_at: datetime
    tries: int = 0


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def digest_of(code: str, index: str) -> str:
    return salted_hmac("colloque.accounts.codes", f"{index}:{code}", algorithm="sha256").hexdigest()


def is_right(pending: Pending, code: str, *, now: datetime) -> bool:
    """Compare without telling where they differ; a code that is too old or tried too often is wrong."""
    same = hmac.compare_digest(pending.digest, digest_of("".join(code.split()), pending.index))
    return same and now < pending.expires_at and pending.tries < TRIES
