"""What a victim of the web's does. Django is set up in it, and nowhere before."""

from pathlib import Path


def outbox(database: dict[str, str], vault_url: str, web_key: Path) -> None:
    """Do the worker's job alone, over the tests' database."""
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(database)
    settings.COLLOQUE_VAULT_URL, settings.COLLOQUE_WEB_KEY = vault_url, web_key
    django.setup()
    from colloque.records.outbox import flush_lines

    flush_lines()
