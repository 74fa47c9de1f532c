"""A bot on the sample incident, for tests of what people do."""

import pytest

from tests.bot.stage import staged


@pytest.fixture
def stage(database, tmp_path):
    """An opened incident with a running bot, once on each engine."""
    with staged(database, tmp_path) as running:
        yield running
