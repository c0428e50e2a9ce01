"""The vault's process: `uvicorn --factory colloque.config.asgi_vault:make`. No Django in it."""

import gc

from starlette.types import ASGIApp

from colloque.vault.app import create_app
from colloque.vault.settings import from_env


def make() -> ASGIApp:
    app = create_app(from_env())
    # What was imported stays: the collector need not walk through it again and again.
    gc.freeze()
    return app
