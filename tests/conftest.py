"""What every test shares: drawn examples that stay the same, real databases, and a bot on a sandbox workspace."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from storage.store import Store
from tests.databases import KEYS, SIGNING, postgres_url, sqlite_url

LONGEST = (
    "test_kills.py",
    "test_shell.py",
    "test_tour.py",
    "test_wheel.py",
    "test_profile_author.py",
    "test_noninterference.py",
    "test_autoplay.py",
    "test_page_demo.py",
)
"""Files of tests that take longest by themselves, because they wait for processes or play a whole story."""

settings.register_profile("bridgepkg", derandomize=True, deadline=None)
settings.load_profile("bridgepkg")


def pytest_collection_modifyitems(items):
    """Every worker begins with some of the longest files, so that none is left with one of them at the end.

    Each worker is given one stretch of the list, and steals from the ends of the others' when it is done with it. A
    file stays whole, because what it sets up once would else be set up by each worker.
    """
    rest = [item for item in items if item.path.name not in LONGEST]
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    ordered, total = [], len(items)
    for number in range(workers):
        files = LONGEST[number::workers]
        mine = [item for item in items if item.path.name in files]
        stretch = max(0, (total - len(ordered)) // (workers - number) - len(mine))
        ordered += mine + rest[:stretch]
        del rest[:stretch]
    items[:] = ordered + rest


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path):
    """The address of a fresh, migrated database, once on each engine."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    with postgres_url(Path(tempfile.gettempdir()) / f"bridgepkg-postgres-{run[:12]}") as url:
        yield url


@pytest.fixture
def store(database):
    """An open store on a fresh database, once on each engine."""
    opened = Store(database, KEYS, SIGNING)
    yield opened
    opened.close()
