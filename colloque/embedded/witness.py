"""The try-out's own witness: a process of its own, with a file of its own, and the same machine's word.

It finds a vault that goes back on its history; who holds the machine holds both. A witness elsewhere proves more, and
takes one setting (docs/operate/witness.md).
"""

from contextlib import closing

from colloque.embedded.home import Home
from colloque.embedded.processes import Part, python
from colloque.witness.app import Witness
from colloque.witness.state import State

NAME = "same-machine.colloque.localhost"


def setting(home: Home, port: int) -> dict[str, str]:
    """How the vault asks it. Its key is made at the first start."""
    with closing(State(home.witness)) as state:
        vkey = Witness(NAME, {}, state).vkey
    return {"COLLOQUE_WITNESSES": f"{vkey}@http://127.0.0.1:{port}"}


def witness(home: Home, port: int, log_vkey: str) -> Part:
    command = python("-m", "colloque.cli", "witness", "--state", str(home.witness), "--name", NAME,
                     "--log", log_vkey, "--port", str(port))  # fmt: skip
    return Part("witness", command, {}, home.logs / "witness.log")
