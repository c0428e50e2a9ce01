"""The vault's public calls, forwarded byte for byte where no reverse proxy does it.

What comes back is sealed to the device that asked; this process reads neither way. What is under `service/` is
between this process and the vault alone, and nobody outside reaches it by here.
"""

import re

import httpx
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from colloque.kernel.errors import NotFound, TooLarge, Unavailable
from colloque.kernel.tls import trust

PUBLIC = re.compile(
    r"statements|release|lines|budgets|archive|checkpoint(/witnessed)?|health|directory/(key|assets|(persons|practices)/[0-9a-f-]{36})|proof/(inclusion|consistency)"
)
LEDGER = re.compile(r"checkpoint|tile/[0-9x/.p]{1,60}")
MOST = 256 * 1024

_client: httpx.AsyncClient | None = None


def _vault() -> httpx.AsyncClient:
    global _client  # noqa: PLW0603  one pool of connections for the process
    if _client is None:
        _client = httpx.AsyncClient(
            base_url=settings.COLLOQUE_VAULT_URL, timeout=10, trust_env=False, verify=trust()
        )
    return _client


async def close_client() -> None:
    """Close the pool. It belongs to the loop that used it first; who starts another loop closes it before."""
    global _client
    client, _client = _client, None
    if client is not None:
        await client.aclose()


# Exempt: the vault looks at signatures, never at cookies, and none is forwarded.
@csrf_exempt
async def forward(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer `/vault/<rest>` with what the vault answers; 404 for what is not public."""
    if (
        not settings.COLLOQUE_VAULT_PROXY
        or PUBLIC.fullmatch(rest) is None
        or request.method not in ("GET", "POST")
    ):
        raise NotFound
    return await _answer(request, f"/vault/{rest}")


async def ledger(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer `/ledger/<rest>`, the log's checkpoint and tiles, which are for anyone."""
    if not settings.COLLOQUE_VAULT_PROXY or LEDGER.fullmatch(rest) is None or request.method != "GET":
        raise NotFound
    return await _answer(request, f"/ledger/{rest}")


async def _answer(request: HttpRequest, path: str) -> HttpResponse:
    body = request.body
    if len(body) > MOST:
        raise TooLarge
    headers = {"X-Forwarded-For": caller(request)}
    if body:
        headers["Content-Type"] = "application/json"
    query = request.META.get("QUERY_STRING", "")
    try:
        answer = await _vault().request(
            request.method or "GET", path + (f"?{query}" if query else ""), content=body, headers=headers
        )
    except httpx.HTTPError as error:
        raise Unavailable("vault") from error
    response = HttpResponse(
        answer.content,
        status=answer.status_code,
        content_type=answer.headers.get("Content-Type", "application/json"),
    )
    for name in ("Retry-After", "Cache-Control"):
        if name in answer.headers:
            response[name] = answer.headers[name]
    return response


def caller(request: HttpRequest) -> str:
    """Return the caller's address: the proxy's word where one is trusted, else the socket's."""
    if settings.COLLOQUE_TRUSTED_PROXY and request.META.get("REMOTE_ADDR") == settings.COLLOQUE_TRUSTED_PROXY:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
