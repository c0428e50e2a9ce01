"""The vault's process: `uvicorn --factory colloque.config.asgi_vault:make`. No Django in it."""

from starlette.types import ASGIApp

from colloque.vault.app import create_app
from colloque.vault.settings import from_env


def make() -> ASGIApp:
    return create_app(from_env())
