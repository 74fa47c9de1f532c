"""A running sandbox, and the real client of a bot."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from bot.sandbox.seed import Seed
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.builders import FAST, make_client, make_seed


@pytest.fixture
def seed() -> Seed:
    """The workspace that the tests of a module start with."""
    return make_seed()


@pytest.fixture
def sandbox(seed) -> Iterator[Sandbox]:
    """A running sandbox that must not have failed by the end of the test."""
    with Sandbox(seed, rate_limits=False, timing=FAST) as running:
        yield running
        assert running.failures.all() == ()


@pytest.fixture
def client(sandbox) -> WebClient:
    """The real client with the bot's token."""
    return make_client(sandbox)
