"""Migrations: bring a database to this version, or say that it is not.

Alembic runs them, and is loaded only for that: a program that starts again in an outage asks one question of the
database.
"""

from importlib import import_module
from pathlib import Path
from typing import Final

from sqlalchemy import column, inspect, select, table

from storage.store import Store, StoreError, Transaction

_VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"
REVISIONS: Final = sorted(path.name[:4] for path in _VERSIONS.glob("????_*.py"))
"""Every migration that this program knows, by the number with which its file begins."""

_STANDS: Final = table("alembic_version", column("version_num"))


def upgrade(store: Store) -> None:
    """Run every migration that this database lacks; of several programs at once, one does."""
    with store.write() as transaction:
        transaction.advisory_lock("migrations")
        _refuse_newer(_current(transaction))
        import_module("storage.migrations.run").run(transaction.connection)


def current(store: Store) -> str | None:
    """The migration at which this database stands; none for an empty one."""
    with store.read() as transaction:
        return _current(transaction)


def _current(transaction: Transaction) -> str | None:
    if not inspect(transaction.connection).has_table(_STANDS.name):
        return None
    found: str | None = transaction.execute(select(_STANDS.c.version_num)).scalar_one_or_none()
    return found


def require_current(store: Store) -> None:
    """Nothing, if the database is at this version; `StoreError` says how to get there."""
    found = current(store)
    if found is None:
        raise StoreError("the database is empty; run: bridgepkg db upgrade")
    _refuse_newer(found)
    if found != REVISIONS[-1]:
        needed = f"this program needs {REVISIONS[-1]}"
        raise StoreError(f"the database stands at {found}, {needed}; run: bridgepkg db upgrade")


def _refuse_newer(found: str | None) -> None:
    """A database of a later program is left alone: nobody here knows what its columns mean."""
    if found is not None and found not in REVISIONS:
        raise StoreError(f"the database stands at {found}, which is newer than this program; install a newer one")


def ensure_schema(store: Store) -> None:
    """Bring an empty database to this version, where nothing can be lost; check any other."""
    if current(store) is None:
        upgrade(store)
    require_current(store)
