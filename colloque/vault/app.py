"""The vault as an ASGI application. Its start fails, and with it the process, when a setting is unsafe."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route

from colloque.vault import public_ledger, views
from colloque.vault.settings import VaultSettings
from colloque.vault.vault import Vault


def create_app(settings: VaultSettings) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        vault = Vault(settings)
        await vault.start()
        app.state.vault = vault
        try:
            yield
        finally:
            await vault.stop()

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/vault/release", views.releases, methods=["POST"]),
            Route("/vault/statements", views.statements, methods=["POST"]),
            Route("/vault/lines", views.lines, methods=["POST"]),
            Route("/vault/feed", views.feed, methods=["POST"]),
            Route("/vault/service/{kind}", views.service, methods=["POST"]),
            Route("/vault/directory/persons/{id}", views.person),
            Route("/vault/directory/practices/{id}", views.practice),
            Route("/vault/directory/assets", views.assets),
            Route("/vault/directory/key", views.key),
            Route("/vault/checkpoint", views.checkpoint),
            Route("/vault/checkpoint/witnessed", views.witnessed),
            Route("/vault/proof/inclusion", views.inclusion),
            Route("/vault/proof/consistency", views.consistency),
            Route("/vault/health", views.health),
            Route("/ledger/checkpoint", public_ledger.checkpoint),
            Route("/ledger/tile/{path:path}", public_ledger.tile),
        ],
    )
