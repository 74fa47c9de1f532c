"""HTTP mode: a small Starlette endpoint that hands Slack's requests to Bolt in a thread pool.

Bolt's own Starlette adapter dispatches inside the event loop, so that acks queue behind one another. It also parses a
body before it checks who signed it, so the signature is checked here, on the bytes, before anything reads them; Bolt
checks it again (Slack: verifying requests). Nothing of a body is logged.
"""

import hashlib
import hmac
import logging
import re
from datetime import datetime
from typing import Final

import orjson
from slack_bolt import App
from slack_bolt.request import BoltRequest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import SYSTEM_CLOCK, Clock

logger = logging.getLogger("bridgepkg.listen")

LARGEST_BODY: Final = 1_000_000
STALE_SECONDS: Final = 5 * 60
UNREADABLE, REFUSED, TOO_LARGE = 400, 401, 413
TIMESTAMP: Final = "x-slack-request-timestamp"
SIGNATURE: Final = "x-slack-signature"
SHAPES: Final = ((TIMESTAMP, re.compile(r"[0-9]{1,12}")), (SIGNATURE, re.compile(r"v0=[0-9a-f]{64}")))
PASSED_ON: Final = (TIMESTAMP, SIGNATURE, "content-type")
"""The headers that Bolt gets, each once: others are unsigned, and some steer how Bolt runs its listeners."""


def make_endpoint(app: App, signing_secret: str, clock: Clock = SYSTEM_CLOCK) -> Starlette:
    """The application that receives Slack at /slack/events."""

    async def receive(request: Request) -> Response:
        if not _may_be_signed(request, clock.now()):
            return Response(status_code=REFUSED)
        try:
            body = await _limited_body(request)
        except ClientDisconnect:
            return Response(status_code=UNREADABLE)
        if body is None:
            return Response(status_code=TOO_LARGE)
        if not _is_signed(signing_secret, request, body):
            return Response(status_code=REFUSED)
        headers = {name: request.headers.get(name, "") for name in PASSED_ON}
        return await run_in_threadpool(_dispatch, app, body, headers)

    return Starlette(routes=[Route("/slack/events", receive, methods=["POST"])])


def _may_be_signed(request: Request, now: datetime) -> bool:
    """Whether time and signature have their shape and the time is now: decided before a byte of the body is read."""
    if not all(shape.fullmatch(request.headers.get(name, "")) for name, shape in SHAPES):
        return False
    return abs(now.timestamp() - int(request.headers[TIMESTAMP])) <= STALE_SECONDS


def _is_signed(secret: str, request: Request, body: bytes) -> bool:
    base = b"v0:" + request.headers[TIMESTAMP].encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, request.headers[SIGNATURE])


async def _limited_body(request: Request) -> bytes | None:
    """The body; none when it is too large, and then the rest is never read."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST_BODY:
        return None
    content = bytearray()
    async for chunk in request.stream():
        content.extend(chunk)
        if len(content) > LARGEST_BODY:
            return None
    return bytes(content)


def _dispatch(app: App, body: bytes, headers: dict[str, str]) -> Response:
    try:
        request = BoltRequest(body=body.decode("utf-8"), headers={name: [value] for name, value in headers.items()})
        orjson.dumps(request.body)  # what the inbox cannot hold: a lone surrogate, or nested without an end
        answer = app.dispatch(request)
    except (AttributeError, TypeError, ValueError, LookupError, RecursionError) as problem:
        # Not UTF-8, no JSON, or of another shape than Slack documents: Bolt trips over such a payload.
        logger.warning("refused a request that cannot be read: %s", type(problem).__name__)
        return Response(status_code=UNREADABLE)
    content_type = answer.first_headers().get("content-type")
    return Response(content=answer.body, status_code=answer.status, media_type=content_type)
