"""The database: one engine on SQLite or Postgres, short transactions, and errors that people can read.

Writers on SQLite take the write lock at once (BEGIN IMMEDIATE), so that a transaction never fails half-way for a lock;
Postgres runs READ COMMITTED, and every move of a state is a compare-and-set on a revision.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import BaseModel
from sqlalchemy import Connection, Engine, Table, case, create_engine, event, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from profiles.errors import MendableError
from storage.sealing import Keys, seal, unseal
from transforms.dossier import Sealed

BUSY_SECONDS: Final = 15
WRITE: Final = "bridgepkg_write"


class StoreError(MendableError):
    """The database cannot be reached, opened or written; nothing was half done."""


class Transaction:
    """One open transaction and the keys that seal in it. Commits when its block ends, rolls back on any error."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self.connection = connection
        self.keys = keys

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        """Run one statement."""
        return self.connection.execute(statement, parameters) if parameters else self.connection.execute(statement)

    def insert_new(self, table: Table, values: Mapping[str, Any], **conflict: Any) -> bool:
        """Insert a row unless it is there already; whether it was new. `conflict` names the index that decides."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        row: Any = dialect.insert(table).values(**values).on_conflict_do_nothing(**conflict)
        return self.execute(row.returning(literal_column("1"))).first() is not None

    def insert_or_lower(self, table: Table, values: Mapping[str, Any], column: str, **conflict: Any) -> None:
        """Insert a row; where it is there already, lock it and give `column` the smaller of both values."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        row: Any = dialect.insert(table).values(**values)
        smaller = case((table.c[column] < row.excluded[column], table.c[column]), else_=row.excluded[column])
        self.execute(row.on_conflict_do_update(**conflict, set_={column: smaller}))

    def queue_up(self, name: str) -> None:
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

    def __init__(self, url: str, keys: Keys) -> None:
        self.url = url
        self.keys = keys
        self.engine = make_engine(url)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that may write; `StoreError` when the database does not take it."""
        with _readable_errors(self.url), self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITE: True})
            with connection.begin():
                yield Transaction(connection, self.keys)

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
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.partition("://")[2]
    try:
        engine = (
            create_engine(url, poolclass=NullPool)
            if url.startswith("sqlite")
            else create_engine(url, pool_pre_ping=True)
        )
    except (ArgumentError, NoSuchModuleError, ImportError) as problem:
        raise StoreError(
            "DATABASE_URL is no address of SQLite or Postgres; write sqlite:///file or postgresql://…"
        ) from problem
    if engine.dialect.name not in {"sqlite", "postgresql"}:
        raise StoreError(f"DATABASE_URL names {engine.dialect.name}; bridgepkg works on SQLite and Postgres")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


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
    except DBAPIError as problem:
        if not isinstance(problem.orig, Exception) or not _is_outside(problem):
            raise
        raise StoreError(f"{_place(url)}: {_why(problem)}") from problem


def _is_outside(problem: DBAPIError) -> bool:
    """Whether the database itself is in the way; a constraint or a wrong statement is our own affair."""
    return type(problem.orig).__name__ in {"OperationalError", "DatabaseError", "InterfaceError"} or bool(
        problem.connection_invalidated
    )


def _place(url: str) -> str:
    return (
        f"database {Path(url.partition('///')[2]).name or 'in memory'}"
        if url.startswith("sqlite")
        else "Postgres database"
    )


def _why(problem: DBAPIError) -> str:
    known = {
        "file is not a database": "this file is not a database; name another in DATABASE_URL",
        "unable to open": "cannot be opened; check that its folder exists and can be written",
        "readonly": "cannot be written; check the permissions of the file",
        "database is locked": "is busy; is another program holding it?",
        "full": "the disk is full; free some space",
        "no such table": "has no tables yet; run: bridgepkg db upgrade",
    }
    text = str(problem.orig)
    fitting = (sentence for mark, sentence in known.items() if mark in text)
    return next(fitting, "does not answer as it should; check that it runs and that DATABASE_URL is right")
