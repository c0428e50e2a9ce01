"""The asset manifest of this installation: every built file, every policy, every template (docs/spec/assets.md).

Made from the disk once for each build; the same source gives the same bytes wherever it runs.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.csp import build_policy

from colloque import __version__
from colloque.ledger import assets
from colloque.ledger.assets import Manifest
from colloque.pages.accounts import STRETCHES
from colloque.pages.build import BUILT, read_manifest

PREFIX = "/static/built/"
COLLOQUE = Path(__file__).parents[1]
# Twins that are packed, and the list that the templates read: what is served is the file itself.
NOT_SERVED = frozenset({".br", ".gz"})


def manifest_bytes() -> bytes:
    """The manifest as it is served and hashed. Raises NotBuilt."""
    read_manifest()
    return _made((BUILT / "manifest.json").stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _made(changed_at: int) -> bytes:
    return assets.to_bytes(
        Manifest(
            __version__,
            {PREFIX + name: assets.integrity(path.read_bytes()) for name, path in _built()},
            tuple(sorted({_policy(settings.SECURE_CSP), _policy(STRETCHES)})),
            {name: assets.integrity(path.read_bytes()) for name, path in _templates()},
        )
    )


def _built() -> Iterator[tuple[str, Path]]:
    for path in sorted(BUILT.rglob("*")):
        if path.is_file() and path.suffix not in NOT_SERVED and path.name != "manifest.json":
            yield path.relative_to(BUILT).as_posix(), path


def _templates() -> Iterator[tuple[str, Path]]:
    for path in sorted(COLLOQUE.glob("*/templates/**/*")):
        # The try-out's own pages are served by no deployment.
        if path.is_file() and path.parts[len(COLLOQUE.parts)] != "embedded":
            yield path.relative_to(COLLOQUE).as_posix(), path


def _policy(told: dict[str, Any]) -> str:
    own = settings.SECURE_CSP["connect-src"][-1]
    sockets = [assets.SOCKETS if one == own else one for one in told["connect-src"]]
    return build_policy({**told, "connect-src": sockets})
