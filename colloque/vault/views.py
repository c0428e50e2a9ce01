"""The vault over HTTP (docs/spec/key-release.md, "HTTP"): read the body, call, translate refusals."""

import ipaddress
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import orjson
import psycopg
from psycopg_pool import PoolTimeout
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from colloque.kernel.clock import to_wire
from colloque.kernel.errors import ColloqueError, TooLarge
from colloque.kernel.ids import is_id
from colloque.ledger.append import Cursor, LogMissing, read_head
from colloque.vault import archive as archive_
from colloque.vault import directory
from colloque.vault.acts import FACTS
from colloque.vault.batch import Transaction
from colloque.vault.errors import Malformed, NotFound, Unavailable
from colloque.vault.openings import load_askers, refusal_of_asker
from colloque.vault.release import release
from colloque.vault.standing import standing
from colloque.vault.statements import Said
from colloque.vault.vault import Vault
from colloque.vault.witnesses import read_witnessed

logger = logging.getLogger(__name__)

MOST_BYTES = 512 * 1024
SERVICE_KINDS = frozenset({"blind-index", "factors", "unlock", "factors-end"})

type View = Callable[[Request], Awaitable[Response]]


class Json(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


def answering(view: Callable[[Request, Vault], Awaitable[Any]]) -> View:
    """Answer with JSON, or with the refusal's word and status. Anything unforeseen is closed: 503 and a log line."""

    async def answer(request: Request) -> Response:
        try:
            result = await view(request, request.app.state.vault)
            return result if isinstance(result, Response) else Json(result)
        except ColloqueError as error:
            return refuse(error)
        except (psycopg.Error, PoolTimeout, LogMissing, OSError):
            logger.exception("the vault could not answer")
            return refuse(Unavailable())

    return answer


def refuse(error: ColloqueError) -> Json:
    body: dict[str, Any] = {"error": error.word, "message": error.public}
    if error.retry_at is not None:
        body["retry_at"] = to_wire(error.retry_at)
    if getattr(error, "level", None) is not None:
        body["level"] = error.level  # type: ignore[attr-defined]
    if getattr(error, "now", None) is not None:
        body["now"] = to_wire(error.now)  # type: ignore[attr-defined]
    return Json(body, status_code=error.status)


async def read_said(request: Request, vault: Vault) -> Said:
    try:
        envelope = orjson.loads(await read_body(request))
    except ValueError as error:
        raise Malformed("json") from error
    return vault.read(envelope, network_of(request))


async def read_body(request: Request) -> bytes:
    """Read what was sent, and no more than is allowed of it."""
    body = b""
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += bytes(message.get("body", b""))
        if len(body) > MOST_BYTES:
            raise TooLarge
        if not message.get("more_body"):
            return body


def network_of(request: Request) -> str:
    """The asker's network, as the proxy in front of the vault says: /24, or /48. Never a whole address."""
    # By hand: it is done for each release, and Starlette makes an object of all headers first.
    told = next(
        (value for name, value in request.scope["headers"] if name == b"x-forwarded-for"), b""
    ).decode("latin-1")
    client = request.scope.get("client")
    return _prefix_of(told.rpartition(",")[2].strip() or (client[0] if client else ""))


@lru_cache(maxsize=4096)
def _prefix_of(told: str) -> str:
    try:
        address = ipaddress.ip_interface(told).ip
    except ValueError:
        return ""
    prefix = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, prefix), strict=False))


@answering
async def statements(request: Request, vault: Vault) -> Any:
    said = await read_said(request, vault)
    if said.kind not in FACTS or said.kind in SERVICE_KINDS:
        raise Malformed("kind")
    return {"receipt": (await vault.say(said)).receipt}


@answering
async def releases(request: Request, vault: Vault) -> Any:
    said = await read_said(request, vault)
    if said.kind != "release":
        raise Malformed("kind")
    return await release(vault, said)


@answering
async def lines(request: Request, vault: Vault) -> Any:
    async with hearing(request, vault, "lines") as (said, cursor):
        return await directory.lines_for(cursor, said, vault.pseudonyms)


@answering
async def budgets(request: Request, vault: Vault) -> Any:
    async with hearing(request, vault, "budgets") as (said, cursor):
        return await standing(cursor, said, vault.settings)


@answering
async def archive(request: Request, vault: Vault) -> Any:
    # Whoever may end it may also when frozen: they are told of it then too.
    async with hearing(request, vault, "archive-waiting", also_frozen=True) as (said, cursor):
        return await archive_.waiting(cursor, said)


@answering
async def feed(request: Request, vault: Vault) -> Any:
    async with hearing(request, vault, "feed") as (said, cursor):
        return await directory.feed(cursor, said, vault.pseudonyms)


@answering
async def service(request: Request, vault: Vault) -> Any:
    said = await read_said(request, vault)
    if said.kind != request.path_params["kind"] or said.kind not in SERVICE_KINDS:
        raise Malformed("kind")
    outcome = await vault.say(said)
    return {**outcome.answer, "receipt": outcome.receipt}


@answering
async def person(request: Request, vault: Vault) -> Any:
    async with reading(vault) as cursor:
        return await directory.person(cursor, vault.keys.signer, _id_of(request))


@answering
async def practice(request: Request, vault: Vault) -> Any:
    async with reading(vault) as cursor:
        return await directory.practice(cursor, vault.keys.signer, _id_of(request))


@answering
async def assets(request: Request, vault: Vault) -> Any:
    async with reading(vault) as cursor:
        return await directory.assets(cursor, vault.keys.signer)


@answering
async def key(request: Request, vault: Vault) -> Any:
    async with reading(vault) as cursor:
        await cursor.execute("SELECT name, person FROM service")
        return {
            "vkey": vault.keys.signer.verifier().to_vkey(),
            "witnesses": [one.key.to_vkey() for one in vault.settings.witnessing.witnesses],
            "quorum": vault.settings.witnessing.bounds.quorum,
            "service_persons": dict(await cursor.fetchall()),
        }


@answering
async def checkpoint(request: Request, vault: Vault) -> Any:
    async with reading(vault) as cursor:
        return PlainTextResponse((await read_head(cursor)).note)


@answering
async def witnessed(request: Request, vault: Vault) -> Any:
    """The newest checkpoint that enough witnesses cosigned, with their signatures."""
    note = await read_witnessed(vault.pool)
    if note is None:
        raise NotFound
    return PlainTextResponse(note)


@answering
async def inclusion(request: Request, vault: Vault) -> Any:
    async with reading(vault) as cursor:
        return {
            "proof": await directory.inclusion(cursor, _number(request, "index"), _number(request, "size"))
        }


@answering
async def consistency(request: Request, vault: Vault) -> Any:
    async with reading(vault) as cursor:
        return {
            "proof": await directory.consistency(cursor, _number(request, "from"), _number(request, "to"))
        }


@answering
async def health(request: Request, vault: Vault) -> Any:
    """Say yes when a release could be written down: the log answers, the vault's keys turn, and for how long. Whether the
    witnesses are close enough for one is told beside: without them the vault still freezes and revokes."""
    async with reading(vault) as cursor:
        size = (await read_head(cursor)).tree.size
    if vault.kek.unwrap(vault.kek.wrap(b"health", b"health"), b"health") != b"health":
        raise Unavailable
    left = vault.kek.seconds_left()
    witnessed = vault.witnesses.standing(size)
    return {"ok": True, "witnessed": witnessed} | ({} if left is None else {"keys_for_seconds": int(left)})


@asynccontextmanager
async def reading(vault: Vault) -> AsyncIterator[Cursor]:
    """A cursor over one snapshot, so that lines, proofs and head belong together."""
    async with vault.pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
        await cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield cursor


@asynccontextmanager
async def hearing(
    request: Request, vault: Vault, kind: str, *, also_frozen: bool = False
) -> AsyncIterator[tuple[Said, Cursor]]:
    """A question that changes nothing: who asks is held to what one snapshot says of them, as in an opening."""
    said = await read_said(request, vault)
    if said.kind != kind:
        raise Malformed("kind")
    await vault.authenticate(said)
    async with reading(vault) as cursor:
        (asker,) = await load_askers(Transaction(vault, cursor, await read_head(cursor)), [said])
        error = refusal_of_asker(asker)
        if error and not (also_frozen and error.word == "frozen"):
            raise error
        yield said, cursor


def _id_of(request: Request) -> str:
    text = request.path_params["id"]
    if not is_id(text):
        raise NotFound
    return str(text)


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Malformed(name)
    return int(text)
