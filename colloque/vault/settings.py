"""The vault's settings, read from the environment once. An unsafe or unreadable one refuses to start."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from colloque.ledger.checkpoint import MalformedCheckpoint
from colloque.ledger.cosignature import WitnessKey, parse_witness_vkey
from colloque.ledger.witnessing import Bounds
from colloque.vault.budget import Capacity
from colloque.vault.meter import WINDOWS

DEFAULT_BUDGETS: Mapping[str, Capacity] = {
    # A patient seen is two records, the consultation and the file.
    "practitioner": (20, 60, 160, 1200),
    "secretary": (20, 60, 160, 1200),
    "manager": (10, 40, 120, 900),
    "patient": (10, 20, 40, 100),
    "service": (120, 2000, 10000, 100000),
    # All that a practice's members open together, and all that is opened here.
    "practice": (120, 600, 2400, 24000),
    "platform": (1200, 12000, 60000, 900000),
}

MOST_LEASE = 3600
MOST_UNSEEN_SECONDS = 600
LEAST_UNSEEN_LINES, MOST_UNSEEN_LINES = 25, 10_000  # one request may write the least


class UnsafeSetting(Exception):
    """A setting that the vault will not start with; the message names it and what to do."""


@dataclass(frozen=True)
class TransitSettings:
    """OpenBao's transit engine, and the AppRole that the vault reaches it as."""

    address: str
    role_id: str
    secret_id_file: Path
    mount: str = "transit"
    key: str = "colloque"
    ca_file: Path | None = None

    def read_secret_id(self) -> str:
        """Read anew each time: it is renewed beside us."""
        try:
            return self.secret_id_file.read_text("utf-8").strip()
        except OSError as error:
            raise UnsafeSetting(f"COLLOQUE_OPENBAO_SECRET_ID_FILE names a file that can't be read: "
                                f"{self.secret_id_file} ({error.strerror}).") from error  # fmt: skip


@dataclass(frozen=True)
class WitnessAt:
    key: WitnessKey
    url: str


NOT_BOUNDED = Bounds(quorum=0)


@dataclass(frozen=True)
class Witnessing:
    """Who cosigns the ledger's checkpoints, and how far releases may run ahead of them. As it is here, not bounded: a vault
    that reads its environment always is."""

    witnesses: tuple[WitnessAt, ...] = ()
    bounds: Bounds = NOT_BOUNDED
    every: float = 20


@dataclass(frozen=True)
class VaultSettings:
    database_url: str
    kek_file: Path | None = None
    keeper: str = "file"
    transit: TransitSettings | None = None
    # How long the vault goes on without a keeper that may be away, and how often it asks.
    kek_lease: float = 900
    kek_refresh: float = 20
    origin: str = "colloque.localhost/ledger"
    budgets: Mapping[str, Capacity] = field(default_factory=lambda: dict(DEFAULT_BUDGETS))
    # Of what a person may open, how much one of their devices may, in percent.
    device_share: int = 100
    # Where people sign in, which their passkeys are bound to; a step-up takes one, and without this there is none.
    web_origin: str = ""
    grant_delay: timedelta = timedelta(hours=72)
    # How long an officer has been appointed before they count for lifting a freeze.
    office_delay: timedelta = timedelta(hours=24)
    # How long an erasure waits, in which it may be withdrawn; and how long a practice keeps what nobody asked it to erase.
    erase_delay: timedelta = timedelta(hours=168)
    custody_delay: timedelta = timedelta(hours=720)
    records_kept: timedelta = timedelta(days=7305)
    # How long a practice's archive waits before it opens anything.
    archive_delay: timedelta = timedelta(hours=168)
    clock_window: timedelta = timedelta(seconds=120)
    lookups_per_hour: int = 600
    batch_size: int = 128
    # Lines are evidence: nobody erases one before.
    lines_kept: timedelta = timedelta(days=1096)
    # Seconds after which a line is written although nothing happened; none where it is not set.
    heartbeat: int | None = None
    witnessing: Witnessing = Witnessing()

    @property
    def web_host(self) -> str:
        return urlsplit(self.web_origin).hostname or ""


def from_env(env: Mapping[str, str] = os.environ) -> VaultSettings:
    """Read COLLOQUE_VAULT_DATABASE_URL, COLLOQUE_VAULT_KEK_FILE and the rest; raise UnsafeSetting."""
    return VaultSettings(
        database_url=_required(env, "COLLOQUE_VAULT_DATABASE_URL"),
        **_keeping(env),
        origin=_origin(env.get("COLLOQUE_LEDGER_ORIGIN", "colloque.localhost/ledger")),
        budgets={role: _budget(env, role, usual) for role, usual in DEFAULT_BUDGETS.items()},
        web_origin=env.get("COLLOQUE_ORIGIN", "").rstrip("/"),
        device_share=_percent(env, "COLLOQUE_BUDGET_DEVICE"),
        grant_delay=timedelta(hours=_whole(env, "COLLOQUE_GRANT_DELAY", 72)),
        office_delay=timedelta(hours=_whole(env, "COLLOQUE_OFFICE_DELAY", 24)),
        erase_delay=timedelta(hours=_whole(env, "COLLOQUE_ERASE_DELAY", 168)),
        custody_delay=timedelta(hours=_whole(env, "COLLOQUE_CUSTODY_DELAY", 720)),
        archive_delay=timedelta(hours=_whole(env, "COLLOQUE_ARCHIVE_DELAY", 168)),
        records_kept=timedelta(days=_whole(env, "COLLOQUE_RECORDS_KEPT_DAYS", 7305)),
        clock_window=timedelta(seconds=_whole(env, "COLLOQUE_CLOCK_WINDOW", 120)),
        lookups_per_hour=_whole(env, "COLLOQUE_LOOKUPS_PER_HOUR", 600),
        batch_size=_whole(env, "COLLOQUE_VAULT_BATCH", 128),
        lines_kept=timedelta(days=_whole(env, "COLLOQUE_LINES_KEPT_DAYS", 1096)),
        heartbeat=_whole(env, "COLLOQUE_HEARTBEAT", 600),
        witnessing=_witnessing(env),
    )


def _witnessing(env: Mapping[str, str]) -> Witnessing:
    """Without a witness the vault starts, for who freezes and revokes needs it, and releases nothing."""
    witnesses = tuple(_witness(entry) for entry in env.get("COLLOQUE_WITNESSES", "").split())
    if len({one.key for one in witnesses}) < len(witnesses):
        raise UnsafeSetting("COLLOQUE_WITNESSES names a witness twice.")
    quorum = _whole(env, "COLLOQUE_WITNESS_QUORUM", len(witnesses) // 2 + 1)
    if witnesses and quorum > len(witnesses):
        raise UnsafeSetting(f"COLLOQUE_WITNESS_QUORUM is {quorum}, and there are {len(witnesses)} witnesses.")
    seconds = _whole(env, "COLLOQUE_WITNESS_MOST_SECONDS", 60)
    lines = _whole(env, "COLLOQUE_WITNESS_MOST_LINES", 500)
    if seconds > MOST_UNSEEN_SECONDS:
        raise UnsafeSetting(f"COLLOQUE_WITNESS_MOST_SECONDS is at most {MOST_UNSEEN_SECONDS}.")
    if not LEAST_UNSEEN_LINES <= lines <= MOST_UNSEEN_LINES:
        raise UnsafeSetting(
            f"COLLOQUE_WITNESS_MOST_LINES is from {LEAST_UNSEEN_LINES} to {MOST_UNSEEN_LINES}."
        )
    every = _whole(env, "COLLOQUE_WITNESS_EVERY", max(1, seconds // 3))
    return Witnessing(witnesses, Bounds(quorum, lines, timedelta(seconds=seconds)), every)


def _witness(entry: str) -> WitnessAt:
    vkey, at, url = entry.partition("@http")
    parts = urlsplit(f"http{url}")
    if not at or not parts.hostname or parts.username is not None or parts.query:
        raise UnsafeSetting(
            "COLLOQUE_WITNESSES must read like KEY@https://witness.example.org, one after the other."
        )
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise UnsafeSetting("COLLOQUE_WITNESSES: an address must begin with https://, or name this machine.")
    try:
        return WitnessAt(parse_witness_vkey(vkey), f"http{url}".rstrip("/"))
    except MalformedCheckpoint as error:
        raise UnsafeSetting("COLLOQUE_WITNESSES: a key is not as the witness printed it.") from error


def _keeping(env: Mapping[str, str]) -> dict[str, Any]:
    keeper = env.get("COLLOQUE_VAULT_KEK", "file")
    if keeper not in ("file", "openbao"):
        raise UnsafeSetting(f"COLLOQUE_VAULT_KEK is `file` or `openbao`; it is {keeper!r}.")
    transit = _transit(env) if keeper == "openbao" or env.get("COLLOQUE_OPENBAO_ADDRESS") else None
    file = (
        _required(env, "COLLOQUE_VAULT_KEK_FILE") if keeper == "file" else env.get("COLLOQUE_VAULT_KEK_FILE")
    )
    lease = _whole(env, "COLLOQUE_VAULT_KEK_LEASE", 900)
    if lease > MOST_LEASE:
        raise UnsafeSetting(f"COLLOQUE_VAULT_KEK_LEASE is at most {MOST_LEASE} seconds: a vault that OpenBao no longer "
                            "trusts must stop within the hour.")  # fmt: skip
    return {
        "keeper": keeper,
        "kek_file": Path(file) if file else None,
        "transit": transit,
        "kek_lease": lease,
    }


def _transit(env: Mapping[str, str]) -> TransitSettings:
    address = _required(env, "COLLOQUE_OPENBAO_ADDRESS").rstrip("/")
    host = urlsplit(address).hostname or ""
    if not address.startswith("https://") and host not in ("127.0.0.1", "localhost", "::1"):
        raise UnsafeSetting("COLLOQUE_OPENBAO_ADDRESS must begin with https://, or name this machine.")
    ca_file = env.get("COLLOQUE_OPENBAO_CA_FILE")
    return TransitSettings(
        address=address,
        role_id=_required(env, "COLLOQUE_OPENBAO_ROLE_ID"),
        secret_id_file=Path(_required(env, "COLLOQUE_OPENBAO_SECRET_ID_FILE")),
        mount=env.get("COLLOQUE_OPENBAO_MOUNT", "transit"),
        key=env.get("COLLOQUE_OPENBAO_KEY", "colloque"),
        ca_file=Path(ca_file) if ca_file else None,
    )


def _required(env: Mapping[str, str], name: str) -> str:
    if not env.get(name):
        raise UnsafeSetting(f"{name} is not set; the vault can't start without it.")
    return env[name]


def _whole(env: Mapping[str, str], name: str, usual: int) -> int:
    text = env.get(name, str(usual))
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise UnsafeSetting(f"{name} must be a whole number above zero; it is {text!r}.")
    return int(text)


def _percent(env: Mapping[str, str], name: str) -> int:
    if (number := _whole(env, name, 100)) > 100:
        raise UnsafeSetting(f"{name} is a share of what a person may open, in percent: at most 100.")
    return number


def _origin(text: str) -> str:
    if not re.fullmatch(r"[!-*,-~]+", text):
        raise UnsafeSetting("COLLOQUE_LEDGER_ORIGIN must be visible ASCII without a plus sign or a space.")
    return text


def _budget(env: Mapping[str, str], role: str, usual: Capacity) -> Capacity:
    name = f"COLLOQUE_BUDGET_{role.upper()}"
    text = env.get(name)
    if text is None:
        return usual
    parts = dict(part.partition("=")[::2] for part in text.split(","))
    if parts.keys() != WINDOWS.keys() or not all(re.fullmatch(r"[0-9]{1,7}", n) for n in parts.values()):
        raise UnsafeSetting(f"{name} must read like minute=10,hour=40,day=120,month=900; it is {text!r}.")
    minute, hour, day, month = (int(parts[window]) for window in WINDOWS)
    return minute, hour, day, month
