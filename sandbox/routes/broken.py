"""Answers that go wrong on purpose."""

import asyncio
from collections.abc import Callable, Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.errors import SlackError
from sandbox.faults import Fault, FaultKind
from sandbox.wire import reset, transport_of

HTML = "<html><body><h1>Slack is having trouble</h1></body></html>"
WRONG_CHANNEL = "C0WRONG"


class NoAnswer(Response):
    """Closes the TCP connection instead of answering, after some seconds of silence."""

    def __init__(self, seconds: float = 0.0, *, with_reset: bool = False) -> None:
        super().__init__()
        self._seconds = seconds
        self._with_reset = with_reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Wait, close, and stay until the server has noticed, or it would answer 500 by itself."""
        transport = transport_of(scope)
        gone = asyncio.ensure_future(_disconnected(receive))
        await asyncio.wait([gone], timeout=self._seconds)
        if self._with_reset:
            reset(transport)
        else:
            transport.close()
        await gone


def broken_answer(fault: Fault) -> Response | None:
    """What a fault puts in the place of the answer; None for faults that answer in Slack's own way."""
    return BROKEN[fault.kind](fault) if fault.kind in BROKEN else None


def slack_refusal(fault: Fault) -> SlackError:
    """The refusal that a fault makes: any error by name, or a rate limit."""
    if fault.kind is FaultKind.RATELIMITED:
        return SlackError("ratelimited", status=429, headers={"Retry-After": str(max(1, round(fault.seconds)))})
    if fault.kind is FaultKind.RATELIMITED_WITHOUT_RETRY_AFTER:
        return SlackError("ratelimited", status=429)
    return SlackError(fault.error)


BROKEN: Mapping[FaultKind, Callable[[Fault], Response]] = {
    FaultKind.HTTP_500: lambda _: Response("Internal Server Error", 500),
    FaultKind.HTTP_503: lambda _: Response("Service Unavailable", 503),
    FaultKind.HTML_BODY: lambda _: Response(HTML, media_type="text/html"),
    FaultKind.EMPTY_BODY: lambda _: Response("", media_type="application/json"),
    FaultKind.TRUNCATED_JSON: lambda _: Response('{"ok":true,"chan', media_type="application/json"),
    FaultKind.REFUSE: lambda _: NoAnswer(),
    FaultKind.ACCEPT_THEN_DROP: lambda _: NoAnswer(),
    FaultKind.ACCEPT_THEN_RESET: lambda _: NoAnswer(with_reset=True),
    FaultKind.ACCEPT_THEN_TIMEOUT: lambda fault: NoAnswer(fault.seconds),
}


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
