"""Databases that cannot be used: one clear sentence each, without a secret, and nothing half done."""

import sqlite3
import threading
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import IntegrityError

from storage import store as module
from storage.queues import Request, receive
from storage.schema import ensure_schema
from storage.store import CollisionError, Store, StoreError
from storage.tables import bridge_cases, inbox
from tests.databases import KEYS, SIGNING
from tests.storage.stored import BRIDGE_CASE, NOW, bind, opaque

only_postgres = pytest.mark.parametrize("shared_store", ["postgres"], indirect=True)


@pytest.fixture
def file(tmp_path):
    """A migrated SQLite file."""
    path = tmp_path / "bridgepkg.db"
    with closing(Store(f"sqlite:///{path}", KEYS, SIGNING)) as opened:
        ensure_schema(opened)
    return path


def refusal(url, act=None) -> str:
    """What a person reads who gives this address."""
    with pytest.raises(StoreError) as caught:
        attempt(url, act or ask)
    assert str(caught.value).count("\n") == 0
    assert "secret" not in str(caught.value)
    return str(caught.value)


def attempt(url, act) -> None:
    """Open a store and do something with it."""
    with closing(Store(url, KEYS, SIGNING)) as store, store.write() as transaction:
        act(transaction)


def ask(transaction) -> None:
    """Receive a request."""
    receive(transaction, Request(opaque(1), "C1", {"kind": "slack"}, NOW))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://kim:secret@db/x", "DATABASE_URL names mysql; bridgepkg works on SQLite and Postgres"),
        ("secret", module.NO_ADDRESS),
        ("", module.NO_ADDRESS),
        ("postgresql://kim:secret@db:port/x", module.NO_ADDRESS),
        ("postgresql+nothing://kim:secret@db/x", module.NO_ADDRESS),
        ("sqlite://", "DATABASE_URL names no file; write sqlite:///file"),
        ("sqlite:///:memory:", "DATABASE_URL names no file; write sqlite:///file"),
    ],
)
def test_address_that_is_none_is_refused(url, said):
    """An address is refused before anything is opened, and its password is not repeated."""
    assert refusal(url) == said


def test_file_that_is_no_database_is_named(tmp_path):
    """A text file in the place of the database."""
    (tmp_path / "notes.db").write_text("not a database, but long enough to be read as one" * 100)
    sentence = "database notes.db: this file is not a database; name another in DATABASE_URL"
    assert refusal(f"sqlite:///{tmp_path / 'notes.db'}") == sentence


@pytest.mark.parametrize("place", ["nowhere/bridgepkg.db", "."])
def test_file_that_cannot_be_opened_is_named(tmp_path, place):
    """A folder that does not exist, and a folder in the place of the file."""
    told = refusal(f"sqlite:///{tmp_path / place}")
    assert told.endswith(": cannot be opened; check that its folder exists and can be written")


def test_read_only_file_is_named(file):
    """A database that may only be read."""
    with sqlite3.connect(file) as plain:
        plain.execute("PRAGMA journal_mode = DELETE")
    plain.close()
    assert ": cannot be written; check the permissions" in refusal(f"sqlite:///file:{file}?mode=ro&uri=true")


def test_busy_file_is_named(file, monkeypatch):
    """Another program holds the write lock for longer than we wait."""
    monkeypatch.setattr(module, "BUSY_SECONDS", 0)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert refusal(f"sqlite:///{file}") == "database bridgepkg.db: is busy; is another program holding it?"


def test_full_disk_is_named_and_leaves_nothing(file):
    """A write for which there is no room is refused as a whole."""
    store = Store(f"sqlite:///{file}", KEYS, SIGNING)
    event.listen(store.engine, "connect", lambda plain, _: plain.execute("PRAGMA max_page_count = 1"))
    large = Request(opaque(1), "C1", {"kind": "slack", "body": "x" * 500_000}, NOW)

    def fill():
        with store.write() as transaction:
            receive(transaction, large)

    with pytest.raises(StoreError, match="the disk is full; free some space"):
        fill()
    with store.read() as transaction:
        assert transaction.execute(select(func.count()).select_from(inbox)).scalar_one() == 0


def test_damaged_file_is_named(file):
    """A database whose pages were overwritten."""
    with closing(Store(f"sqlite:///{file}", KEYS, SIGNING)) as store:
        bind(store)
    raw = bytearray(file.read_bytes())
    raw[4096:] = b"\xff" * (len(raw) - 4096)
    file.write_bytes(raw)
    for tail in ("-wal", "-shm"):
        file.with_name(file.name + tail).unlink(missing_ok=True)
    assert refusal(f"sqlite:///{file}") == "database bridgepkg.db: is damaged; restore it from a backup"


def test_database_without_tables_says_how_to_make_them(tmp_path):
    """A database that was never migrated."""
    said = "database new.db: has no tables yet; run: bridgepkg db upgrade"
    assert refusal(f"sqlite:///{tmp_path / 'new.db'}") == said


def address(store, **query) -> str:
    """The address of the running Postgres, with more settings."""
    more = "&".join(f"{name}={value}" for name, value in query.items())
    return store.url + ("&" if "?" in store.url else "?") + more


@only_postgres
def test_postgres_without_tables_says_how_to_make_them(store):
    """A schema that was never migrated."""
    url = address(store, options="-csearch_path%3Dpg_catalog")
    assert refusal(url, lambda t: t.execute(select(inbox.c.id))) == (
        "Postgres database: has no tables yet; run: bridgepkg db upgrade"
    )


@only_postgres
def test_read_only_postgres_is_named(store):
    """A replica, or a user that may only read."""
    url = address(store, options="-cdefault_transaction_read_only%3Don")
    assert refusal(url) == "Postgres database: cannot be written; it, or this user's setting, is read-only"


@only_postgres
def test_unknown_postgres_option_is_named(store):
    """A misspelt setting in the address."""
    assert "check that it runs and that DATABASE_URL is right" in refusal(address(store, sslmoed="require"))


def test_unreachable_postgres_is_named():
    """Nobody listens at the address."""
    said = "Postgres database: cannot be reached; check that it runs and that DATABASE_URL is right"
    assert refusal("postgresql://kim:secret@127.0.0.1:1/x") == said


@only_postgres
def test_lost_connection_is_named_and_leaves_nothing(store):
    """A connection that is cut in the middle undoes what it had written, and the next one works."""

    def cut(transaction):
        ask(transaction)
        me = transaction.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with psycopg.connect(store.url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (me,))
        transaction.execute(select(inbox.c.id))

    assert "does not answer as it should" in refusal(store.url, cut)
    attempt(store.url, ask)


@only_postgres
def test_deadlock_is_a_collision(store):
    """Of two transactions that wait for each other, one is undone and may be tried again as a whole."""
    bind(store)
    bind(store, id=opaque(2), incident="INC-7", channel="C0OTHER")
    both = threading.Barrier(2)
    ended: list[str] = []

    def touch(transaction, bridge_case):
        transaction.execute(update(bridge_cases).where(bridge_cases.c.id == bridge_case).values(state="open"))

    def run(*order):
        try:
            with store.write() as transaction:
                transaction.execute(text("SET LOCAL deadlock_timeout = '20ms'"))
                touch(transaction, order[0])
                both.wait(10)
                touch(transaction, order[1])
            ended.append("done")
        except CollisionError:
            ended.append("undone")

    threads = [
        threading.Thread(target=run, args=order) for order in ((BRIDGE_CASE, opaque(2)), (opaque(2), BRIDGE_CASE))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(ended) == ["done", "undone"]


def test_our_own_faults_are_not_blamed_on_the_database(store):
    """A constraint that is violated stays what it is: a fault of the program."""
    bind(store)
    with pytest.raises(IntegrityError):
        bind(store)


def test_naive_moment_is_refused(store):
    """A time without a zone is never stored: nobody could say what it means."""
    with pytest.raises(Exception, match="a stored moment needs a zone"):
        bind(store, opened_at=NOW.replace(tzinfo=None))


def test_moments_come_back_in_utc(store):
    """A moment of any zone is the same moment afterwards, on both engines."""
    from datetime import timedelta, timezone

    bind(store, opened_at=NOW.astimezone(timezone(timedelta(hours=5, minutes=30))))
    with store.read() as transaction:
        found = transaction.execute(select(bridge_cases.c.opened_at)).scalar_one()
    assert (found, found.utcoffset()) == (NOW, timedelta(0))
