"""A running sandbox, and the real client of a bot."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from slack_sdk import WebClient

from sandbox.delivery.envelope import Timing
from sandbox.seed import Seed
from sandbox.server import Sandbox
from tests.sandbox.builders import FAST, make_client, make_seed
from tests.sandbox.visits import Visit, chromium, visiting


@pytest.fixture
def seed() -> Seed:
    """The workspace that the tests of a module start with."""
    return make_seed()


@pytest.fixture
def timing() -> Timing:
    """Slack's times; a test that waits for a missing ack is parametrised with shorter ones."""
    return FAST


@pytest.fixture
def sandbox(seed, timing) -> Iterator[Sandbox]:
    """A running sandbox that must not have failed by the end of the test."""
    with Sandbox(seed, rate_limits=False, timing=timing) as running:
        yield running
        assert running.failures.all() == ()


@pytest.fixture
def client(sandbox) -> WebClient:
    """The real client with the bot's token."""
    return make_client(sandbox)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a module; beyond it, Playwright's event loop would stand in the way of others."""
    with chromium() as launched:
        yield launched


@pytest.fixture
def visit(browser, sandbox) -> Iterator[Visit]:
    """The page as Kim, in a wide window."""
    with visiting(browser, f"{sandbox.url}/?as=U0KIM") as opened:
        yield opened
