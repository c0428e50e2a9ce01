"""The relay for calls, where coturn is installed; without it two browsers on one machine reach each other anyway."""

import shutil
from pathlib import Path

from colloque.embedded.home import Home
from colloque.embedded.processes import Part


def find_coturn() -> str | None:
    return shutil.which("turnserver")


def coturn(home: Home, port: int, program: str) -> Part:
    """coturn on loopback with short-lived credentials. Its secret is in a file: a command line is for all to read."""
    conf = home.keys / "turnserver.conf"
    conf.unlink(missing_ok=True)
    conf.touch(mode=0o600)
    conf.write_text(_conf(home, port), encoding="utf-8")
    return Part("relay", [program, "-c", str(conf)], {}, home.logs / "relay.log")


def _conf(home: Home, port: int) -> str:
    folder: Path = home.folder
    return f"""\
listening-port={port}
listening-ip=127.0.0.1
relay-ip=127.0.0.1
realm=localhost
use-auth-secret
static-auth-secret={home.secret("turn")}
fingerprint
no-tls
no-dtls
no-cli
no-multicast-peers
allow-loopback-peers
cli-password={home.secret("turn")}
min-port=49160
max-port=49200
log-file=stdout
simple-log
pidfile={folder / "relay.pid"}
userdb={folder / "relay.db"}
"""
