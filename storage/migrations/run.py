"""Alembic's own part: its configuration, and the run of what is lacking."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def config() -> Config:
    """Where the migrations lie."""
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent))
    return found


def run(connection: Connection) -> None:
    """Run every migration that the database of this connection lacks, in its transaction."""
    mine = config()
    mine.attributes["connection"] = connection
    command.upgrade(mine, "head")
