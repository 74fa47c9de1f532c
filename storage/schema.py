"""Migrations: bring a database to this version, or say that it is not."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.store import Store, StoreError

FOLDER: Final = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def upgrade(store: Store) -> None:
    """Run every migration that this database lacks; of several programs at once, one does."""
    with store.write() as transaction:
        transaction.queue_up("migrations")
        _refuse_newer(MigrationContext.configure(transaction.connection).get_current_revision())
        config = _config()
        config.attributes["connection"] = transaction.connection
        command.upgrade(config, "head")


def current(store: Store) -> str | None:
    """The migration at which this database stands; none for an empty one."""
    with store.read() as transaction:
        return MigrationContext.configure(transaction.connection).get_current_revision()


def check(store: Store) -> None:
    """Nothing, if the database is at this version; `StoreError` says how to get there."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    found = current(store)
    if found is None:
        raise StoreError("the database is empty; run: bridgepkg db upgrade")
    _refuse_newer(found)
    if found != head:
        raise StoreError(f"the database stands at {found}, this program needs {head}; run: bridgepkg db upgrade")


def _refuse_newer(found: str | None) -> None:
    """A database of a later program is left alone: nobody here knows what its columns mean."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(f"the database stands at {found}, which is newer than this program; install a newer one")


def ready(store: Store) -> None:
    """Bring an empty database to this version, where nothing can be lost; check any other."""
    if current(store) is None:
        upgrade(store)
    check(store)
