"""Metrics: what a Prometheus client reads from `/metrics`, on both engines, after things happened."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot.app import make_bot
from bot.intake.server import HttpServer
from bot.metrics import METRICS, count
from bot.process.health import make_health
from bot.slack.connect import Slack
from storage.log import Event, append
from storage.queues import (
    OutboxMessage,
    Request,
    claim_request,
    enqueue,
    finish_request,
    inbox_backlog,
    outbox_backlog,
    receive,
)
from tests.bot.stage import GATES
from tests.clocks import StillClock

NOW = datetime(2026, 3, 12, 14, 20, tzinfo=UTC)


@pytest.fixture
def scraped(store):
    """What a scrape of a listener on this database reads."""
    server = HttpServer(make_health(store, lambda: True, StillClock(NOW)), 0)
    server.start()
    yield lambda: scrape(server.port)
    server.stop()


def scrape(port) -> dict:
    """Every sample by name and labels, as a real client reads the answer."""
    answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *sorted(s.labels.items())): s.value for family in families for s in family.samples}


def counted(*names) -> dict:
    """The counters of this process by name and label."""
    samples = [sample for metric in METRICS for family in metric.collect() for sample in family.samples]
    return {(s.name, *s.labels.values()): s.value for s in samples if s.name.removeprefix("bridgepkg_") in names}


def grown(before, after) -> dict:
    """What was counted between two looks."""
    return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}


def wait_in_the_queues(store) -> None:
    """Two requests, of which one is worked, and three rows to deliver, of which one is due later."""
    with store.write() as transaction:
        for number in (1, 2):
            at = NOW - timedelta(minutes=9 - number)
            receive(transaction, Request(f"{number:032}", "C0INC1042", {"kind": "slack"}, at))
        finish_request(transaction, claim_request(transaction, "one", NOW))
        for kind, target, minutes in (("card", "card/a", -3), ("card", "card/b", 5), ("bridge", "bridge/a", -2)):
            enqueue(transaction, OutboxMessage(kind, target, {}, NOW + timedelta(minutes=minutes)))


def test_metrics_tell_depth_and_age_of_the_queues(store, scraped):
    """Unfinished rows by queue and kind, and for how long the oldest has been due, as the database has them."""
    empty = scraped()
    assert empty["bridgepkg_oldest_waiting_seconds", ("queue", "inbox")] == 0
    assert (empty[("bridgepkg_inbox_rows",)], empty[("bridgepkg_connected",)]) == (0, 1)
    wait_in_the_queues(store)
    queues = {name: value for name, value in scraped().items() if "rows" in name[0] or "oldest" in name[0]}
    assert queues == {
        ("bridgepkg_inbox_rows",): 1,
        ("bridgepkg_outbox_rows", ("kind", "bridge")): 1,
        ("bridgepkg_outbox_rows", ("kind", "card")): 2,
        ("bridgepkg_oldest_waiting_seconds", ("queue", "inbox")): 7 * 60,
        ("bridgepkg_oldest_waiting_seconds", ("queue", "outbox")): 3 * 60,
    }


def test_metrics_without_a_database_give_no_wrong_number(store, scraped):
    """Depths that cannot be read are absent and `up` is 0; what the process itself counted is still there."""
    with store.write() as transaction:
        transaction.execute(text("ALTER TABLE inbox RENAME TO away"))
    read = scraped()
    assert (read[("bridgepkg_database_up",)], ("bridgepkg_released_total",) in read) == (0, True)
    assert [name for name, *_ in read if "rows" in name or "oldest" in name] == []


def test_depths_are_read_by_an_index(store, monkeypatch):
    """Finished rows are never gone through: a scrape costs as much after a year as on the first day."""
    plans = []
    with store.read() as transaction:
        explain = "EXPLAIN QUERY PLAN" if transaction.connection.dialect.name == "sqlite" else "EXPLAIN"
        if explain == "EXPLAIN":  # on an empty table a scan is cheapest, whatever indexes there are
            transaction.execute(text("SET LOCAL enable_seqscan = off"))
        run = transaction.execute

        def explained(statement):
            compiled = statement.compile(transaction.connection, compile_kwargs={"literal_binds": True})
            plans.append(" ".join(map(str, run(text(f"{explain} {compiled}")).all())))
            return run(statement)

        monkeypatch.setattr(transaction, "execute", explained)
        inbox_backlog(transaction)
        outbox_backlog(transaction)
    assert ["inbox_unfinished" in plans[0], "outbox_due" in plans[1]] == [True, True], plans


def test_listener_and_worker_each_tell_what_is_theirs(store):
    """A worker listens to nobody, so its scrape says nothing of a connection."""
    server = HttpServer(make_health(store), 0)
    server.start()
    try:
        names = {name for name, *_ in scrape(server.port)}
    finally:
        server.stop()
    assert ("bridgepkg_connected" in names, "bridgepkg_released_total" in names) == (False, True)


def test_counters_follow_what_was_committed(store, sqlite_steps):
    """An entry counts once its transaction is committed; one that was rolled back never does."""
    bot = sqlite_steps.bot
    make_bot(bot.deployment, store, Slack(bot.people, bot.internal, bot.bridge), bot.signing)
    before = counted("voided_total", "refused_total")
    with store.write() as transaction:
        append(transaction, Event("INC-1", "voided", "a", NOW))
        assert grown(before, counted("voided_total", "refused_total")) == {}
    refusal = Event("INC-1", "refused", "wrong-role", NOW)
    with pytest.raises(RuntimeError), store.write() as transaction:
        raise RuntimeError(append(transaction, refusal))
    assert grown(before, counted("voided_total", "refused_total")) == {("bridgepkg_voided_total",): 1}


def test_counters_tell_releases_refusals_and_voided_drafts(sqlite_steps):
    """A release, a refused decision of somebody inside, an outsider's command and a voided draft, each counted once."""
    steps, names = sqlite_steps, ("released_total", "refused_total", "voided_total", "ambiguous_total")
    before = counted(*names)
    steps.released(1)
    first = steps.draft(2)
    steps.click(GATES[0][0], "review_approve", first, role="legal")
    steps.command("U0CARA", "draft")
    steps.draft(3)
    assert grown(before, counted(*names)) == {
        ("bridgepkg_released_total",): 1,
        ("bridgepkg_voided_total",): 1,
        ("bridgepkg_refused_total", "no-such-gate"): 1,
        ("bridgepkg_refused_total", "not-inside"): 1,
    }


def test_times_are_measured_where_they_are_spent(sqlite_stage):
    """Every ack, every build and every delivery by its kind is in a histogram."""
    before = counted("ack_seconds_count", "build_seconds_count", "delivery_seconds_count")
    sqlite_stage.released(1)
    after = grown(before, counted("ack_seconds_count", "build_seconds_count", "delivery_seconds_count"))
    assert after[("bridgepkg_ack_seconds_count",)] == 4
    assert after[("bridgepkg_build_seconds_count",)] >= 1
    assert after["bridgepkg_delivery_seconds_count", "release"] == 1


def test_code_of_a_refusal_is_never_a_value():
    """What is no code of ours is counted under `other`, so that no label can carry what somebody typed."""
    before = counted("refused_total")
    count("refused", "edge-signer has CVE-2026-41877")
    count("voided-by-nobody", "anything")
    assert grown(before, counted("refused_total")) == {("bridgepkg_refused_total", "other"): 1}
