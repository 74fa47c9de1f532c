"""HTTP mode: a small Starlette endpoint that hands Slack's requests to Bolt in a thread pool.

Bolt's own Starlette adapter dispatches inside the event loop, so that acks queue behind one another. A request with a
missing or malformed timestamp is refused here, because Bolt answers it with 500.
"""

import socket
import threading
from typing import Final

import uvicorn
from slack_bolt import App
from slack_bolt.request import BoltRequest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from profiles.errors import UserFixableError

LARGEST_BODY: Final = 1_000_000
UNREADABLE, REFUSED, TOO_LARGE = 400, 401, 413


class PortTakenError(UserFixableError):
    """Another program listens on this port."""


def make_endpoint(app: App) -> Starlette:
    """The application that receives Slack at /slack/events."""

    async def receive(request: Request) -> Response:
        if not request.headers.get("x-slack-request-timestamp", "").isdigit():
            return Response(status_code=REFUSED)
        body = await _limited_body(request)
        if body is None:
            return Response(status_code=TOO_LARGE)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return Response(status_code=REFUSED)
        return await run_in_threadpool(_dispatch, app, text, dict(request.headers))

    return Starlette(routes=[Route("/slack/events", receive, methods=["POST"])])


async def _limited_body(request: Request) -> bytes | None:
    content = bytearray()
    async for chunk in request.stream():
        content.extend(chunk)
        if len(content) > LARGEST_BODY:
            return None
    return bytes(content)


def _dispatch(app: App, body: str, headers: dict[str, str]) -> Response:
    try:
        request = BoltRequest(body=body, headers={name: [value] for name, value in headers.items()})
    except (AttributeError, TypeError, ValueError):
        # Bolt reads the payload before it checks the signature, and trips over one that is no JSON object.
        return Response(status_code=UNREADABLE)
    answer = app.dispatch(request)
    content_type = answer.first_headers().get("content-type")
    return Response(content=answer.body, status_code=answer.status, media_type=content_type)


class HttpServer:
    """An ASGI application on a loopback port, on a thread of its own."""

    def __init__(self, application: ASGIApp, port: int, host: str = "127.0.0.1") -> None:
        self._socket = _bind(host, port)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(application, log_level="warning", access_log=False, lifespan="off", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="http", daemon=True)

    def start(self) -> None:
        """Serve until stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests in hand, then close."""
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()


def _bind(host: str, port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as problem:
        found.close()
        raise PortTakenError(
            f"port {port} on {host} cannot be used ({problem.strerror}); name another with --port"
        ) from problem
    return found
