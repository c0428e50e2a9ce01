"""The environment that the try-out's processes run in: the same settings by which an operator runs them elsewhere."""

import shlex
from dataclasses import dataclass

from colloque.embedded import witness
from colloque.embedded.home import Home
from colloque.embedded.postgres import Postgres

SETTINGS_MODULE = "colloque.embedded.settings"


@dataclass(frozen=True)
class Ports:
    web: int
    vault: int
    mail: int
    turn: int | None
    witness: int


def environment(home: Home, postgres: Postgres, ports: Ports) -> dict[str, str]:
    """Settings of the web, the worker and the commands; the vault has its own, and neither has the other's."""
    turn = (
        {
            "COLLOQUE_TURN_URL": f"turn:127.0.0.1:{ports.turn}?transport=udp",
            "COLLOQUE_TURN_SECRET": home.secret("turn"),
        }
        if ports.turn
        else {}
    )
    return {
        "COLLOQUE_HOME": str(home.folder),
        "COLLOQUE_EMBEDDED": "true",
        "COLLOQUE_ORIGIN": f"http://localhost:{ports.web}",
        "COLLOQUE_SECRET_KEY": home.secret("web-secret"),
        "COLLOQUE_DATABASE_URL": postgres.web,
        "COLLOQUE_VAULT_URL": f"http://127.0.0.1:{ports.vault}",
        "COLLOQUE_SMTP_URL": f"smtp://127.0.0.1:{ports.mail}",
        "DJANGO_SETTINGS_MODULE": SETTINGS_MODULE,
        **turn,
    }


def vault_environment(home: Home, postgres: Postgres, ports: Ports) -> dict[str, str]:
    return {
        "COLLOQUE_VAULT_DATABASE_URL": postgres.vault,
        "COLLOQUE_VAULT_KEK_FILE": str(home.keys / "kek"),
        "COLLOQUE_LEDGER_ORIGIN": "colloque.localhost/ledger",
        "COLLOQUE_ORIGIN": f"http://localhost:{ports.web}",
        **witness.setting(home, ports.witness),
    }


def write_settings(home: Home, *parts: dict[str, str]) -> None:
    """Leave them in a file that only this user reads, for `colloque` commands run in another window."""
    lines = [f"{name}={shlex.quote(value)}\n" for part in parts for name, value in part.items()]
    temporary = home.settings.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    temporary.write_text("".join(lines), encoding="utf-8")
    temporary.replace(home.settings)


def read_settings(home: Home) -> dict[str, str]:
    """What was left, or nothing where no try-out has run."""
    if not home.settings.exists():
        return {}
    entries = shlex.split(home.settings.read_text(encoding="utf-8"))
    return dict(entry.partition("=")[::2] for entry in entries)
