"""Health on a loopback port, in both modes: /healthz (alive), /readyz (connected, database writable), /metrics."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from storage.queues import waiting
from storage.store import Store, StoreError

NOT_READY = 503


def make_health(store: Store, connected: Callable[[], bool]) -> Starlette:
    """The three endpoints. They name no incident, person or value."""

    def healthz(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    def readyz(_request: Request) -> PlainTextResponse:
        reasons = _reasons(store, connected)
        return PlainTextResponse("\n".join(reasons or ["ready"]) + "\n", NOT_READY if reasons else 200)

    def metrics(_request: Request) -> PlainTextResponse:
        return PlainTextResponse(_metrics(store, connected))

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    return Starlette(routes=routes)


def _reasons(store: Store, connected: Callable[[], bool]) -> list[str]:
    reasons = [] if connected() else ["not connected to Slack"]
    try:
        with store.write() as transaction:
            waiting(transaction)
    except StoreError as problem:
        reasons.append(str(problem))
    return reasons


def _metrics(store: Store, connected: Callable[[], bool]) -> str:
    try:
        with store.read() as transaction:
            requests, sayings = waiting(transaction)
    except StoreError:
        requests = sayings = -1
    values = {
        "bridgepkg_connected": int(connected()),
        "bridgepkg_inbox_unfinished": requests,
        "bridgepkg_outbox_unfinished": sayings,
    }
    return "".join(f"# TYPE {name} gauge\n{name} {value}\n" for name, value in values.items())
