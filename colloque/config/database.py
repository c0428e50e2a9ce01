"""A PostgreSQL address as Django wants it."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from colloque.config.env import BadSetting


def read_database_url(name: str, url: str) -> dict[str, Any]:
    """Translate `postgresql://user:password@host:port/database`; a socket folder is `?host=/folder`."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadSetting(f"{name} must be a postgresql:// address: PostgreSQL is the only database.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    database = unquote(parts.path.lstrip("/"))
    if not database:
        raise BadSetting(f"{name} names no database: end it with /colloque.")
    host = query.pop("host", None) or parts.hostname or ""
    port = query.pop("port", None) or parts.port or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(query),
    }
