"""How often something may be tried in an hour, counted in the database: a second web process counts along."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from colloque.accounts.models import Attempts
from colloque.kernel.clock import now
from colloque.kernel.errors import TooMany

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    what: str
    per_hour: int


CODES_PER_ADDRESS = Limit("code", 6)
CODES_PER_NETWORK = Limit("code-network", 300)
TRIES_PER_ADDRESS = Limit("verify", 15)
SIGN_INS_PER_NETWORK = Limit("sign-in-network", 1200)
TOKENS_PER_NETWORK = Limit("token-network", 120)


def spend(limit: Limit, key: str) -> bool:
    """Count one try; tell whether it was within the limit."""
    at = now()
    hour = at.replace(minute=0, second=0, microsecond=0)
    table = Attempts._meta.db_table  # noqa: SLF001 – Django's documented name for it
    with connection.cursor() as cursor:
        # One statement: two requests at once cannot both take the last try.
        cursor.execute(
            f"INSERT INTO {table} (what, key, hour, count) VALUES (%s, %s, %s, 1) "  # noqa: S608 – our table's name
            "ON CONFLICT (what, key, hour) DO UPDATE SET count = "
            f"{table}.count + 1 RETURNING count",
            [limit.what, hashed(limit.what, key), hour],
        )
        count = int(cursor.fetchone()[0])
    # Old counts are swept when a network is first seen in an hour: were it done for an address, the time that it
    # takes would tell whether someone had asked for that address before.
    if count == 1 and limit == CODES_PER_NETWORK:
        sweep(before=hour)
    return count <= limit.per_hour


def check(limit: Limit, key: str) -> None:
    """Count one try; raise TooMany past the limit."""
    if not spend(limit, key):
        raise TooMany(limit.what, retry_at=now().replace(minute=0, second=0, microsecond=0) + HOUR)


def sweep(*, before: datetime) -> None:
    Attempts.objects.filter(hour__lt=before - HOUR).delete()


def hashed(what: str, key: str) -> str:
    """Networks and indexes are counted, not kept."""
    return salted_hmac(f"colloque.accounts.limits.{what}", key, algorithm="sha256").hexdigest()
