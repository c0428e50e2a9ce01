"""Where OCSF goes: a file, a syslog server, a webhook. One JSON object for each line of it."""

import json
import socket
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from colloque.kernel.clock import now, to_wire
from colloque.kernel.errors import Malformed
from colloque.kernel.errors import Unavailable as OutOfReach
from colloque.kernel.tls import trust

BATCH = 500
PRIORITY = 13 * 8 + 6  # RFC 5424: log audit, informational


def send(objects: Iterable[dict[str, Any]], to: str) -> int:
    """Write to a path, `syslog://host:port` (RFC 5424 over TCP, octet counting) or an https address; return how many."""
    told = urlsplit(to)
    if told.scheme in ("http", "https"):
        return _post(objects, to)
    if told.scheme == "syslog":
        return _syslog(objects, told.hostname or "", told.port or 601)
    if told.scheme:
        raise Malformed(f"{to}: a path, syslog://host:port, or https://…")
    return _write(objects, Path(to))


def _write(objects: Iterable[dict[str, Any]], path: Path) -> int:
    count = 0
    with path.open("a", encoding="utf-8") as file:
        for one in objects:
            file.write(json.dumps(one, ensure_ascii=False) + "\n")
            count += 1
    return count


def _syslog(objects: Iterable[dict[str, Any]], host: str, port: int) -> int:
    count = 0
    try:
        with socket.create_connection((host, port), timeout=10) as connection:
            for one in objects:
                at = datetime.fromtimestamp(one["time"] / 1000, UTC)
                text = (
                    f"<{PRIORITY}>1 {to_wire(at)} - colloque - ocsf - {json.dumps(one, ensure_ascii=False)}"
                )
                data = text.encode()
                connection.sendall(b"%d %b" % (len(data), data))
                count += 1
    except OSError as error:
        raise OutOfReach(f"syslog://{host}:{port} after {count} at {to_wire(now())}") from error
    return count


def _post(objects: Iterable[dict[str, Any]], url: str) -> int:
    count, batch = 0, []
    for one in objects:
        batch.append(one)
        if len(batch) == BATCH:
            count += _post_batch(batch, url)
            batch = []
    return count + (_post_batch(batch, url) if batch else 0)


def _post_batch(batch: list[dict[str, Any]], url: str) -> int:
    try:
        httpx.post(url, json=batch, timeout=10, trust_env=False, verify=trust()).raise_for_status()
    except httpx.HTTPError as error:
        raise OutOfReach(f"{url}: {type(error).__name__}") from error
    return len(batch)
