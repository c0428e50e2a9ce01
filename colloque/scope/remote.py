"""An export, or a folder that --keep wrote, at an address: fetched whole into a folder, and then checked as any other."""

from pathlib import Path

import httpx

from colloque.kernel.tls import trust
from colloque.ledger.pseudonym import NAMES_FILE
from colloque.scope.errors import BadLedger
from colloque.scope.french import reason
from colloque.scope.load import FILES, MANIFEST

EXPORT = ("checkpoint", "vkey", "lines.jsonl")
# What signatures are over, and what opens the names of patients: an export of a replay has neither.
OPTIONAL = ("statements.jsonl", NAMES_FILE)
SECONDS = 60.0  # without a byte; a ledger of some gigabytes may take its time
SCHEMES = ("https://", "http://")


def is_address(text: str) -> bool:
    return text.startswith(SCHEMES)


def fetch(url: str, into: Path) -> None:
    """Fetch each file that an answer needs. Raises BadLedger when one is missing, or stops halfway: nothing is computed."""
    base = url.rstrip("/")
    try:
        with httpx.Client(timeout=SECONDS, trust_env=False, verify=trust(), follow_redirects=True) as client:
            if _get(client, f"{base}/{MANIFEST}", into / MANIFEST):
                names, optional = [f"{name}.parquet" for name in FILES], list[str]()
            else:
                names, optional = list(EXPORT), list(OPTIONAL)
            for name in (*names, *optional):
                if not _get(client, f"{base}/{name}", into / name) and name not in optional:
                    raise BadLedger(
                        f"{base} : il manque {name}. Donnez l’adresse d’un dossier écrit par `colloque ledger export`, "
                        "ou par --keep.",
                        f"{base}: {name} is missing. Give the address of a folder that `colloque ledger export` wrote, "
                        "or --keep.",
                    )
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        why = str(error) or type(error).__name__
        raise BadLedger(
            f"{base} : le registre n’a pas pu être lu en entier ({reason(error)}). Rien n’est calculé : vérifiez "
            "l’adresse et le réseau, ou copiez le dossier ici.",
            f"{base}: the ledger could not be read whole ({why}). Nothing is computed: check the address and the "
            "network, or copy the folder here.",
        ) from error


def _get(client: httpx.Client, url: str, into: Path) -> bool:
    """Write what is there; return False where nothing is."""
    with client.stream("GET", url) as response:
        if response.status_code == httpx.codes.NOT_FOUND:
            return False
        response.raise_for_status()
        with into.open("wb") as file:
            for data in response.iter_bytes():
                file.write(data)
    return True
