"""`db`: migrations."""

import click

from bot.settings import sealing_keys, setting
from storage.schema import require_current, upgrade
from storage.store import Store


@click.group()
def db() -> None:
    """Migrate the database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this version."""
    upgrade(open_plain_store())
    click.echo("the database is at this version")


@db.command("check")
def db_check() -> None:
    """Say whether the database is at this version."""
    require_current(open_plain_store())
    click.echo("the database is at this version")


def open_plain_store() -> Store:
    """The configured database as it is, not brought up."""
    return Store(setting("DATABASE_URL") or "sqlite:///bridgepkg.db", sealing_keys())
