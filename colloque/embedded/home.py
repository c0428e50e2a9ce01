"""The one folder that a try-out writes: databases, keys, logs, mail, blobs. Removing it removes everything."""

import contextlib
import fcntl
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SECRETS = ("web-secret", "web-database", "vault-database", "postgres", "turn")


class InUse(Exception):
    """Another try-out is running over this folder."""


@dataclass(frozen=True)
class Home:
    folder: Path

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def blobs(self) -> Path:
        return self.folder / "blobs"

    @property
    def witness(self) -> Path:
        """What the try-out's own witness has seen: never part of a backup of the rest, or it forgets with it."""
        return self.folder / "witness"

    @property
    def settings(self) -> Path:
        """The environment of its processes, for commands that are run beside them."""
        return self.folder / "settings.env"

    @property
    def demo(self) -> Path:
        """Who is in the demo practice, and how they sign in."""
        return self.folder / "demo.json"

    def make(self) -> None:
        """Make what is missing; what is there stays."""
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (self.keys, self.mail, self.logs, self.blobs):
            folder.mkdir(mode=0o700, exist_ok=True)
        for name in SECRETS:
            with contextlib.suppress(FileExistsError):
                write_secret(self.keys / name, secrets.token_urlsafe(48))

    def secret(self, name: str) -> str:
        return (self.keys / name).read_text(encoding="utf-8").strip()

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder while it runs; raises InUse when another process does."""
        with (self.folder / "lock").open("w", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise InUse from error
            yield


def write_secret(path: Path, text: str) -> None:
    """Write a file that nobody else may read; raises FileExistsError."""
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text + "\n", encoding="utf-8")
