"""Where OCSF goes: a file, a syslog server, a webhook. One JSON object for each line of it."""

import json
import socket
from collections.abc import Iterable, Iterator
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


def send(objects: Iterable[dict[str, Any]], to: str, header: str = "") -> int:
    """Write to a path, `syslog://host:port` (RFC 5424 over TCP, octet counting) or an https address; return how many.

    `header` goes with each request to an address, such as `Authorization: Bearer …`.
    """
    try:
        told, port = urlsplit(to), urlsplit(to).port
    except ValueError as error:
        raise Malformed(f"{to}: {error}") from error
    if told.scheme in ("http", "https"):
        name, colon, value = header.partition(":")
        if bool(header) != bool(colon):
            raise Malformed("a header reads NAME: VALUE")
        return _post(objects, to, {name.strip(): value.strip()} if header else {})
    if told.scheme == "syslog":
        return _syslog(objects, told.hostname or "", port or 601)
    if told.scheme:
        raise Malformed(f"{to}: a path, syslog://host:port, or https://…")
    return _write(objects, Path(to))


class Mark:
    """How far an export of lines has come, in a file. After a failure the same lines are sent again; none is left out."""

    def __init__(self, path: Path | None, first: int = 0) -> None:
        self.path, self.next = path, first
        if path is not None and path.exists():
            text = path.read_text("utf-8").strip()
            if not (text.isascii() and text.isdigit()):
                raise Malformed(f"{path}: a line's number. Correct it, or take the file away to begin anew")
            self.next = int(text)

    def follow(self, lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for line in lines:
            yield line
            self.next = int(line["seq"]) + 1

    def keep(self) -> None:
        if self.path:
            part = self.path.with_name(f"{self.path.name}.part")
            part.write_text(f"{self.next}\n", encoding="utf-8")
            part.replace(self.path)


def _write(objects: Iterable[dict[str, Any]], path: Path) -> int:
    count = 0
    try:
        with path.open("a", encoding="utf-8") as file:
            for one in objects:
                file.write(json.dumps(one, ensure_ascii=False) + "\n")
                count += 1
    except OSError as error:
        raise OutOfReach(f"{path} after {count}: {error.strerror}") from error
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


def _post(objects: Iterable[dict[str, Any]], url: str, headers: dict[str, str]) -> int:
    count, batch = 0, []
    for one in objects:
        batch.append(one)
        if len(batch) == BATCH:
            count += _post_batch(batch, url, headers, count)
            batch = []
    return count + (_post_batch(batch, url, headers, count) if batch else 0)


def _post_batch(batch: list[dict[str, Any]], url: str, headers: dict[str, str], before: int) -> int:
    try:
        how: dict[str, Any] = {"timeout": 10, "trust_env": False, "verify": trust()}
        httpx.post(url, json=batch, headers=headers, **how).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as error:
        answer = getattr(error, "response", None)
        said = f"answered {answer.status_code}" if answer is not None else type(error).__name__
        # What is before the @ is a secret, and terminals are kept.
        raise OutOfReach(f"{url.rpartition('@')[2]} after {before}: {said}") from error
    return len(batch)
