"""The witness over HTTP: `POST /add-checkpoint`, and its key for who asks. One process, one folder, no database."""

import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from colloque.kernel import clock
from colloque.ledger import checkpoint
from colloque.ledger.checkpoint import Verifier
from colloque.ledger.cosignature import WitnessKey, cosign
from colloque.witness.decide import Refuse, decide, parse
from colloque.witness.state import State

MOST_BYTES = 64 * 1024


class Witness:
    def __init__(self, name: str, logs: Mapping[str, Verifier], state: State) -> None:
        self.name, self.logs, self.state = name, logs, state
        self.key: Ed25519PrivateKey = state.key()
        self._one_at_a_time = threading.Lock()

    @property
    def vkey(self) -> str:
        return WitnessKey(self.name, self.key.public_key().public_bytes_raw()).to_vkey()

    def add_checkpoint(self, body: bytes) -> str | Refuse:
        """Return the signature line, or why there is none. What was seen is durable before a line leaves."""
        asked = parse(body)
        if isinstance(asked, Refuse):
            return asked
        with self._one_at_a_time:
            last = self.state.last(asked.origin) if asked.origin in self.logs else None
            seen = checkpoint.read(last, self.logs[asked.origin]) if last else None
            decision = decide(asked, self.logs, seen)
            if isinstance(decision, Refuse):
                return decision
            # A crash here leaves a checkpoint that we hold to and never signed: harmless. The other order would not be.
            self.state.remember(asked.origin, asked.note)
        return cosign(asked.note, self.name, self.key, at=int(clock.now().timestamp()))


def create_app(witness: Witness, *, on_end: Callable[[], None] = lambda: None) -> Starlette:
    async def add_checkpoint(request: Request) -> Response:
        body = await request.body()
        if len(body) > MOST_BYTES:
            return PlainTextResponse("Too large.\n", status_code=413)
        answer = await run_in_threadpool(witness.add_checkpoint, body)
        if isinstance(answer, str):
            return PlainTextResponse(answer)
        if answer.size is not None:
            return PlainTextResponse(
                f"{answer.size}\n", status_code=answer.status, media_type="text/x.tlog.size"
            )
        return PlainTextResponse(f"{answer.what}\n", status_code=answer.status)

    async def vkey(request: Request) -> Response:
        return PlainTextResponse(f"{witness.vkey}\n")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        on_end()

    routes = [Route("/add-checkpoint", add_checkpoint, methods=["POST"]), Route("/vkey", vkey)]
    return Starlette(routes=routes, lifespan=lifespan)
