"""What the command line calls: a witness that serves, and a log that asks one. Each returns an exit code."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn

from colloque.kernel.clock import to_wire
from colloque.kernel.tls import trust
from colloque.ledger.checkpoint import MalformedCheckpoint, parse_vkey
from colloque.ledger.cosignature import parse_witness_vkey
from colloque.witness.app import Witness, create_app
from colloque.witness.state import State, StateInUse
from colloque.witness.submit import NotWitnessed, submit

type Say = Callable[[str], None]


def serve(folder: Path, logs: Sequence[str], name: str, *, host: str, port: int, say: Say) -> int:
    try:
        known = {log.name: log for log in map(parse_vkey, logs)}
        state = State(folder)
    except (MalformedCheckpoint, StateInUse) as error:
        say(f"The witness does not start: {error}")
        return 2
    witness = Witness(name, known, state)
    say(f"Witness of {', '.join(known)}. Note its key where you keep what you check by:\n{witness.vkey}")
    uvicorn.run(
        create_app(witness, on_end=state.close), host=host, port=port, access_log=False, log_level="warning"
    )
    return 0


def submit_checkpoints(
    vault_url: str, url: str, vkey: str, log_vkey: str, folder: Path, *, every: int | None, say: Say
) -> int:
    """Once, or every so many seconds until a history that does not continue is found: that is not waited away."""
    try:
        key, log = parse_witness_vkey(vkey), parse_vkey(log_vkey)
    except MalformedCheckpoint as error:
        say(f"A key can't be read: {error}")
        return 2
    with (
        httpx.Client(base_url=vault_url.rstrip("/"), timeout=20, trust_env=False, verify=trust()) as vault,
        httpx.Client(base_url=url.rstrip("/"), timeout=20, trust_env=False, verify=trust()) as witness,
    ):
        while True:
            try:
                size, at = submit(vault, witness, key, log, folder)
                say(f"{size} lines, seen by {key.name} at {to_wire(datetime.fromtimestamp(at, UTC))}.")
            except (NotWitnessed, MalformedCheckpoint) as error:
                say(f"Not cosigned: {error}")
                return 1
            except httpx.HTTPError as error:
                say(
                    f"Not cosigned this time: {type(error).__name__}. The vault or the witness does not answer."
                )
                if every is None:
                    return 1
            if every is None:
                return 0
            time.sleep(every)
