"""What this process counts and times, as Prometheus metrics. The lowest layer of the shell, beside access.

It lies here and not in `bot/process/`, because intake times acks, workflows time builds and delivery times deliveries,
and none of them may import upwards. It imports nothing of ours. How the metrics are served, and what is read from the
database at each scrape, stands in `bot/process/metrics.py`.

Counters follow the log: `count` hears of an entry once its transaction is committed, so that what was rolled back or
tried again counts once. Labels hold words of closed lists alone; never a name, an id or a value of an incident.
"""

import re
from typing import Final

from prometheus_client import Counter, Histogram
from prometheus_client.registry import Collector

# Without a registry of their own: `bot/process/metrics.py` puts them into the one that it serves.
RELEASED: Final = Counter("bridgepkg_released", "Releases that stand in the bridge, seen or answered.", registry=None)
REFUSED: Final = Counter("bridgepkg_refused", "Requests refused to a person, by code.", ["code"], registry=None)
AMBIGUOUS: Final = Counter("bridgepkg_ambiguous", "Releases of which nobody knows yet if they stand.", registry=None)
VOIDED: Final = Counter("bridgepkg_voided", "Drafts voided together with their decisions.", registry=None)

_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
_SLOW: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

ACK_SECONDS: Final = Histogram(
    "bridgepkg_ack_seconds",
    "From a request's arrival to its ack; Slack waits three seconds.",
    buckets=_QUICK,
    registry=None,
)
BUILD_SECONDS: Final = Histogram(
    "bridgepkg_build_seconds", "One build of a draft, without reading the sources.", buckets=_SLOW, registry=None
)
DELIVERY_SECONDS: Final = Histogram(
    "bridgepkg_delivery_seconds",
    "One attempt to deliver an outbox row, whatever came of it, by kind.",
    ["kind"],
    buckets=_SLOW,
    registry=None,
)

METRICS: Final[tuple[Collector, ...]] = (
    RELEASED,
    REFUSED,
    AMBIGUOUS,
    VOIDED,
    ACK_SECONDS,
    BUILD_SECONDS,
    DELIVERY_SECONDS,
)

_REFUSED: Final = "refused"
_COUNTED: Final = {"released": RELEASED, "ambiguous": AMBIGUOUS, "voided": VOIDED}
_CODE: Final = re.compile(r"[a-z]+(-[a-z]+){0,4}")


def count(kind: str, subject: str) -> None:
    """Count one committed log entry; the subject of a refusal is its code, any other subject is never looked at."""
    if kind == _REFUSED:
        REFUSED.labels(subject if _CODE.fullmatch(subject) else "other").inc()
    elif kind in _COUNTED:
        _COUNTED[kind].inc()
