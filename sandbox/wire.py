"""The server under the sandbox: uvicorn with the two things that it does not offer.

Faults need to close the TCP connection under an answer, so each request carries its transport; and tests start and stop
hundreds of sandboxes, so stopping does not wait for ticks.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

TRANSPORT = "sandbox.transport"
NO_LINGER = struct.pack("ii", 1, 0)
STOP_SECONDS = 5.0
ACCEPTING_TURNS = 5
"""asyncio tells a protocol of its connection up to four turns of the loop after it was accepted."""


def transport_of(scope: MutableMapping[str, Any]) -> asyncio.Transport:
    """The TCP transport that a request or WebSocket came on."""
    found = scope[TRANSPORT]
    if not isinstance(found, asyncio.Transport):
        raise TypeError("the request did not come through the sandbox's own protocols")
    return found


def reset(transport: asyncio.Transport) -> None:
    """Close a connection with RST instead of FIN: the peer sees "connection reset"."""
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    transport.abort()


class HttpProtocol(H11Protocol):
    """Uvicorn's HTTP protocol, with the transport in the scope."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep the transport for the app."""
        super().connection_made(transport)
        self.app = _with_transport(self.app, transport)


class SocketProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket protocol, with the transport in the scope."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep the transport for the app."""
        super().connection_made(transport)
        self.app = _with_transport(self.app, transport)


class QuickServer(Server):
    """Uvicorn's server without its ticks: it runs until `stop`, then closes what is open and is gone."""

    def __init__(
        self, app: ASGIApp, *, on_ready: Callable[[], None], on_stop: Callable[[], None], ping_seconds: float
    ) -> None:
        config = Config(
            app,
            http=HttpProtocol,
            ws=SocketProtocol,
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            ws_ping_interval=ping_seconds,
            timeout_keep_alive=30,
        )
        super().__init__(config)
        self.stopping = asyncio.Event()
        self._on_ready = on_ready
        self._on_stop = on_stop

    async def main_loop(self) -> None:
        """Say that the server listens, and run until asked to stop."""
        self._on_ready()
        await self.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        """Stop listening, close every connection, and wait for the requests that were on them.

        `on_stop` lets requests that wait for something end by themselves.
        """
        self._on_stop()
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(ACCEPTING_TURNS):
            await asyncio.sleep(0)
            for connection in list(self.server_state.connections):
                connection.transport.abort()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=STOP_SECONDS)


def _with_transport(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        scope[TRANSPORT] = transport
        await app(scope, receive, send)

    return wrapped
