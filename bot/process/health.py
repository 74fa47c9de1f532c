"""Health on a loopback port of every process: /healthz (alive), /readyz (connected, database writable), /metrics."""

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.clock import SYSTEM_CLOCK, Clock
from bot.process.metrics import Connected, make_registry
from storage.queues import waiting
from storage.store import Store, StoreError

NOT_READY = 503


def make_health(store: Store, connected: Connected | None = None, clock: Clock = SYSTEM_CLOCK) -> Starlette:
    """The three endpoints. They name no incident, person or value. Without `connected`, no connection is asked for."""
    registry = make_registry(store, clock, connected)

    def healthz(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    def readyz(_request: Request) -> PlainTextResponse:
        reasons = _reasons(store, connected)
        return PlainTextResponse("\n".join(reasons or ["ready"]) + "\n", NOT_READY if reasons else 200)

    def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    return Starlette(routes=routes)


def _reasons(store: Store, connected: Connected | None) -> list[str]:
    reasons = ["not connected to Slack"] if connected and not connected() else []
    try:
        with store.write() as transaction:
            waiting(transaction)
    except StoreError as problem:
        reasons.append(str(problem))
    return reasons
