"""`db`: migrations."""

import click

from bot.settings import read_environment, sealing_keys
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
    return Store(read_environment().DATABASE_URL, sealing_keys())
