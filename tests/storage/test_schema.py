"""Migrations: from nothing to this version, once, and equal to the tables that the program writes to."""

import subprocess
import sys
import threading

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from storage.cases import case_by_id
from storage.migrations import run as migrations
from storage.schema import REVISIONS, current, ensure_schema, require_current, upgrade
from storage.store import Store, StoreError
from tests.databases import KEYS, SIGNING
from tests.storage.stored import bind

HEAD = "0001"


@pytest.fixture
def empty(store, tmp_path):
    """A store on a database, or a schema, without anything in it."""
    if store.url.startswith("sqlite"):
        opened = Store(f"sqlite:///{tmp_path / 'empty.db'}", KEYS, SIGNING)
        yield opened
        opened.close()
        return
    with store.write() as transaction:
        transaction.execute(text("CREATE SCHEMA fresh"))
    opened = Store(f"{store.url}&options=-csearch_path%3Dfresh", KEYS, SIGNING)
    yield opened
    opened.close()
    with store.write() as transaction:
        transaction.execute(text("DROP SCHEMA fresh CASCADE"))


def shape(store) -> dict:
    """Every table with its columns, keys, constraints and indexes, partial ones with their condition."""
    with store.read() as transaction:
        seen = inspect(transaction.connection)
        return {name: table(seen, name) for name in seen.get_table_names() if name != "alembic_version"}


def table(seen, name) -> dict:
    """What one table is made of, without the names of constraints, which nothing refers to."""
    return {
        "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in seen.get_columns(name)},
        "key": seen.get_pk_constraint(name)["constrained_columns"],
        "foreign": sorted(
            (f["constrained_columns"], f["referred_table"], f["referred_columns"]) for f in seen.get_foreign_keys(name)
        ),
        "unique": sorted(u["column_names"] for u in seen.get_unique_constraints(name)),
        "indexes": sorted(map(index, seen.get_indexes(name))),
    }


def index(found) -> tuple[str, list[str], bool, list[str]]:
    """One index: name, columns, whether it is unique, and on which condition."""
    options = [f"{name}: {value}" for name, value in found.get("dialect_options", {}).items() if "where" in name]
    return found["name"], found["column_names"], bool(found["unique"]), options


def test_migrations_make_the_tables_of_the_program(empty):
    """What the migrations make equals what the program declares, to the last index and its condition."""
    upgrade(empty)
    migrated = shape(empty)
    with empty.write() as transaction:
        SQLModel.metadata.drop_all(transaction.connection)
    assert shape(empty) == {}
    with empty.write() as transaction:
        SQLModel.metadata.create_all(transaction.connection)
    assert migrated == shape(empty)
    partial = [name for found in migrated.values() for name, _, _, condition in found["indexes"] if condition]
    assert sorted(partial) == ["draft_on_the_bridge", "draft_undrawn", "inbox_unfinished", "outbox_waiting"]


def test_revisions_are_those_that_alembic_runs():
    """The numbers of the files are the migrations, in the order in which they run."""
    scripts = ScriptDirectory.from_config(migrations.config())
    assert [script.revision for script in scripts.walk_revisions()] == REVISIONS[::-1]


@pytest.mark.parametrize("command", ["work", "listen"])
def test_start_loads_only_what_it_needs(command):
    """A restarted process loads neither Alembic nor the demo with its workspace."""
    loaded = f"import sys, bot.commandline.{command}; print({{'alembic', 'demo', 'sandbox'}} & {{*sys.modules}})"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True).stdout == b"set()\n"


def test_upgrade_from_empty_and_again(empty):
    """An empty database is brought to this version; a second time changes nothing and keeps what is there."""
    assert current(empty) is None
    upgrade(empty)
    require_current(empty)
    bind(empty)
    before = shape(empty)
    upgrade(empty)
    assert (current(empty), shape(empty)) == (HEAD, before)
    with empty.read() as transaction:
        assert transaction.execute(text("SELECT count(*) FROM bridge_case")).scalar_one() == 1


def test_many_programs_upgrade_at_once(empty):
    """Listen and work may both find an empty database when they start."""
    problems: list[Exception] = []

    def start():
        mine = Store(empty.url, KEYS, SIGNING)
        try:
            ensure_schema(mine)
        except Exception as problem:  # noqa: BLE001 -- whatever it is, the test says so
            problems.append(problem)
        mine.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (problems, current(empty)) == ([], HEAD)


def test_check_says_what_to_do(empty):
    """An empty database, an older and a newer one are each named with the next step."""
    said = []
    for stands in (None, "0000", "9999"):
        if stands:
            upgrade(empty)
            with empty.write() as transaction:
                transaction.execute(text(f"UPDATE alembic_version SET version_num = '{stands}'"))
        with pytest.raises(StoreError) as caught:
            require_current(empty)
        said.append(str(caught.value))
        with empty.write() as transaction:
            SQLModel.metadata.drop_all(transaction.connection)
            transaction.execute(text("DROP TABLE IF EXISTS alembic_version"))
    newer = "the database stands at {}, which is newer than this program; install a newer one"
    assert said == ["the database is empty; run: bridgepkg db upgrade", newer.format("0000"), newer.format("9999")]


def test_newer_database_is_not_touched(empty):
    """A program that is older than its database refuses to migrate it."""
    upgrade(empty)
    with empty.write() as transaction:
        transaction.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (upgrade, ensure_schema):
        with pytest.raises(StoreError, match="newer than this program"):
            attempt(empty)


def test_ready_makes_an_empty_database_usable(empty):
    """The first start needs no step by hand."""
    ensure_schema(empty)
    ensure_schema(empty)
    bound = bind(empty)
    with empty.read() as transaction:
        assert case_by_id(transaction, bound.id) == bound


def test_failed_migration_leaves_nothing(empty, monkeypatch):
    """A migration that breaks half-way is undone as a whole, on both engines."""

    def broken(config, _revision):
        config.attributes["connection"].execute(text("CREATE TABLE half (id INTEGER)"))
        raise RuntimeError

    monkeypatch.setattr(migrations.command, "upgrade", broken)
    with pytest.raises(RuntimeError):
        upgrade(empty)
    assert shape(empty) == {}
