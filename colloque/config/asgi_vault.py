"""The vault's process: `uvicorn --factory colloque.config.asgi_vault:make`. No Django in it."""

import gc

from starlette.types import ASGIApp

from colloque.vault.app import create_app
from colloque.vault.settings import from_env


def make() -> ASGIApp:
    app = create_app(from_env())
    # What was imported stays: the collector need not walk through it again and again.
    gc.freeze()
    # A batch of releases makes thousands of values that live until it is answered, in no cycle: looked through less often.
    gc.set_threshold(50_000, 20, 50)
    return app
