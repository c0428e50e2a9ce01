"""The manifest of what web/build.mjs made: which file, with which hash, for each entry."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from colloque.kernel.errors import ColloqueError, sentence

BUILT = Path(__file__).parent / "static" / "built"


class NotBuilt(ColloqueError):
    word = "not-built"
    status = 500
    public = sentence("Cette page n’est pas prête sur ce serveur. Prévenez la personne qui l’exploite.")


def read_manifest() -> dict[str, Any]:
    """Return the manifest; it is read again when a build has replaced it."""
    path = BUILT / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise NotBuilt("run `make build`") from error


@lru_cache(maxsize=1)
def _read(path: Path, changed_at: int) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def find(kind: str, name: str) -> dict[str, Any]:
    """Return what was built under `name`, of kind `scripts`, `styles` or `icons`."""
    try:
        found: dict[str, Any] = read_manifest()[kind][name]
    except KeyError as error:
        raise NotBuilt(f"{kind} {name}") from error
    return found
