"""Asset manifests: what one release serves to browsers, and the hash by which the ledger remembers it. Pure.

The format is that of docs/spec/assets.md:

    {"files": {"<path>": "sha384-…"}, "policies": ["…"], "templates": {"<path>": "sha384-…"}, "v": 1, "version": "…"}

Hashes are written as subresource integrity writes them, so that a browser compares them with what it was told to check. In
a policy, `{sockets}` stands for the deployment's own address: a manifest says nothing of where it runs, and whoever builds
the same source has the same one.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION = 1
SOCKETS = "{sockets}"
MOST_BYTES = 1_000_000
_INTEGRITY = re.compile(r"sha384-[A-Za-z0-9+/]{64}")


class MalformedManifest(ValueError):
    """Not an asset manifest in its one canonical form."""


@dataclass(frozen=True)
class Manifest:
    version: str
    files: Mapping[str, str]
    policies: tuple[str, ...]
    templates: Mapping[str, str]


def integrity(data: bytes) -> str:
    return f"sha384-{base64.b64encode(hashlib.sha384(data).digest()).decode()}"


def digest(data: bytes) -> str:
    """The name of a manifest, in hex: what a line of the ledger holds."""
    return hashlib.sha256(data).hexdigest()


def to_bytes(manifest: Manifest) -> bytes:
    """JCS (RFC 8785), for text in ASCII."""
    told: dict[str, Any] = {
        "v": VERSION,
        "version": manifest.version,
        "files": dict(manifest.files),
        "policies": sorted(manifest.policies),
        "templates": dict(manifest.templates),
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def read(data: bytes) -> Manifest:
    """Read a manifest; raise MalformedManifest unless these are the very bytes that `to_bytes` writes for it."""
    try:
        if len(data) > MOST_BYTES:
            raise MalformedManifest("too large")
        told: Any = json.loads(data)
        manifest = Manifest(told["version"], told["files"], tuple(told["policies"]), told["templates"])
        hashes = [*manifest.files.values(), *manifest.templates.values()]
        texts = [manifest.version, *manifest.policies, *manifest.files, *manifest.templates]
        fits = all(_INTEGRITY.fullmatch(one) for one in hashes) and all(isinstance(one, str) for one in texts)
    except MalformedManifest:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedManifest("not an asset manifest") from error
    if not fits or to_bytes(manifest) != data:
        raise MalformedManifest("not in canonical form")
    return manifest
