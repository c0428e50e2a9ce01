"""What a witness has seen, in a folder of its own: one note for each log, its key, and a lock. It needs nothing else."""

import fcntl
import hashlib
import os
import secrets
from pathlib import Path
from typing import TextIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_BYTES = 32


class StateInUse(Exception):
    """Another witness runs over this folder: two would sign two histories."""


class State:
    """Holds the folder for as long as it lives. Raises StateInUse."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._lock: TextIO = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise StateInUse(
                f"Another witness runs over {folder}. End it first: two would sign two histories."
            ) from error

    def close(self) -> None:
        self._lock.close()

    def key(self) -> Ed25519PrivateKey:
        """The witness's own key, made at the first start, readable by its owner alone."""
        path = self.folder / "key"
        if not path.exists():
            self._write(path, secrets.token_bytes(KEY_BYTES))
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())

    def last(self, origin: str) -> str | None:
        """The note that was cosigned last for this log."""
        try:
            return self._path(origin).read_text("utf-8")
        except FileNotFoundError:
            return None

    def remember(self, origin: str, note: str) -> None:
        """Durable when it returns: a signature that leaves before it could be given twice, for two histories."""
        self._write(self._path(origin), note.encode())

    def _path(self, origin: str) -> Path:
        return self.folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.note"

    def _write(self, path: Path, data: bytes) -> None:
        temporary = path.with_suffix(".new")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
