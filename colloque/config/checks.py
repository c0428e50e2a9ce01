"""Unsafe settings do not start. Each refusal is a sentence that says what to change."""

import sys
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
WEAK_SECRETS = ("changeme", "secret", "password", "django-insecure", "colloque", "example")
LEAST_SECRET = 32


@register()
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    return [Error(text, id=f"colloque.{word}") for word, text in find_unsafe()]


def refuse_unsafe() -> None:
    """Stop the process, with every reason at once, when a setting is unsafe."""
    reasons = [text for _, text in find_unsafe()]
    if reasons:
        sys.exit(
            "Colloque does not start with these settings:\n" + "\n".join(f"  - {text}" for text in reasons)
        )


def find_unsafe() -> Iterator[tuple[str, str]]:
    yield from unsafe_secrets()
    yield from unsafe_addresses()
    yield from unsafe_parts()


def unsafe_secrets() -> Iterator[tuple[str, str]]:
    if settings.DEBUG:
        yield (
            "debug",
            "DEBUG is on: error pages would show what must stay sealed. Take it out of your settings.",
        )
    if (why := weakness(settings.COLLOQUE_SECRET_KEY)) is not None:
        yield "secret", f"COLLOQUE_SECRET_KEY {why}. Make one: openssl rand -base64 48"
    if settings.COLLOQUE_TURN_URL:
        if not settings.COLLOQUE_TURN_SECRET:
            yield (
                "turn",
                "COLLOQUE_TURN_URL is set without COLLOQUE_TURN_SECRET: set the static-auth-secret of coturn.",
            )
        elif (why := weakness(settings.COLLOQUE_TURN_SECRET)) is not None:
            yield "turn", f"COLLOQUE_TURN_SECRET {why}. Make one: openssl rand -base64 48"


def weakness(secret: str) -> str | None:
    """Say what is wrong with a secret, or None."""
    if not secret:
        return "is not set"
    if len(secret) < LEAST_SECRET:
        return f"has fewer than {LEAST_SECRET} characters"
    if len(set(secret)) < 10 and not secret.startswith("only-for-tests-"):
        return "repeats a few characters"
    if secret.lower().startswith(WEAK_SECRETS):
        return "starts with a word that everyone tries"
    return None


def unsafe_addresses() -> Iterator[tuple[str, str]]:
    origin = urlsplit(settings.COLLOQUE_ORIGIN)
    if origin.scheme not in ("http", "https") or not origin.hostname or origin.path or origin.query:
        yield "origin", "COLLOQUE_ORIGIN must be the public origin alone, such as https://rdv.example.fr"
    elif origin.scheme == "http" and origin.hostname != "localhost":
        yield (
            "origin",
            "COLLOQUE_ORIGIN uses http with a host other than localhost: browsers refuse keys there. Use https.",
        )
    vault = urlsplit(settings.COLLOQUE_VAULT_URL)
    if vault.scheme not in ("http", "https") or not vault.hostname:
        yield "vault", "COLLOQUE_VAULT_URL must be the vault's address, such as http://127.0.0.1:8001"
    elif vault.scheme == "http" and not is_private(vault.hostname):
        yield (
            "vault",
            "COLLOQUE_VAULT_URL uses http over a network that is not private. Use https, or a private address.",
        )
    if settings.COLLOQUE_EMBEDDED and settings.COLLOQUE_BIND not in LOCAL_NAMES:
        yield (
            "embedded",
            (
                "COLLOQUE_EMBEDDED with a COLLOQUE_BIND other than 127.0.0.1: the try-out shows the demo's passwords "
                "to all who reach it. See docs/operate/install.md for a real installation."
            ),
        )
    if settings.COLLOQUE_EMBEDDED and origin.hostname != "localhost":
        yield (
            "embedded",
            "COLLOQUE_EMBEDDED with a public COLLOQUE_ORIGIN: the try-out is for http://localhost only.",
        )


def is_private(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host  # a name without a dot is of the local network


def unsafe_parts() -> Iterator[tuple[str, str]]:
    if settings.COLLOQUE_WEB_PROCESSES > 1 and not settings.COLLOQUE_VALKEY_URL:
        yield (
            "valkey",
            (
                "COLLOQUE_WEB_PROCESSES is above 1 without COLLOQUE_VALKEY_URL: people served by two processes would "
                "not see each other. Set a Valkey, or keep one process."
            ),
        )
    smtp = urlsplit(settings.COLLOQUE_SMTP_URL)
    if smtp.scheme not in ("smtp", "smtps", "smtp+starttls") or not smtp.hostname:
        yield (
            "smtp",
            "COLLOQUE_SMTP_URL must be smtps://, smtp+starttls:// or, for a relay on this machine, smtp://",
        )
    elif smtp.scheme == "smtp" and not is_private(smtp.hostname):
        yield (
            "smtp",
            "COLLOQUE_SMTP_URL sends addresses over the open network in clear. Use smtps:// or smtp+starttls://",
        )
