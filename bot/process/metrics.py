"""What `/metrics` serves: counters and times of this process, and the queues as the database has them at the scrape.

Depths are read, not kept: every process of a house with many workers then reports the same true number, and a restart
forgets none. `up`, an address, and which process answers are Prometheus' own labels, so no metric repeats them.
"""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.clock import Clock
from bot.metrics import METRICS
from storage.queues import Backlog, inbox_backlog, outbox_backlog
from storage.store import Store, StoreError

Connected = Callable[[], bool]


def make_registry(store: Store, clock: Clock, connected: Connected | None = None) -> CollectorRegistry:
    """Everything that one process tells; `connected` is for the process that talks to Slack's Socket Mode or HTTP."""
    registry = CollectorRegistry()
    for metric in METRICS:
        registry.register(metric)
    registry.register(Queues(store, clock))
    if connected:
        registry.register(Connection(connected))
    return registry


class Connection(Collector):
    """Whether Slack is connected."""

    def __init__(self, connected: Connected) -> None:
        self.connected = connected

    def collect(self) -> Iterator[Metric]:
        """One gauge."""
        yield GaugeMetricFamily("bridgepkg_connected", "Whether Slack is connected.", value=int(self.connected()))


class Queues(Collector):
    """Depth and age of inbox and outbox. Without a database they have no value, rather than a wrong one."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    def collect(self) -> Iterator[Metric]:
        """Whether the database answered, and what it said."""
        try:
            with self.store.read() as transaction:
                requests, messages = inbox_backlog(transaction), outbox_backlog(transaction)
        except StoreError:
            yield _database(up=False)
            return
        yield _database(up=True)
        inbox = GaugeMetricFamily("bridgepkg_inbox_rows", "Requests that are not worked yet.")
        inbox.add_metric([], sum(requests.rows.values()))
        outbox = GaugeMetricFamily("bridgepkg_outbox_rows", "Rows not delivered yet, by kind.", labels=["kind"])
        for kind, rows in sorted(messages.rows.items()):
            outbox.add_metric([kind], rows)
        oldest = GaugeMetricFamily(
            "bridgepkg_oldest_waiting_seconds",
            "For how long the oldest unfinished row has been due; 0 when none is.",
            labels=["queue"],
        )
        oldest.add_metric(["inbox"], self._age(requests))
        oldest.add_metric(["outbox"], self._age(messages))
        yield from (inbox, outbox, oldest)

    def _age(self, backlog: Backlog) -> float:
        return max(0.0, (self.clock.now() - backlog.oldest).total_seconds()) if backlog.oldest else 0.0


def _database(*, up: bool) -> Metric:
    return GaugeMetricFamily("bridgepkg_database_up", "Whether the database answered this scrape.", value=int(up))
