"""The log's side of the protocol: show a witness the newest checkpoint, and keep what it cosigned.

Runs beside the vault, over the vault's own public addresses: it needs no key and no database.
"""

from pathlib import Path

import httpx

from colloque.kernel.encoding import b64u_decode
from colloque.ledger import checkpoint
from colloque.ledger.checkpoint import Checkpoint, MalformedCheckpoint, Verifier
from colloque.ledger.cosignature import WitnessKey, seen_at
from colloque.ledger.witnessing import request_of


class NotWitnessed(Exception):
    """The witness did not cosign; the sentence says why, and what it means."""


def submit(
    vault: httpx.Client, witness: httpx.Client, key: WitnessKey, log: Verifier, folder: Path
) -> tuple[int, int]:
    """Have the newest checkpoint cosigned, and keep it in the folder; return its size and when it was seen."""
    note, head = _newest(vault, log)
    old = _last_size(folder, log)
    response = _ask(vault, witness, old, head.size, note)
    if response.status_code == httpx.codes.CONFLICT and response.text.strip().isdigit():
        old = int(response.text)
        if old > head.size:
            # The vault asks its witnesses itself, and may have shown this one more meanwhile: then it has it.
            note, head = _newest(vault, log)
        if old > head.size:
            raise NotWitnessed(f"The witness has seen {old} lines, and the vault shows {head.size}: lines are gone. "
                               "An old database was restored, or someone took lines out.")  # fmt: skip
        response = _ask(vault, witness, old, head.size, note)
    if not response.is_success:
        raise NotWitnessed(_sentence(response, old, head.size))
    cosigned = note + response.text
    at = seen_at(cosigned, key)
    if at is None:
        raise NotWitnessed("The answer is not a cosignature by the witness's key.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{head.size:016d}.note").write_text(cosigned, "utf-8")
    return head.size, at


def _newest(vault: httpx.Client, log: Verifier) -> tuple[str, Checkpoint]:
    note = vault.get("/vault/checkpoint").raise_for_status().text
    return note, checkpoint.read(note, log)


def _ask(vault: httpx.Client, witness: httpx.Client, old: int, size: int, note: str) -> httpx.Response:
    proof: list[bytes] = []
    if 0 < old < size:
        told = (
            vault.get("/vault/proof/consistency", params={"from": old, "to": size}).raise_for_status().json()
        )
        proof = [b64u_decode(one) for one in told["proof"]]
    return witness.post("/add-checkpoint", content=request_of(old, proof, note))


def _last_size(folder: Path, log: Verifier) -> int:
    for path in sorted(folder.glob("*.note"), reverse=True):
        try:
            return checkpoint.read(path.read_text("utf-8"), log).size
        except MalformedCheckpoint:
            continue
    return 0


def _sentence(response: httpx.Response, old: int, size: int) -> str:
    if response.status_code in (httpx.codes.CONFLICT, httpx.codes.UNPROCESSABLE_ENTITY):
        return (f"The ledger of {size} lines does not continue the {old} that the witness has seen: it shows two histories. "
                "Keep both notes, and treat this as an intrusion.")  # fmt: skip
    if response.status_code == httpx.codes.NOT_FOUND:
        return "The witness does not know this ledger: give it the ledger's vkey (--log)."
    return f"The witness answers {response.status_code}: {response.text.strip()[:200]}"
