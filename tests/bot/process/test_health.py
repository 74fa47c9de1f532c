"""Health: alive and ready, and what is in the way, without the name of anything. Numbers: test_metrics."""

import httpx
import pytest
from sqlalchemy import text

from bot.intake.server import HttpServer
from bot.process.health import make_health


@pytest.fixture
def connected():
    """Whether Slack is connected; a test may say otherwise."""
    return [True]


@pytest.fixture
def health(store, connected):
    """The address of the endpoints, on an empty database."""
    server = HttpServer(make_health(store, lambda: connected[0]), 0)
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


def asked(health, path) -> tuple[int, str]:
    """Status and text of an endpoint."""
    answer = httpx.get(health + path, trust_env=False)
    return answer.status_code, answer.text


def test_health_is_ready_when_connected_and_writable(health):
    """Connected to Slack and a database that takes a row: ready."""
    assert (asked(health, "/healthz"), asked(health, "/readyz")) == ((200, "ok\n"), (200, "ready\n"))


def test_health_says_what_is_missing(health, store, connected):
    """Not connected, or no database: 503 with the reason, while the process itself is alive."""
    connected[0] = False
    assert asked(health, "/readyz") == (503, "not connected to Slack\n")
    with store.write() as transaction:
        transaction.execute(text("ALTER TABLE inbox RENAME TO away"))
    status, said = asked(health, "/readyz")
    assert (status, len(said.splitlines()), asked(health, "/healthz")[0]) == (503, 2, 200)


def test_health_of_a_worker_asks_for_no_connection(store):
    """A process that listens to nobody is ready when its database is."""
    server = HttpServer(make_health(store), 0)
    server.start()
    try:
        assert asked(f"http://127.0.0.1:{server.port}", "/readyz") == (200, "ready\n")
    finally:
        server.stop()
