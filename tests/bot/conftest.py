"""A bot on the sample incident, for tests of what people do."""

import pytest

from bot.workflows import progress
from tests.bot.stage import staged
from tests.bot.steps import stepped
from tests.bot.tale import tell
from tests.databases import sqlite_url


@pytest.fixture(autouse=True)
def patient_readings(request, monkeypatch):
    """On a busy machine no reading counts as slow, but for the tests that are about slow ones."""
    if not request.module.__name__.endswith("test_progress"):
        monkeypatch.setattr(progress, "SLOW_SECONDS", 60.0)


@pytest.fixture
def stage(database, tmp_path):
    """An opened incident with a running bot, once on each engine."""
    with staged(database, tmp_path) as running:
        yield running


@pytest.fixture
def sqlite_stage(tmp_path):
    """An opened incident with a running bot on SQLite, for what the engine makes no difference to."""
    with staged(sqlite_url(tmp_path), tmp_path) as running:
        yield running


@pytest.fixture
def steps(database, tmp_path):
    """An opened incident with a bot that does one thing at a time when told to, once on each engine."""
    with stepped(database, tmp_path) as running:
        yield running


@pytest.fixture
def sqlite_steps(tmp_path):
    """The same on SQLite, for what the engine makes no difference to."""
    with stepped(sqlite_url(tmp_path), tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """An incident at its end: four versions, of which the third was withdrawn. For tests that only read it.

    Not for the whole session: its connection draws masks from `random` meanwhile, which Hypothesis takes for a test's.
    """
    folder = tmp_path_factory.mktemp("told")
    with staged(sqlite_url(folder), folder) as running:
        tell(running)
        yield running
