"""A web server of ours on a loopback port: for HTTP mode, and for the health of every process. It knows no Slack."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from bot.clock import SYSTEM_CLOCK, Clock, Task
from profiles.errors import UserFixableError

HOST: Final = "127.0.0.1"


class PortTakenError(UserFixableError):
    """Another program listens on this port."""


class HttpServer:
    """An ASGI application on a loopback port, on a thread of its own; `option` is what chose the port."""

    def __init__(self, application: ASGIApp, port: int, option: str = "--port", clock: Clock = SYSTEM_CLOCK) -> None:
        self._socket = bind(port, option)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            application, log_config=None, log_level="warning", access_log=False, lifespan="off", ws="none"
        )
        self._server = uvicorn.Server(config)
        self._clock = clock
        self._task: Task | None = None

    def start(self) -> None:
        """Serve until stopped."""
        self._task = self._clock.start("http", partial(self._server.run, [self._socket]), daemon=True)

    def stop(self) -> None:
        """Finish the requests in hand, then close."""
        self._server.should_exit = True
        if self._task:
            self._task.join(timeout=10)
        self._socket.close()


@contextmanager
def serving(
    application: ASGIApp, port: int, option: str = "--port", clock: Clock = SYSTEM_CLOCK
) -> Iterator[HttpServer]:
    """Serve an application while the block runs."""
    server = HttpServer(application, port, option, clock)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def require_free(port: int, option: str) -> None:
    """Nothing, if a loopback port can be used now; else `PortTakenError`."""
    bind(port, option).close()


def bind(port: int, option: str) -> socket.socket:
    """A listening socket on a loopback port; `PortTakenError` names the option that chooses another."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port))
        found.listen()
    except OSError as problem:
        found.close()
        raise PortTakenError(
            f"port {port} on {HOST} cannot be used ({problem.strerror}); name another with {option}"
        ) from problem
    return found
