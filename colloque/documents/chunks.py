"""Sealed chunks on disk, under COLLOQUE_BLOBS: one folder for a blob, one file for a chunk. Ciphertext
only."""

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from colloque.documents.errors import DiskFull
from colloque.kernel.ids import new_id, parse_id

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def folder_of(blob: str) -> Path:
    # Parsed: what becomes a path is an id and nothing else.
    name = parse_id(blob)
    return Path(settings.COLLOQUE_BLOBS) / name[:2] / name


def write_chunk(blob: str, number: int, data: bytes) -> None:
    """Write a chunk durably and all at once; written again, it is replaced. Raises DiskFull."""
    folder = folder_of(blob)
    partial = folder / f".{new_id()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder / str(number))
    except OSError as error:
        partial.unlink(missing_ok=True)
        if error.errno in FULL:
            raise DiskFull from error
        raise


def open_chunk(blob: str, number: int) -> BinaryIO:
    return (folder_of(blob) / str(int(number))).open("rb")


def remove(blob: str) -> None:
    """Remove what there is of a blob; nothing there is fine."""
    shutil.rmtree(folder_of(blob), ignore_errors=True)


def all_on_disk() -> Iterator[tuple[str, float]]:
    """List blobs that have a folder, with when it was last changed."""
    root = Path(settings.COLLOQUE_BLOBS)
    for folder in sorted(root.glob("??/*")) if root.exists() else ():
        if folder.is_dir():
            yield folder.name, folder.stat().st_mtime
