"""The web's client of the vault: one for the process, with the web's own device key."""

from functools import cache

from django.conf import settings

from colloque.vault.client import VaultClient, load
from colloque.vault.errors import Unavailable


@cache
def vault() -> VaultClient:
    """Return the client; raise Unavailable while the key file is not there (the vault has not enrolled the web)."""
    try:
        principal = load(settings.COLLOQUE_WEB_KEY)
    except OSError as error:
        raise Unavailable("no key file for the web") from error
    return VaultClient(settings.COLLOQUE_VAULT_URL, principal)
