"""Databases that the tests of one module share: each test finds its own empty, or leaves it as it was."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from storage.store import Store
from tests.databases import KEYS, SIGNING, postgres_url, sqlite_url
from tests.storage.stored import bind

ENGINES = ["sqlite", "postgres"]


@contextmanager
def opened(engine, folder):
    """An open store on a fresh, migrated database."""
    if engine == "sqlite":
        store = Store(sqlite_url(folder), KEYS, SIGNING)
        yield store
        store.close()
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    with postgres_url(Path(tempfile.gettempdir()) / f"bridgepkg-postgres-{run[:12]}") as url:
        store = Store(url, KEYS, SIGNING)
        yield store
        store.close()


@pytest.fixture(scope="module", params=ENGINES)
def shared_store(request, tmp_path_factory):
    """One store for each engine and module."""
    with opened(request.param, tmp_path_factory.mktemp("shared")) as store:
        yield store


@pytest.fixture
def store(shared_store):
    """The shared store, emptied."""
    with shared_store.write() as transaction:
        for table in reversed(SQLModel.metadata.sorted_tables):
            transaction.execute(table.delete())
    return shared_store


@pytest.fixture
def bound(store):
    """A store with one case."""
    bind(store)
    return store


@pytest.fixture(scope="module", params=ENGINES)
def kept_store(request, tmp_path_factory):
    """One store for each engine and module that nobody empties; tests undo what they do in it."""
    with opened(request.param, tmp_path_factory.mktemp("kept")) as store:
        yield store
