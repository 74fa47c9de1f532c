"""Health: alive, ready and a few numbers, without the name of anything."""

import httpx
import pytest
from sqlalchemy import text

from bot.intake.http_mode import HttpServer
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
    assert "bridgepkg_inbox_unfinished -1" in asked(health, "/metrics")[1]


def test_metrics_count_what_waits(health):
    """Three gauges in Prometheus' text format."""
    _, said = asked(health, "/metrics")
    lines = [line for line in said.splitlines() if not line.startswith("#")]
    assert lines == ["bridgepkg_connected 1", "bridgepkg_inbox_unfinished 0", "bridgepkg_outbox_unfinished 0"]
