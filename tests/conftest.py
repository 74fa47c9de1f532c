"""What every test shares: drawn examples that stay the same, real databases, and a bot on a sandbox workspace."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from storage.store import Store
from tests.databases import KEYS, SIGNING, postgres_url, sqlite_url

LONGEST = ("test_tour.py", "test_kills.py", "test_shell.py", "test_page_demo.py", "test_autoplay.py")

settings.register_profile("bridgepkg", derandomize=True, deadline=None)
settings.load_profile("bridgepkg")


def pytest_collection_modifyitems(items):
    """The longest tests come first, so that no worker is left with one of them at the end."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


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
