"""What victims do: a vault that serves, a witness that serves, a rotation. Imported once, by the server that forks them."""

import asyncio
from pathlib import Path

import uvicorn

from colloque.ledger.checkpoint import Verifier
from colloque.vault import rewrap
from colloque.vault.app import create_app
from colloque.vault.settings import VaultSettings
from colloque.witness.app import Witness
from colloque.witness.app import create_app as create_witness
from colloque.witness.state import State


def vault(settings: VaultSettings, port: int) -> None:
    uvicorn.run(create_app(settings), port=port, log_level="critical", access_log=False)


def witness(folder: Path, log: Verifier, port: int) -> None:
    one = Witness("witness.example", {log.name: log}, State(folder))
    uvicorn.run(create_witness(one), port=port, log_level="critical", access_log=False)


def rotation(settings: VaultSettings) -> None:
    asyncio.run(rewrap.rotate(settings, lambda _: None))
