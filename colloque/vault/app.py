"""The vault as an ASGI application. Its start fails, and with it the process, when a setting is unsafe."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from colloque.vault import public_ledger, views
from colloque.vault.settings import VaultSettings
from colloque.vault.vault import Vault


class Door:
    """Releases, which are most of what is asked here, go straight to their view; all else goes by the router."""

    def __init__(self, router: Starlette) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/vault/release" and scope["method"] == "POST":
            scope["app"] = self._router
            response = await views.releases(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await self._router(scope, receive, send)


def create_app(settings: VaultSettings) -> ASGIApp:
    """Make the vault's application; `app.state.vault` of what the views see is the vault."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        vault = Vault(settings)
        await vault.start()
        app.state.vault = vault
        try:
            yield
        finally:
            await vault.stop()

    router = Starlette(
        lifespan=lifespan,
        routes=[
            Route(
                "/vault/release", views.releases, methods=["POST"]
            ),  # by the door; other methods are told so here
            Route("/vault/statements", views.statements, methods=["POST"]),
            Route("/vault/lines", views.lines, methods=["POST"]),
            Route("/vault/budgets", views.budgets, methods=["POST"]),
            Route("/vault/archive", views.archive, methods=["POST"]),
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
    return Door(router)
