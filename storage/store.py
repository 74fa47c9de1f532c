"""The database: one engine on SQLite or Postgres, short transactions, and errors that people can read.

Writers on SQLite take the write lock at once (BEGIN IMMEDIATE), so that a transaction never fails half-way for a lock;
Postgres runs READ COMMITTED, and every move of a state is a compare-and-set on a revision.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel
from sqlalchemy import Connection, Engine, Table, case, create_engine, event, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from profiles.errors import UserFixableError
from storage.private import create_private
from storage.sealing import Keys, seal, unseal
from transforms.publish.dossier import Sealed

BUSY_SECONDS: Final = 15
PATIENCE: Final = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
"""How long Postgres may be silent before a connection counts as broken; libpq's own default is for ever."""
WRITE: Final = "bridgepkg_write"


COLLISIONS: Final = frozenset({"40001", "40P01"})
"""Postgres' codes of a serialization failure and of a deadlock."""

NO_TABLE: Final = "42P01"
NO_ADDRESS: Final = "DATABASE_URL is no address of SQLite or Postgres; write sqlite:///file or postgresql://…"
REASONS: Final = {
    "file is not a database": "this file is not a database; name another in DATABASE_URL",
    "malformed": "is damaged; restore it from a backup",
    "unable to open": "cannot be opened; check that its folder exists and can be written",
    "readonly": "cannot be written; check the permissions of the file",
    "read-only transaction": "cannot be written; it, or this user's setting, is read-only",
    "database is locked": "is busy; is another program holding it?",
    "disk is full": "the disk is full; free some space",
    "No space left": "the disk is full; free some space",
    "no such table": "has no tables yet; run: bridgepkg db upgrade",
    "password authentication failed": "refuses this user or password; correct DATABASE_URL",
    "onnection refused": "cannot be reached; check that it runs and that DATABASE_URL is right",
}
"""What a database says, and what a person can do about it."""


class StoreError(UserFixableError):
    """The database cannot be reached, opened or written; nothing was half done."""


class CollisionError(Exception):
    """Another transaction was in the way, and the database undid this one; as a whole it can be tried again."""


class Transaction:
    """One open transaction with the keys that seal and sign in it. Commits when its block ends, else rolls back.

    `act` is the request by which somebody does what is written; the log carries it, and takes it once (promise P7).
    """

    def __init__(
        self, connection: Connection, keys: Keys, signing: Ed25519PrivateKey | None = None, act: str | None = None
    ) -> None:
        self.connection = connection
        self.keys = keys
        self.signing = signing
        self.act = act
        self.act_is_new = False
        self.notes: list[tuple[str, str]] = []
        """Kind and subject of what happened here, for `Store.observe` once it is committed."""

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        """Run one statement."""
        return self.connection.execute(statement, parameters) if parameters else self.connection.execute(statement)

    def insert_new(self, table: Table, values: Mapping[str, Any], **conflict: Any) -> bool:
        """Insert a row unless it is there already; whether it was new. `conflict` names the index that decides."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        row: Any = dialect.insert(table).values(**values).on_conflict_do_nothing(**conflict)
        return self.execute(row.returning(literal_column("1"))).first() is not None

    def upsert_earliest(self, table: Table, values: Mapping[str, Any], column: str, **conflict: Any) -> None:
        """Insert a row; where it is there already, lock it and give `column` the smaller of both values."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        row: Any = dialect.insert(table).values(**values)
        smaller = case((table.c[column] < row.excluded[column], table.c[column]), else_=row.excluded[column])
        self.execute(row.on_conflict_do_update(**conflict, set_={column: smaller}))

    def advisory_lock(self, name: str) -> None:
        """Wait until no other transaction has this name, so that those that have it commit one after the other."""
        if self.connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
            self.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))

    def seal(self, value: BaseModel | Mapping[str, Any], bound_to: str) -> dict[str, str]:
        """A sealed column, bound to its row and kind."""
        content = value.model_dump_json().encode() if isinstance(value, BaseModel) else orjson.dumps(value)
        return seal(self.keys, content, bound_to).model_dump()

    def unseal(self, column: Mapping[str, str], bound_to: str) -> bytes:
        """The content of a sealed column; `SealedError` when it was altered or moved."""
        return unseal(self.keys, Sealed.model_validate(dict(column)), bound_to)


class Store:
    """Opens transactions on one database."""

    def __init__(self, url: str, keys: Keys, signing: Ed25519PrivateKey | None = None) -> None:
        """A store without a signing key reads, and fills the inbox; only one that signs can append to the log."""
        self.url = url
        self.keys = keys
        self.signing = signing
        self.engine = make_engine(url)
        self.observe: Callable[[str, str], None] = lambda _kind, _subject: None
        """Hears kind and subject of everything noted in a transaction, after it was committed."""

    @contextmanager
    def write(self, act: str | None = None) -> Iterator[Transaction]:
        """A transaction that may write, by an act if by one; `StoreError` when the database does not take it."""
        with _readable_errors(self.url), self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITE: True})
            transaction = Transaction(connection, self.keys, self.signing, act)
            with connection.begin():
                yield transaction
        for kind, subject in transaction.notes:
            self.observe(kind, subject)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that only reads."""
        with _readable_errors(self.url), self.engine.connect() as connection, connection.begin():
            yield Transaction(connection, self.keys)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://…` as given; `StoreError` for any other address."""
    try:
        address = make_url(url)
        kind = address.get_backend_name()
        if kind == "sqlite" and address.database not in {None, "", ":memory:"}:
            return _sqlite(address)
        if kind in {"postgresql", "postgres"}:
            return _postgres(address)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as problem:
        raise StoreError(NO_ADDRESS) from problem
    if kind == "sqlite":
        raise StoreError("DATABASE_URL names no file; write sqlite:///file")
    raise StoreError(f"DATABASE_URL names {kind}; bridgepkg works on SQLite and Postgres")


def _sqlite(address: URL) -> Engine:
    engine = create_engine(address)
    event.listen(engine, "do_connect", _create_privately)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgres(address: URL) -> Engine:
    driver = address.drivername if "+" in address.drivername else "postgresql+psycopg"
    return create_engine(address.set(drivername=driver, query={**PATIENCE, **address.query}), pool_pre_ping=True)


def _create_privately(_dialect: Any, _record: Any, arguments: Any, _parameters: Any) -> None:
    """A new file is for its owner alone before SQLite sees it; -wal and -shm take its mode (SQLite: WAL)."""
    name = urlsplit(str(arguments[0]))
    if name.scheme != "file":
        create_private(Path(str(arguments[0])))
    elif parse_qs(name.query).get("mode", ["rwc"]) == ["rwc"]:
        create_private(Path(unquote(name.path)))


def sqlite_files(url: str) -> tuple[Path, ...]:
    """The files of a database on SQLite, there or not; none for another database."""
    name = url.partition("///")[2].partition("?")[0]
    if not url.startswith("sqlite") or not name:
        return ()
    path = unquote(urlsplit(name).path) if name.startswith("file:") else name
    return tuple(Path(f"{path}{suffix}") for suffix in ("", "-wal", "-shm"))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITE) else "BEGIN")


@contextmanager
def _readable_errors(url: str) -> Iterator[None]:
    try:
        yield
    except PoolTimeoutError as problem:
        raise StoreError(f"{_place(url)}: is busy; more is asked at once than it answers") from problem
    except DBAPIError as problem:
        if getattr(problem.orig, "sqlstate", None) in COLLISIONS:
            raise CollisionError from problem
        if not _is_outside(problem):
            raise
        raise StoreError(f"{_place(url)}: {_why(problem)}") from problem


def _is_outside(problem: DBAPIError) -> bool:
    """Whether the database itself is in the way; a constraint or a wrong statement is our own affair."""
    ours = isinstance(problem, IntegrityError | DataError | ProgrammingError | NotSupportedError)
    connecting = problem.statement is None
    return connecting or not ours or getattr(problem.orig, "sqlstate", None) == NO_TABLE


def _place(url: str) -> str:
    return f"database {Path(url.partition('///')[2]).name}" if url.startswith("sqlite") else "Postgres database"


def _why(problem: DBAPIError) -> str:
    if getattr(problem.orig, "sqlstate", None) == NO_TABLE:
        return REASONS["no such table"]
    text = str(problem.orig)
    fitting = (sentence for mark, sentence in REASONS.items() if mark in text)
    return next(fitting, "does not answer as it should; check that it runs and that DATABASE_URL is right")
