"""`/health`: 200 when every part answers, each named. It tells no version, no address, no number of people."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from colloque.kernel.clock import now
from colloque.kernel.tls import trust

logger = logging.getLogger(__name__)

HEARTBEAT = timedelta(seconds=60)


def health(request: HttpRequest) -> JsonResponse:
    parts = {
        "web": True,
        "database": ask(database),
        "vault": ask(vault),
        "witness": ask(witness),
        "worker": ask(worker),
    }
    ok = all(parts.values())
    return JsonResponse({"ok": ok, "parts": parts}, status=200 if ok else 503)


def ask(part: Callable[[], bool]) -> bool:
    try:
        return part()
    except (DatabaseError, httpx.HTTPError) as error:
        logger.warning("health: %s does not answer (%s)", part.__name__, type(error).__name__)
        return False


def database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def vault() -> bool:
    answer = httpx.get(
        f"{settings.COLLOQUE_VAULT_URL}/vault/health", timeout=3, trust_env=False, verify=trust()
    )
    return answer.status_code == httpx.codes.OK


def witness() -> bool:
    """Whether the ledger's witnesses are close enough for the vault to release anything."""
    answer = httpx.get(
        f"{settings.COLLOQUE_VAULT_URL}/vault/health", timeout=3, trust_env=False, verify=trust()
    )
    return answer.status_code == httpx.codes.OK and bool(answer.json()["witnessed"]["ok"])


def worker() -> bool:
    """Whether a worker has beaten lately; Procrastinate's workers write it in their table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        last: datetime | None = cursor.fetchone()[0]
    return last is not None and now() - last < HEARTBEAT
